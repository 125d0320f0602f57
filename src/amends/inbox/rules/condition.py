"""A condition on cases in words, `status:open mood:negative -topic:billing`, read and asked of what is known of a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from amends.core.errors import Refused
from amends.core.translating import _

LONGEST = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFacts:
    """What a condition may ask of a case."""

    id: int
    status: str
    sentiment: str
    language: str
    network: str
    brand: str
    urgency: int
    preview: str
    assignee: str
    team: str
    topics: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One part of a condition: `field` is empty for a word of the text."""

    field: str
    value: str
    negated: bool

    def holds(self, case: CaseFacts) -> bool:
        """Tell whether a case fits."""
        return _FIELDS[self.field](case, self.value) != self.negated


def _person(name: str, value: str) -> bool:
    return not name if value == "none" else name.lower() == value


_FIELDS: Mapping[str, Callable[[CaseFacts, str], bool]] = {
    "": lambda case, value: value in case.preview.lower(),
    "status": lambda case, value: case.status == value,
    "mood": lambda case, value: case.sentiment == value,
    "lang": lambda case, value: case.language.lower() == value,
    "network": lambda case, value: case.network == value,
    "brand": lambda case, value: case.brand.lower() == value,
    "topic": lambda case, value: value in {topic.lower() for topic in case.topics},
    "assignee": lambda case, value: _person(case.assignee, value),
    "team": lambda case, value: _person(case.team, value),
    "urgency": lambda case, value: case.urgency >= int(value),
}


def parse(text: str) -> tuple[Term, ...]:
    """Return the parts of a condition, all of which must hold; `Refused` names what cannot be read."""
    if len(text) > LONGEST:
        raise Refused(_("A condition has at most %(most)s characters.") % {"most": LONGEST})
    return tuple(_term(part) for part in _parts(text))


def _parts(text: str) -> list[str]:
    """Return the parts between spaces; quotes hold several words together."""
    parts, quoted = [""], False
    for character in text.lower():
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    if quoted:
        raise Refused(_("A quotation mark is not closed."))
    return [part for part in parts if part]


def _term(part: str) -> Term:
    negated, bare = part.startswith("-"), part.removeprefix("-")
    field, colon, value = bare.partition(":")
    if not colon:
        return Term(field="", value=bare, negated=negated)
    if field not in _FIELDS or not field:
        known = ", ".join(name for name in _FIELDS if name)
        raise Refused(_("A condition cannot ask for “%(field)s”; it can for: %(known)s.") % {"field": field[:30], "known": known})
    if not value or (field == "urgency" and not (value.isdecimal() and len(value) < 4)):  # noqa: PLR2004
        raise Refused(_("“%(part)s” lacks a value that it can be compared with.") % {"part": part[:40]})
    return Term(field=field, value=value, negated=negated)
