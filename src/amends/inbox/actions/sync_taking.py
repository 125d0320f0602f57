"""Takes over what changed in an outside system. Place in the path: `sync_customers.round_of` -> here -> `customer_upsert`.

Of each field the newest change wins, ours or theirs. What cannot be kept is left, and stands on the sync's page with why; the rest of the
person is kept, and the rest of the page. Whom the system deleted stays here, and is not told there any more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.core.clock import Clock
from amends.core.database import Connection, Pool
from amends.core.errors import Refused
from amends.core.translating import ENGLISH, _, speaking
from amends.inbox.actions import customer_upsert
from amends.inbox.actions.customer_upsert import Known, Reference, Upserted
from amends.inbox.crms import Crm, Outside, Pulled
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.person import ways_of
from amends.inbox.store import customer_record, customer_refs, import_match, people, persons, sync_left_out, sync_news, syncs
from amends.inbox.store.sync_left_out import DELETED
from amends.inbox.store.syncs import Sync

PAGES = 50
AT_ONCE = 100
"""So many people are written in one transaction, however many a page holds."""
LEASE = timedelta(minutes=10)
LONGEST_WHY = 300


def pull(pool: Pool, one: Sync, crm: Crm, clock: Clock) -> tuple[int, bool]:
    """Take what changed there, some pages of it; return how many people that were, and whether more waits."""
    cursor, n = one.pulled_to, 0
    for _page in range(PAGES):
        page = crm.pull(cursor)
        for start in range(0, max(len(page.people), 1), AT_ONCE):
            with pool.transaction() as conn:
                if not syncs.hold(conn, one.id, until=clock() + LEASE):
                    return n, False
                _take_all(conn, one, page.people[start : start + AT_ONCE], clock)
        with pool.transaction() as conn:
            if not syncs.set_pulled(conn, one.id, was=cursor, cursor=page.cursor, n=len(page.people)):
                return n, True
            _leave(conn, one, page, clock())
        cursor, n = page.cursor, n + len(page.people)
        if not page.more:
            return n, False
    return n, True


def _leave(conn: Connection, one: Sync, page: Pulled, now: datetime) -> None:
    """Keep of whom nothing could be read."""
    for number, why in page.unread.items():
        sync_left_out.keep(conn, one.id, number, {"": why}, now=now)


def _take_all(conn: Connection, one: Sync, people_there: Sequence[Outside], clock: Clock) -> None:
    """Take these people; why something is left is said in the language of who set the sync up."""
    import_match.wait(conn)  # before any row is held: an import that is at work wants the numbers, too
    customer_refs.told_as_from(conn, one.system)
    with speaking(people.profile(conn, one.agent_id).interface_language if one.agent_id else ENGLISH):
        for person in people_there:
            take(conn, one, person, now=clock())


def take(conn: Connection, one: Sync, person: Outside, *, now: datetime) -> None:
    """Write what is newer there than here; where something here is newer, the system is told of it again.

    A value that cannot be kept is left, and kept with why; the rest of the person is taken.
    """
    found = persons.id_by_reference(conn, system=one.system, external_id=person.external_id)
    customer_refs.set_gone(conn, system=one.system, external_id=person.external_id, at=now if person.deleted else None)
    if person.deleted:
        known_here = {DELETED: ""} if found is not None else {}
        sync_left_out.keep(conn, one.id, person.external_id, known_here, now=now)
        return
    ours = syncs.field_times(conn, found, system=one.system) if found is not None else {}
    record = customer_record.find(conn, CustomerId(found)) if found is not None else None
    newer = {name: value for name, value in person.fields.items() if name not in ours or person.time_of(name) > ours[name]}
    known = Known(fields=newer, ways=ways_of(emails=person.emails, phones=person.phones))
    sync_left_out.keep(conn, one.id, person.external_id, _written(conn, one, person, known, now), now=now)
    lost = [name for name in person.fields if name not in newer]
    if record is not None and any(record.value_of(name) != person.fields[name] for name in lost):
        customer_refs.tell_again(conn, record.id)


def _written(conn: Connection, one: Sync, person: Outside, known: Known, now: datetime) -> dict[str, str]:
    """Write all of it, else piece by piece, and return what was left with why."""
    try:
        reference = customer_upsert.checked_reference(one.system, person.external_id)
    except Refused as error:
        return {"": str(error)}
    if not _refusal(conn, one, reference, known, now=now):
        return {}
    pieces = {name: Known(fields={name: known.fields[name]}) for name in sorted(known.fields, key=lambda name: name != "name")}
    pieces |= {f"{way.kind} {n}": Known(ways=[way]) for n, way in enumerate(known.ways, start=1)}
    tried = {name: _refusal(conn, one, reference, piece, now=now) for name, piece in pieces.items()}
    left = {name: why for name, why in tried.items() if why}
    if len(left) == len(pieces) and (why := _refusal(conn, one, reference, Known(), now=now)):
        return {"": why}
    return left


def _refusal(conn: Connection, one: Sync, reference: Reference, known: Known, *, now: datetime) -> str:
    """Write all of it and return nothing, or write nothing and return why."""
    try:
        with conn.transaction():
            done = customer_upsert.upsert(conn, reference, known, version=None, by=None, now=now)
            _refuse_erased(conn, one, reference, done)
    except Refused as error:
        return str(error)[:LONGEST_WHY]
    return ""


def _refuse_erased(conn: Connection, one: Sync, reference: Reference, done: Upserted) -> None:
    """Bring nobody back who was erased since the round began; asked last, so that whoever erased in between is seen."""
    if done.outcome == "made" and sync_news.is_erased(conn, one.id, reference.external_id):
        raise Refused(_("This customer's record was erased; nothing can be added to it."))
