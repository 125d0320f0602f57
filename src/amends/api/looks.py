"""How one person likes the screens: theme and density, kept in cookies of their browser, and what each choice is called."""

from collections.abc import Mapping
from dataclasses import dataclass

from amends.core.translating import N_, gettext

THEME_COOKIE = "amends_theme"
DENSITY_COOKIE = "amends_density"
KEYS_COOKIE = "amends_keys"
THEMES = {
    "": N_("Theme: as the system has it"),
    "light": N_("Theme: light"),
    "dark": N_("Theme: dark"),
    "contrast-light": N_("Theme: high contrast, light"),
    "contrast-dark": N_("Theme: high contrast, dark"),
}
COMFORTABLE = "comfortable"
DENSE = "dense"


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """What one browser chose; `plain_keys` tells whether single letters are shortcuts."""

    theme: str
    density: str
    plain_keys: bool

    @property
    def contrast_media(self) -> str:
        """Return for which screens the sheet of high contrast holds: as the system says, unless the reader chose a theme."""
        if not self.theme:
            return "(prefers-contrast: more)"
        return "all" if self.theme.startswith("contrast-") else "not all"


def looks_of(cookies: Mapping[str, str]) -> Looks:
    """Return what the cookies say; what they do not say, or say wrongly, is as it comes."""
    theme = cookies.get(THEME_COOKIE, "")
    return Looks(
        theme=theme if theme in THEMES else "",
        density=DENSE if cookies.get(DENSITY_COOKIE) == DENSE else COMFORTABLE,
        plain_keys=cookies.get(KEYS_COOKIE) != "off",
    )


def themes() -> dict[str, str]:
    """Return every theme, in the order in which the switch goes round, with its words."""
    return {name: gettext(says) for name, says in THEMES.items()}
