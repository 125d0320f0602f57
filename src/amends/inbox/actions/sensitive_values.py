"""Keeps what is sensitive of a customer sealed, and opens it for who may, who then stands in the log of openings.

Place in the path: customer page, REST -> here -> `sensitive_values`. History and events say that a value changed, never what it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.secrets import seal, unseal
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened, told_of_part
from amends.inbox.rules.customer_record import ATTRIBUTES, Attribute, checked_attribute
from amends.inbox.rules.ids import AgentId, CustomerId, MergeId
from amends.inbox.rules.merging import Side
from amends.inbox.store import attributes, openings, sealed_merges, sensitive_values
from amends.inbox.store.customer_changes import NewChange, Source

HIDDEN = "•••"


def set_value(  # noqa: PLR0913
    conn: Connection, customer_id: CustomerId, key: str, value: object, *, source: Source, secret_key: str, now: datetime
) -> None:
    """Seal and keep a value; an empty one forgets it. `Refused` says what is wrong with it."""
    attribute = _attribute(conn, key)
    opened(conn, customer_id)
    found = checked_attribute(attribute, value)
    there = sensitive_values.find(conn, customer_id, key) is not None
    if found is None and not there:
        return
    if found is None:
        sensitive_values.remove(conn, customer_id, key)
    else:
        sealed = seal({"value": str(found)}, secret_key)
        sensitive_values.put(conn, customer_id, key=key, sealed=sealed, agent_id=source.by, now=now)
    change = NewChange(field=attribute.field, was=HIDDEN if there else None, became=None if found is None else HIDDEN)
    told_of_part(conn, customer_id, change, source=source, now=now)


def reveal(conn: Connection, customer_id: CustomerId, key: str, *, by: AgentId, secret_key: str, now: datetime) -> str:
    """Return a value in the clear; who looked is kept. Empty where there is none."""
    _attribute(conn, key)
    found = sensitive_values.find(conn, customer_id, key)
    openings.add(conn, customer_id=customer_id, agent_id=by, place="sensitive", now=now)
    return unseal(found.sealed, secret_key)["value"] if found else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """Whose value each field takes when two records become one: the open fields, and the sealed attributes that take the absorbed one's."""

    fields: Mapping[str, str]
    keys: Sequence[str]


def chosen(conn: Connection, choices: Mapping[str, str]) -> Chosen:
    """Part what was chosen of sealed values from the rest; `Refused` where both shall be kept of one."""
    sealed = {row.as_rule.field: row for row in attributes.every(conn) if row.sensitive}
    for field in sealed.keys() & choices.keys():
        if choices[field] not in {Side.SURVIVOR, Side.ABSORBED}:
            raise Refused(_("The field “%(field)s” cannot be chosen so.") % {"field": sealed[field].name})
    return Chosen(
        fields={field: side for field, side in choices.items() if field not in sealed},
        keys=[row.key for field, row in sealed.items() if choices.get(field) == Side.ABSORBED],
    )


def take_over(conn: Connection, merge_id: MergeId, survivor_id: CustomerId, keys: Sequence[str], *, source: Source, now: datetime) -> None:
    """Let the survivor of a merge have what only the absorbed record holds sealed, and of what both do the chosen ones."""
    aside = sealed_merges.set_aside(conn, merge_id, keys)
    for key in sealed_merges.take(conn, merge_id):
        change = NewChange(field=ATTRIBUTES + key, was=HIDDEN if key in aside else None, became=HIDDEN)
        told_of_part(conn, survivor_id, change, source=source, now=now)


def _attribute(conn: Connection, key: str) -> Attribute:
    found = next((row for row in attributes.every(conn) if row.key == key and row.sensitive), None)
    if found is None:
        raise NotFound(_("There is no such sensitive attribute."))
    return found.as_rule
