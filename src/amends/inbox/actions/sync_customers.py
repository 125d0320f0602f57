"""Keeps an outside system and ours the same, both ways. Place in the path: sweep -> `worker/syncing` -> here -> `inbox/crms`.

First the system is told whose numbers became one, are two again, or are to be forgotten. Then what changed there is taken: of each field
the newest change wins, ours or theirs. Then what changed here is told there, save what came from there. Where one of our fields won, the
whole person is told again, so that both sides end the same. A round that breaks off is repeated from where it stood; everything that is
done twice is done once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.clock import Clock, utc_now
from amends.core.database import Connection, Pool, UniqueViolation
from amends.core.errors import AmendsError, Conflict, NotFound, Refused
from amends.core.log import logger
from amends.core.network import Wire
from amends.core.secrets import seal, unseal
from amends.core.translating import _
from amends.inbox import crms
from amends.inbox.actions import customer_upsert
from amends.inbox.actions.customer_upsert import Known, Reference, Upserted
from amends.inbox.crms import Crm, Outside, Pushed
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.person import ways_of
from amends.inbox.rules.sync_news import News
from amends.inbox.rules.webhooks import checked_url
from amends.inbox.store import customer_feed, customer_record, customer_refs, customers, import_match, persons, sync_news, syncs
from amends.inbox.store.syncs import Sync

LONGEST_NAME = 40
NAME = re.compile("[a-z][a-z0-9_-]*")
LEASE = timedelta(minutes=10)
PAGES = 50
PEOPLE = 100
TIME_OUT = 20.0
LONGEST_PAUSE = timedelta(hours=1)

log = logger(__name__)
Crms = Callable[[Sync, str], Crm]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a round did."""

    pulled: int = 0
    pushed: int = 0
    error: str = ""


def build(one: Sync, secret_key: str) -> Crm:
    """Return the system behind a sync, over a wire that reaches the public net alone, wherever its name leads by then.

    One that an administrator entered may lie inside our own network.
    """
    wire = Wire(clock=utc_now, routes={}, time_out=TIME_OUT)
    if not one.inside:
        wire.stay_outside()
    return crms.build(one.kind, one.url, unseal(one.secret, secret_key)["token"], wire)


def add(  # noqa: PLR0913
    conn: Connection,
    *,
    kind: str,
    system: str,
    url: str,
    token: str,
    secret_key: str,
    agent_id: AgentId | None,
    now: datetime,
    inside: bool = False,
) -> int:
    """Set up a system that is kept the same as ours, and return its id; `Conflict` where one is called so already.

    Only who sees to the machines (`inside`) sets up one inside our own network.
    """
    if kind not in crms.kinds():
        raise Refused(_("There is no kind of system called “%(name)s”.") % {"name": kind})
    name = line(system, LONGEST_NAME).lower()
    if not NAME.fullmatch(name):
        raise Refused(_("Name the system in small letters, digits, - and _, beginning with a letter: crm, hubspot-eu."))
    sealed = seal({"token": token}, secret_key)
    try:
        with conn.transaction():
            address = checked_url(url)
            made = syncs.insert(conn, kind=kind, system=name, url=address, inside=inside, secret=sealed, agent_id=agent_id, now=now)
            sync_news.add_of_before(conn, made, now=now)
            return made
    except UniqueViolation as error:
        raise Conflict(_("There is a system called “%(name)s” already.") % {"name": name}) from error


def stop(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Leave a system alone for now; what changes meanwhile is told, both ways, when it goes on."""
    _there(syncs.set_stopped(conn, sync_id, at=now))


def resume(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Go on with a system where it was left, at once."""
    _there(syncs.set_stopped(conn, sync_id, at=None))
    syncs.hurry(conn, sync_id, now=now)


def delete(conn: Connection, sync_id: int) -> None:
    """Let go of a system for good; customers keep their numbers there, by which they are known again where it is set up anew."""
    _there(syncs.delete(conn, sync_id))


def hurry(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Let the next round begin now."""
    _there(syncs.hurry(conn, sync_id, now=now))


def _there(found: int) -> None:
    if not found:
        raise NotFound(_("There is no such system, or it is stopped."))


def claim(conn: Connection, *, now: datetime) -> Sync | None:
    """Return the system whose round is due, ours for a while, or None."""
    return syncs.claim(conn, now=now, lease=LEASE)


def round_of(pool: Pool, one: Sync, crm: Crm, *, clock: Clock) -> Told:
    """Tell of merges and erasures, take what changed there, tell what changed here; trouble is kept, and tried again later each time."""
    pulled = pushed = 0
    error = ""
    try:
        _tell(pool, one, crm)
        pulled = _pull(pool, one, crm, clock)
        pushed = _push(pool, one, crm, clock)
    except AmendsError as trouble:
        error = str(trouble)[:300]
    now = clock()
    pause = (
        min(LONGEST_PAUSE, timedelta(seconds=one.every_seconds) * 2 ** min(one.failures, 6))
        if error
        else timedelta(seconds=one.every_seconds)
    )
    with pool.transaction() as conn:
        syncs.set_over(conn, one.id, error=error, next_at=now + pause, now=now)
    return Told(pulled=pulled, pushed=pushed, error=error)


def _tell(pool: Pool, one: Sync, crm: Crm) -> None:
    """Say all that the system has still to hear of its numbers; what was said goes, and what broke off is said again."""
    while news := _untold(pool, one):
        crm.tell(news)
        with pool.transaction() as conn:
            sync_news.drop(conn, news)


def _untold(pool: Pool, one: Sync) -> list[News]:
    with pool.transaction() as conn:
        return sync_news.upcoming(conn, one.id, limit=PEOPLE)


def _pull(pool: Pool, one: Sync, crm: Crm, clock: Clock) -> int:
    cursor, n = one.pulled_to, 0
    for _page in range(PAGES):
        page = crm.pull(cursor)
        with pool.transaction() as conn:
            customer_refs.told_as_from(conn, one.system)
            for person in page.people:
                take(conn, one, person, now=clock())
            syncs.set_pulled(conn, one.id, cursor=page.cursor, n=len(page.people))
        cursor, n = page.cursor, n + len(page.people)
        if not page.more:
            break
    return n


def take(conn: Connection, one: Sync, person: Outside, *, now: datetime) -> None:
    """Write what is newer there than here; where something here is newer, the system is told of it again.

    A value that cannot be kept is left, and named in the log; the rest of the person is kept.
    """
    reference = Reference(system=one.system, external_id=person.external_id)
    found = persons.id_by_reference(conn, system=one.system, external_id=person.external_id)
    ours = syncs.field_times(conn, found) if found is not None else {}
    record = customer_record.find(conn, CustomerId(found)) if found is not None else None
    newer = {name: value for name, value in person.fields.items() if name not in ours or person.time_of(name) > ours[name]}
    known = Known(fields=newer, ways=ways_of(emails=person.emails, phones=person.phones))
    if not _kept(conn, one, reference, known, now=now):
        pieces = {name: Known(fields={name: newer[name]}) for name in sorted(newer, key=lambda name: name != "name")}
        pieces |= {f"{way.kind} {n}": Known(ways=[way]) for n, way in enumerate(known.ways, start=1)}
        left = [name for name, piece in pieces.items() if not _kept(conn, one, reference, piece, now=now)]
        if len(left) == len(pieces) and not _kept(conn, one, reference, Known(), now=now):
            return
        log.warning("sync_left_out", system=one.system, external_id=person.external_id, left=left)
    lost = [name for name in person.fields if name not in newer]
    if record is not None and any(record.value_of(name) != person.fields[name] for name in lost):
        customer_refs.tell_again(conn, record.id)


def _kept(conn: Connection, one: Sync, reference: Reference, known: Known, *, now: datetime) -> bool:
    """Write all of it, or nothing; tell which."""
    try:
        with conn.transaction():
            done = customer_upsert.upsert(conn, reference, known, version=None, by=None, now=now)
            _refuse_erased(conn, one, reference, done)
    except Refused:
        return False
    return True


def _refuse_erased(conn: Connection, one: Sync, reference: Reference, done: Upserted) -> None:
    """Bring nobody back who was erased since the round began; asked last, so that whoever erased in between is seen."""
    if done.outcome == "made" and sync_news.is_erased(conn, one.id, reference.external_id):
        raise Refused(_("This customer's record was erased; nothing can be added to it."))


def _push(pool: Pool, one: Sync, crm: Crm, clock: Clock) -> int:
    place, n = one.place, 0
    for _page in range(PAGES):
        with pool.transaction() as conn:
            fed = customer_feed.after(conn, place, limit=PEOPLE)
            people = _to_tell(conn, one, [row.customer_id for row in fed if row.origin != one.system])
            untold = sync_news.upcoming(conn, one.id, limit=1)
        if untold:
            # Numbers were merged or parted since the round began: the system hears that before it is written to by them.
            _tell(pool, one, crm)
            continue
        if not fed:
            break
        ids = crm.push(people) if people else []
        place = fed[-1].place
        with pool.transaction() as conn:
            _keep(conn, one, {pushed.person.id: external_id for pushed, external_id in zip(people, ids, strict=True)}, clock())
            syncs.set_pushed(conn, one.id, place=place, n=len(people))
        n += len(people)
    return n


def _keep(conn: Connection, one: Sync, numbers: Mapping[int, str], now: datetime) -> None:
    """Keep the numbers that the system gave; nobody goes meanwhile, and whoever went while it answered is told of next."""
    import_match.wait(conn)
    there = customers.lock(conn, [CustomerId(customer_id) for customer_id in sorted(numbers)])
    for customer_id in there:
        customer_refs.add(conn, system=one.system, external_id=numbers[customer_id], customer_id=customer_id, now=now)
    sync_news.add_gone(conn, one.id, [number for customer_id, number in numbers.items() if customer_id not in there], now=now)
    sync_news.add_late(conn, one.system, list(numbers), now=now)


def _to_tell(conn: Connection, one: Sync, customer_ids: list[int]) -> list[Pushed]:
    found = persons.by_ids(conn, customer_ids)
    return [Pushed(external_id=person.references.get(one.system), person=person) for person in found.values()]
