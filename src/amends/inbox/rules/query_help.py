"""Suggests while a query is typed: fields by their beginning, then their values. Nothing here does I/O: names come in as arguments.

Place in the path: search box -> `place_of` the cursor -> `suggestions` -> the list under the box.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from amends.core.translating import _
from amends.inbox.rules.query import Match
from amends.inbox.rules.query_fields import FIELDS, Fields, Kind

MOST = 10
_EXAMPLES = {
    Kind.NUMBER: (">=70", ">=40", "<40"),
    Kind.SPAN: (">1h", ">4h", ">1d", ">3d"),
    Kind.DATE: ("today", "yesterday", ">=2026-01-01"),
}
_OWN_EXAMPLES = {
    "due": ("<1h", "<4h", "<1d"),
    "followers": (">1k", ">10k", ">1m"),
    "episode": (">1", ">2"),
    **dict.fromkeys(("cases", "open", "purchases", "relapses"), (">=1", ">=2", "0")),
    **dict.fromkeys(("birthday", "renews"), ("<7d", "<30d")),
    **dict.fromkeys(("contact", "bought", "complained"), ("<7d", ">30d", ">90d")),
}
_BEFORE = re.compile(r'(?:[^\s"(]|"[^"]*"?)*$')
_FIELD = re.compile(r"-*([\w-]+):(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What the cursor stands in: a value of `field`, or a word that may become one; `typed` reaches from `begin` to `end`."""

    field: str
    typed: str
    begin: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """What can be put in the place of what was typed, and what it means."""

    text: str
    means: str


def place_of(text: str, at: int, fields: Fields = FIELDS) -> Place:
    """Return what the cursor at `at` stands in."""
    before = text[: max(0, at)]
    found = _BEFORE.search(before)
    word = found[0] if found else ""
    end = len(before) + len(re.match(r'[^\s",()]*', text[len(before) :])[0])  # pyright: ignore[reportOptionalSubscript]
    of_field = _FIELD.fullmatch(word)
    if not of_field or of_field[1].lower() not in fields:
        typed = word.lstrip("-")
        return Place(field="", typed=typed, begin=len(before) - len(typed), end=end)
    typed = of_field[2].rsplit(",", 1)[-1]
    return Place(field=of_field[1].lower(), typed=typed, begin=len(before) - len(typed), end=end)


def suggestions(place: Place, names: Iterable[str] = (), fields: Fields = FIELDS, said: Callable[[str], str] = str) -> Sequence[Suggestion]:
    """Return at most `MOST` things that what was typed may become: what begins so first, then what holds it.

    `said` is what a name is called in the language that is spoken; it is found by that too.
    """
    if not place.field:
        found = _fitting(place.typed, {name: "" for name, field in fields.items() if not field.sign}) if place.typed else ()
        return [Suggestion(text=f"{name}:", means=_(fields[name].means)) for name in found][:MOST]
    field = fields[place.field]
    examples = _OWN_EXAMPLES.get(place.field, _EXAMPLES.get(field.kind, ()))
    typed = place.typed.strip('"')
    there = dict.fromkeys((*field.values, *examples), "") | {one: said(one) for one in names}
    found = _fitting(typed, there)
    return [_value(one, there[one], as_is=one in examples) for one in found if one != typed][:MOST]


def _value(name: str, said: str, *, as_is: bool) -> Suggestion:
    return Suggestion(text=name if as_is else str(Match(name)), means=said if said != name else "")


def _fitting(typed: str, there: Mapping[str, str]) -> list[str]:
    """Return what is called so, by its name or by what it is called in the language that is spoken."""
    wanted = typed.lower()
    begins = [name for name, said in there.items() if name.lower().startswith(wanted) or said.lower().startswith(wanted)]
    return begins + [name for name, said in there.items() if (wanted in name.lower() or wanted in said.lower()) and name not in begins]
