"""Changes a customer's own fields. Place in the path: page, REST, import, rule or merge -> here -> history, event.

Only what differs is written: one row of history a field, one event for all of them. Who shows the version they have seen never writes
over what they have not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.rules.customer_record import ATTRIBUTES, Attribute, Origin, a_name, checked
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.store import agents, attributes, customer_changes, customer_record, events
from amends.inbox.store.customer_changes import NewChange, Source
from amends.inbox.store.customer_record import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """What was written: the version it made, and the rows of history (none where nothing differed)."""

    version: int
    change_ids: Sequence[int] = ()


def change(  # noqa: PLR0913
    conn: Connection,
    *,
    customer_id: CustomerId,
    values: Mapping[str, object],
    version: int | None,
    by: AgentId | None,
    origin: Origin = Origin.AGENT,
    note: str = "",
    now: datetime,
) -> Changed:
    """Write what differs of `values`, by field; `Conflict` where somebody saved since `version` (None: whatever there is)."""
    record = opened(conn, customer_id)
    if version is not None and version != record.version:
        raise Conflict(_("Somebody changed this customer meanwhile; look at it again, then change it."))
    known = [row.as_rule for row in attributes.every(conn)]
    wished = {field: _checked(conn, record, field, value, known) for field, value in values.items()}
    differing = [
        NewChange(field=field, was=record.value_of(field), became=value)
        for field, value in wished.items()
        if value != record.value_of(field)
    ]
    if not differing:
        return Changed(version=record.version)
    saved = customer_record.save(conn, _with(record, {one.field: one.became for one in differing}, now), now=now)
    change_ids = told(conn, customer_id, differing, source=Source(by=by, origin=origin, note=note), now=now)
    return Changed(version=saved, change_ids=change_ids)


def make(conn: Connection, *, name: str, by: AgentId | None, origin: Origin = Origin.AGENT, note: str = "", now: datetime) -> CustomerId:
    """Make a customer by hand, without any handle, and return their id."""
    customer_id = customer_record.insert(conn, name=a_name(name), now=now)
    first = NewChange(field="name", was=None, became=a_name(name))
    customer_changes.add(conn, customer_id, [first], source=Source(by=by, origin=origin, note=note), now=now)
    events.add(conn, EventKind.CUSTOMER_MADE, now=now, agent_id=by, customer_id=customer_id, origin=origin)
    return customer_id


def opened(conn: Connection, customer_id: CustomerId) -> Record:
    """Return the record of a customer, locked; `NotFound` where there is none, `Refused` where it was merged away or erased."""
    record = customer_record.lock(conn, customer_id)
    if record is None:
        raise NotFound(_("There is no such customer."))
    if record.erased_at:
        raise Refused(_("This customer's record was erased; nothing can be added to it."))
    if record.merged_into is not None:
        raise Conflict(_("This record became part of another one; open that one."))
    return record


def told(conn: Connection, customer_id: CustomerId, changes: Sequence[NewChange], *, source: Source, now: datetime) -> list[int]:
    """Write changes into the history and tell of them; return their ids."""
    change_ids = customer_changes.add(conn, customer_id, changes, source=source, now=now)
    events.add(
        conn,
        EventKind.CUSTOMER_CHANGED,
        now=now,
        agent_id=source.by,
        customer_id=customer_id,
        fields=list(dict.fromkeys(one.field for one in changes)),
        origin=source.origin,
    )
    return change_ids


def told_of_part(conn: Connection, customer_id: CustomerId, one: NewChange, *, source: Source, now: datetime) -> int:
    """Tell of a change to what belongs to a customer (a contact way, a purchase …), and return its row of history."""
    customer_record.touch(conn, customer_id, now=now)
    return told(conn, customer_id, [one], source=source, now=now)[0]


def _checked(conn: Connection, record: Record, field: str, value: object, known: Sequence[Attribute]) -> object:
    """Return a value as it is kept; the owner is a colleague who is still here, unless it was them before."""
    found = checked(field, value, known)
    if field == "owner_id" and isinstance(found, int) and found != record.owner_id:
        agent = agents.find(conn, agent_id=AgentId(found))
        if agent is None or not agent.active:
            raise Refused(_("This colleague is not here any more; choose another."))
    return found


def _with(record: Record, values: Mapping[str, object], now: datetime) -> Record:
    """Return the record with checked values in place of its own."""
    plain: dict[str, Any] = {field: value for field, value in values.items() if not field.startswith(ATTRIBUTES)}
    if "do_not_contact" in plain:
        plain["do_not_contact_since"] = now if plain.pop("do_not_contact") else None
    given = {field.removeprefix(ATTRIBUTES): value for field, value in values.items() if field.startswith(ATTRIBUTES)}
    kept = {key: value for key, value in {**record.attributes, **given}.items() if value is not None}
    return replace(record, **plain, attributes=kept)
