"""What two records become when they are one, and what they are again when that is taken back. Nothing here does I/O.

The absorbed record keeps its own values, so that it needs nothing to be itself again. The survivor remembers its values before and after
each merge; a merge is taken back by living all that came later once more without it, so that the order of undoing does not matter.
What somebody changed since stays changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from amends.core.errors import Refused
from amends.core.translating import N_, _

Values = Mapping[str, Any]
"""The fields of a record, of JSON's kinds; what the administrator defined stands beside them as `attributes.KEY`."""
ATTRIBUTES = "attributes."


class Side(StrEnum):
    """Whose value a field takes: of both, lists are joined and texts written one under the other; the earliest is the strictest."""

    SURVIVOR = "survivor"
    ABSORBED = "absorbed"
    BOTH = "both"
    EARLIEST = "earliest"


FIELDS: Mapping[str, str] = {
    "name": N_("Name"),
    "pronoun": N_("Pronoun"),
    "languages": N_("Languages"),
    "zone": N_("Time zone"),
    "loyalty_number": N_("Loyalty number"),
    "preferences": N_("Preferences"),
    "concerns": N_("Concerns"),
    "tags": N_("Tags"),
    "owner_id": N_("The colleague they know"),
    "do_not_contact_since": N_("Do not contact"),
}
LISTS = frozenset({"languages", "tags"})
TEXTS = frozenset({"preferences", "concerns"})
STRICT = frozenset({"do_not_contact_since"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A merge in the life of its survivor: the survivor's values before and after it, the absorbed one's, and whose each field took."""

    merge_id: int
    before: Values
    after: Values
    absorbed: Values
    choices: Mapping[str, str]


def is_empty(value: object) -> bool:
    """Tell whether a field holds nothing."""
    return value is None or value in ("", [])


def default_side(field: str, ours: object, theirs: object) -> Side:
    """Return whose value a field takes where nobody chose: nothing is lost but the absorbed one's value where the two differ."""
    if field in STRICT:
        return Side.EARLIEST
    if field in LISTS:
        return Side.BOTH
    if is_empty(theirs) or ours == theirs:
        return Side.SURVIVOR
    if is_empty(ours):
        return Side.ABSORBED
    return Side.BOTH if field in TEXTS else Side.SURVIVOR


def conflicts(ours: Values, theirs: Values) -> list[str]:
    """Return the fields in which both hold something else, so that somebody may choose."""
    fields = sorted(set(ours) | set(theirs))
    return [field for field in fields if field not in LISTS | STRICT and _differ(ours.get(field), theirs.get(field))]


def _differ(ours: object, theirs: object) -> bool:
    return not is_empty(ours) and not is_empty(theirs) and ours != theirs


def choices_of(ours: Values, theirs: Values, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return whose value each field takes, by what somebody chose and else by itself; `Refused` where nobody can choose so."""
    known = {field: default_side(field, ours.get(field), theirs.get(field)) for field in set(ours) | set(theirs)}
    for field, side in chosen.items():
        if field not in known or not _may_take(field, side):
            raise Refused(_("The field “%(field)s” cannot be chosen so.") % {"field": field[:60]})
    return {field: str(side) for field, side in (known | dict(chosen)).items()}


def _may_take(field: str, side: str) -> bool:
    if field in STRICT:
        return side == Side.EARLIEST
    return side in {Side.SURVIVOR, Side.ABSORBED} or (side == Side.BOTH and field in LISTS | TEXTS)


def merged(ours: Values, theirs: Values, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return the survivor's values after a merge with these choices."""
    fields = [*ours, *(field for field in theirs if field not in ours)]
    return {field: _taken(field, ours.get(field), theirs.get(field), choices.get(field, Side.SURVIVOR)) for field in fields}


def _taken(field: str, ours: Any, theirs: Any, side: str) -> Any:
    if side == Side.EARLIEST:
        return min((one for one in (ours, theirs) if one is not None), default=None)
    if side == Side.BOTH:
        return _both(field, ours, theirs)
    return ours if side == Side.SURVIVOR else theirs


def _both(field: str, ours: Any, theirs: Any) -> Any:
    if field in LISTS:
        return [*ours, *(one for one in theirs if one not in ours)]
    return "\n".join(dict.fromkeys(one for one in (ours, theirs) if one))


def relive(first: Values, *, was: Values, later: Sequence[Step], now: Values) -> tuple[list[Step], dict[str, Any]]:
    """Return the later merges and the values of now, had the survivor held `first` at the moment when it held `was`."""
    lived: list[Step] = []
    old, new = was, first
    for step in later:
        before = carried(old, step.before, new)
        after = merged(before, step.absorbed, step.choices)
        lived.append(replace(step, before=before, after=after))
        old, new = step.after, after
    return lived, carried(old, now, new)


def carried(old: Values, edited: Values, new: Values) -> dict[str, Any]:
    """Return `new` with what was changed between `old` and `edited`."""
    fields = [*new, *(field for field in edited if field not in new)]
    return {field: _carried(field, old.get(field), edited.get(field), new.get(field)) for field in fields}


def _carried(field: str, old: Any, edited: Any, new: Any) -> Any:
    if old == edited:
        return new
    if field in LISTS:
        kept = [one for one in new if one in edited or one not in old]
        return [*kept, *(one for one in edited if one not in old and one not in kept)]
    return edited
