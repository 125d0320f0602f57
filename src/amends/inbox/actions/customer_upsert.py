"""Writes a customer as another system knows them, by its own number. Place in the path: REST, sync -> here -> `customer_record`.

Fields that are not given stay; ways, days, organisations and notes are added and never taken away. What is written is told in the history
as the program's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, Refused
from amends.core.translating import _
from amends.inbox.actions import customer_record
from amends.inbox.actions.customer_additions import To, add_dates, add_note, add_organisations, add_ways
from amends.inbox.rules.customer_record import Origin, line
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.person import Person, PersonDate, PersonOrganisation, PersonWay
from amends.inbox.store import customer_refs, import_match, persons
from amends.inbox.store.customer_changes import Source

LONGEST_REFERENCE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A customer as another system knows them: only what is to be written."""

    fields: Mapping[str, object] = field(default_factory=dict[str, object])
    ways: Sequence[PersonWay] = ()
    dates: Sequence[PersonDate] = ()
    organisations: Sequence[PersonOrganisation] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upserted:
    """What came of it: made, changed or same."""

    customer_id: CustomerId
    version: int
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A number of another system."""

    system: str
    external_id: str


def checked_reference(system: str, external_id: str) -> Reference:
    """Return a reference as it is kept; `Refused` where it names nothing."""
    found = Reference(system=line(system, 60), external_id=line(external_id, LONGEST_REFERENCE))
    if not found.system or not found.external_id or found.system.startswith("file "):
        raise Refused(_("Name the system and its number for the customer."))
    return found


def upsert(conn: Connection, reference: Reference, known: Known, *, version: int | None, by: AgentId | None, now: datetime) -> Upserted:
    """Make or change the customer that a system calls so; `Conflict` where they are not of `version` (None: any, 0: must be new)."""
    import_match.wait(conn)
    customer_refs.lock(conn, system=reference.system, external_id=reference.external_id)
    found = persons.id_by_reference(conn, system=reference.system, external_id=reference.external_id)
    source = Source(by=by, origin=Origin.PROGRAM, note=reference.system)
    if found is not None:
        if version == 0:
            raise Conflict(_("This customer is there already."))
        return _change(conn, CustomerId(found), known, source=source, version=version, now=now)
    if version:
        raise Conflict(_("There is no such customer of that version."))
    name = str(known.fields.get("name") or next((way.value for way in known.ways), "") or f"#{reference.external_id}")
    made = customer_record.make(conn, name=name, by=by, origin=Origin.PROGRAM, note=reference.system, now=now)
    customer_refs.add(conn, system=reference.system, external_id=reference.external_id, customer_id=made, now=now)
    done = _change(conn, made, known, source=source, version=None, now=now)
    return Upserted(customer_id=made, version=done.version, outcome="made")


def _change(conn: Connection, customer_id: CustomerId, known: Known, *, source: Source, version: int | None, now: datetime) -> Upserted:
    before = customer_record.opened(conn, customer_id)
    customer_record.change(
        conn,
        customer_id=customer_id,
        values=known.fields,
        version=version,
        by=source.by,
        origin=source.origin,
        note=source.note,
        now=now,
    )
    to = To(customer_id=customer_id, source=source, now=now)
    add_ways(conn, to, known.ways)
    add_dates(conn, to, known.dates)
    add_organisations(conn, to, known.organisations)
    add_note(conn, to, known.note)
    after = customer_record.opened(conn, customer_id).version
    return Upserted(customer_id=customer_id, version=after, outcome="changed" if after != before.version else "same")


def person(conn: Connection, customer_id: int) -> Person | None:
    """Return a customer as the outside sees them."""
    return persons.by_ids(conn, [customer_id]).get(customer_id)
