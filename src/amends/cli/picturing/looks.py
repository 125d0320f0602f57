"""In which looks the screens are pictured. A look is a theme, a width, a language, a density."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from amends.core.errors import SettingsWrong


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One way to look at a screen; `cookies` are what a person who likes it so has chosen."""

    name: str
    cookies: Mapping[str, str]
    width: int = 1440
    height: int = 900
    scale: int = 1


LOOKS: Sequence[Look] = (
    Look(name="light", cookies={"amends_theme": "light"}),
    Look(name="dark", cookies={"amends_theme": "dark"}),
    Look(name="contrast", cookies={"amends_theme": "contrast-light"}),
    Look(name="contrast-dark", cookies={"amends_theme": "contrast-dark"}),
    Look(name="dense", cookies={"amends_theme": "light", "amends_density": "dense"}),
    Look(name="phone", cookies={"amends_theme": "light"}, width=390, height=844, scale=2),
    Look(name="phone-dark", cookies={"amends_theme": "dark"}, width=320, height=700, scale=2),
    Look(name="tamil", cookies={"amends_theme": "light", "amends_language": "ta"}),
    Look(name="tamil-phone", cookies={"amends_theme": "light", "amends_language": "ta"}, width=390, height=844, scale=2),
)


def wanted(names: Sequence[str]) -> list[Look]:
    """Return the looks of these names, all where none is named."""
    known = {look.name: look for look in LOOKS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SettingsWrong(f"There is no look {unknown[0]}; there are {', '.join(known)}.")
    return [known[name] for name in names] or list(LOOKS)
