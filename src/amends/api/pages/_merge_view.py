"""Puts the merge desk together: who may be one person, two records side by side, and what would go over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.rules.ids import CustomerId, MatchId
from amends.inbox.rules.merging import ATTRIBUTES, FIELDS, TEXTS, conflicts, is_empty
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.store import (
    attributes,
    counts,
    customer_page,
    link_evidence,
    match_suggestions,
    matches_beside,
    merges,
    moving,
    sensitive_values,
    staff,
)
from amends.inbox.store.attributes import AttributeRow
from amends.inbox.store.customer_page import CustomerCase, CustomerHead, HandleRow
from amends.inbox.store.link_evidence import EvidenceRow
from amends.inbox.store.match_suggestions import Suggestion
from amends.inbox.store.merges import Record
from amends.inbox.store.sessions import Visitor

SHOWN = 40
HIDDEN = "•••"


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two records, with its handles and newest cases, what ties them to it, and how much of each table would go over."""

    record: Record
    head: CustomerHead
    handles: Sequence[HandleRow]
    evidence: Sequence[EvidenceRow]
    moves: Mapping[str, int]
    cases: Sequence[CustomerCase]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A field of the two, as it is shown; `choose` where they differ, `both` where both may be kept, `key` where it lies sealed."""

    field: str
    label: str
    one: str
    other: str
    choose: bool
    both: bool = False
    key: str = ""


def desk_values(conn: Connection, visitor: Visitor, match_id: MatchId | None = None, pair: tuple[int, int] | None = None) -> dict[str, Any]:
    """Return what the merge desk shows: a suggestion, the likeliest where none is named, or two records that somebody chose."""
    found = match_suggestions.page(conn, visitor.scope, limit=SHOWN)
    match = _chosen(conn, found, match_id, visitor.scope) if pair is None else None
    ids = (match.one_id, match.other_id) if match else pair
    sides = [_side(conn, CustomerId(one), visitor.scope) for one in ids] if ids else []
    place = next((place for place, one in enumerate(found) if match and one.id == match.id), -1)
    return {
        "matches": found,
        "names": matches_beside.names(conn, found),
        "match": match,
        "sides": sides,
        "lines": [*_lines(conn, sides, visitor), *_sealed_lines(conn, sides, visitor)] if sides else [],
        "stays": _stays(sides),
        "before": found[place - 1].id if place > 0 else None,
        "after": found[place + 1].id if 0 <= place < len(found) - 1 else None,
        "past": merges.newest(conn, visitor.scope),
        "counts": counts.read(conn, visitor.scope),
    }


def _chosen(conn: Connection, found: Sequence[Suggestion], match_id: MatchId | None, scope: Scope) -> Suggestion | None:
    if match_id is None:
        return found[0] if found else None
    listed = next((one for one in found if one.id == match_id), None) or match_suggestions.find(conn, match_id, scope)
    if listed is None:
        raise NotFound(_("There is no such suggestion."))
    return listed if listed.state == "open" else (found[0] if found else None)


def _side(conn: Connection, customer_id: CustomerId, scope: Scope) -> Side:
    record, head = merges.record(conn, customer_id), customer_page.customer(conn, customer_id, scope)
    if record is None or head is None:
        raise NotFound(_("There is no customer %(customer_id)s.") % {"customer_id": customer_id})
    return Side(
        record=record,
        head=head,
        handles=customer_page.handles(conn, customer_id),
        evidence=link_evidence.of_customer(conn, customer_id),
        moves=moving.count_all(conn, customer_id),
        cases=customer_page.cases(conn, customer_id, scope),
    )


def _stays(sides: Sequence[Side]) -> int | None:
    """Return which record is proposed to stay: the one with more cases, else the one we know longer."""
    if not sides:
        return None
    return max(sides, key=lambda side: (side.head.cases, -side.head.created_at.timestamp())).record.id


def _lines(conn: Connection, sides: Sequence[Side], visitor: Visitor) -> list[Line]:
    one, other = (side.record.fields for side in sides)
    known = {row.as_rule.field: row for row in attributes.every(conn)}
    crew = {int(person.id): person.name for person in staff.listed(conn)}
    differ = set(conflicts(one, other))

    def shown(field: str, value: object) -> str:
        if field.startswith(ATTRIBUTES) and not is_empty(value) and _is_hidden(known.get(field), visitor):
            return HIDDEN
        return crew.get(int(str(value)), "") if field == "owner_id" and value else _text(value)

    return [
        Line(
            field=field,
            label=_label(field, known),
            one=shown(field, one.get(field)),
            other=shown(field, other.get(field)),
            choose=field in differ,
            both=field in TEXTS,
        )
        for field in dict.fromkeys((*FIELDS, *sorted(one), *sorted(other)))
        if not (is_empty(one.get(field)) and is_empty(other.get(field)))
    ]


def _sealed_lines(conn: Connection, sides: Sequence[Side], visitor: Visitor) -> list[Line]:
    """Return what either of the two holds sealed; who may read it may choose where both do."""
    one, other = (sensitive_values.of_customer(conn, side.record.id) for side in sides)
    return [
        Line(
            field=ATTRIBUTES + ours.key,
            label=ours.name,
            one=HIDDEN if ours.is_set else "",
            other=HIDDEN if theirs.is_set else "",
            choose=ours.is_set and theirs.is_set and visitor.may(Right.SENSITIVE),
            key=ours.key,
        )
        for ours, theirs in zip(one, other, strict=True)
        if ours.is_set or theirs.is_set
    ]


def _label(field: str, known: Mapping[str, AttributeRow]) -> str:
    return _(FIELDS[field]) if field in FIELDS else (known[field].name if field in known else field.removeprefix(ATTRIBUTES))


def _is_hidden(attribute: AttributeRow | None, visitor: Visitor) -> bool:
    return (attribute is None or attribute.sensitive) and not visitor.may(Right.PRIVACY)


def _text(value: object) -> str:
    if is_empty(value):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
