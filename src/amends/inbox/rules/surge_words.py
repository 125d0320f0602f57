"""What a surge is told as: in English to pagers and channels, which is kept with the alarm, and from that to screens in any language. Pure.

Place in the path: a rule's look -> `Told` -> `sentence` -> kept -> `read` -> `sentence` in the reader's language.
"""

import re
from dataclasses import dataclass

from amends.core.translating import N_, _, ngettext
from amends.core.written import number

WORDLESS = N_("no word in common")
_KEPT = re.compile(
    r"(?P<name>.+): (?P<n>[\d,]{1,12}) (?:cases?(?: of (?P<where>.+?))?|(?P<alike>customers?)) within (?P<minutes>\d{1,6}) minutes"
    r"(?:; (?P<usual>[\d,]{1,12}\.\d) is the habit of this hour)?\.",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a surge counted; `where` is what it was counted apart by, `usual` its habit, `alike` that it counts who say the same."""

    name: str
    n: int
    minutes: int
    where: str = ""
    usual: float | None = None
    alike: bool = False


def sentence(told: Told) -> str:
    """Return the sentence in the language that is spoken now."""
    values = {"name": told.name, "n": number(told.n), "minutes": told.minutes, "where": told.where}
    usual = _("; %(usual)s is the habit of this hour") % {"usual": number(told.usual, 1)} if told.usual is not None else ""
    return f"{_counted(told) % values}{usual}."


def _counted(told: Told) -> str:
    if told.alike:
        return ngettext(
            "%(name)s: %(n)s customer within %(minutes)s minutes", "%(name)s: %(n)s customers within %(minutes)s minutes", told.n
        )
    if told.where:
        return ngettext(
            "%(name)s: %(n)s case of %(where)s within %(minutes)s minutes",
            "%(name)s: %(n)s cases of %(where)s within %(minutes)s minutes",
            told.n,
        )
    return ngettext("%(name)s: %(n)s case within %(minutes)s minutes", "%(name)s: %(n)s cases within %(minutes)s minutes", told.n)


def read(kept: str) -> Told | None:
    """Return what a sentence that was kept in English tells; None where it is no such sentence."""
    found = _KEPT.fullmatch(kept)
    if found is None:
        return None
    bare, ends_wordless = found["name"].removesuffix(f", {WORDLESS}"), found["name"].endswith(f", {WORDLESS}")
    return Told(
        name=f"{bare}, {_(WORDLESS)}" if ends_wordless else bare,
        n=_whole(found["n"]),
        minutes=int(found["minutes"]),
        where=found["where"] or "",
        usual=float(found["usual"].replace(",", "")) if found["usual"] else None,
        alike=found["alike"] is not None,
    )


def _whole(digits: str) -> int:
    return int(digits.replace(",", "") or 0)
