"""Tells an outside system what changed here. Place in the path: `sync_customers.round_of` -> feed, or everybody -> here -> `inbox/crms`.

What became of its numbers comes first: the system hears that before it is written to by them. Then everybody, where it never heard of them
or not for so long that the feed has forgotten; then what the feed says, save what came from the system itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.clock import Clock
from amends.core.database import Connection, Pool
from amends.inbox.actions.sync_taking import LEASE, PAGES
from amends.inbox.crms import Crm, Pushed
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.sync_news import News
from amends.inbox.store import customer_feed, customer_refs, customers, import_match, persons, sync_left_out, sync_news, syncs
from amends.inbox.store.customer_feed import Place
from amends.inbox.store.syncs import Standing, Sync

PEOPLE = 100


def tell(pool: Pool, one: Sync, crm: Crm) -> None:
    """Say all that the system has still to hear of its numbers; what was said goes, and what broke off is said again."""
    while news := _untold(pool, one):
        crm.tell(news)
        with pool.transaction() as conn:
            sync_news.drop(conn, news)


def _untold(pool: Pool, one: Sync) -> list[News]:
    with pool.transaction() as conn:
        return sync_news.upcoming(conn, one.id, limit=PEOPLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """Who is told of next; `place` is where the feed stands behind them, `walked_to` the last of everybody where that goes on.

    `stands` is how far the system was told before them.
    """

    stands: Standing
    customers: Sequence[int]
    place: Place | None = None
    walked_to: int | None = None


def push(pool: Pool, one: Sync, crm: Crm, clock: Clock) -> tuple[int, bool]:
    """Tell of everybody where that is due, then of what changed, some pages of it; return how many people, and whether more waits."""
    n = 0
    for _page in range(PAGES):
        with pool.transaction() as conn:
            stands = syncs.hold(conn, one.id, until=clock() + LEASE)
            if stands is None:
                return n, False
            page = _next(conn, stands, clock())
            people = _to_tell(conn, one, page.customers)
            untold = sync_news.upcoming(conn, one.id, limit=1)
        if untold:
            # Numbers were merged or parted since the round began: the system hears that before it is written to by them.
            tell(pool, one, crm)
            continue
        if page.place is None and page.walked_to is None and page.stands.walked_to is None:
            return n, False
        ids = crm.push(people) if people else []
        with pool.transaction() as conn:
            _keep(conn, one, {pushed.person.id: external_id for pushed, external_id in zip(people, ids, strict=True)}, clock())
            syncs.set_pushed(conn, page.stands, place=page.place, walked_to=page.walked_to, n=len(people))
        n += len(people)
    return n, True


def _next(conn: Connection, one: Standing, now: datetime) -> _Page:
    """Return who is told of next: of everybody, where the system never heard of them or the feed forgot; else by the feed."""
    if one.walked_to is None and customer_feed.is_forgotten(conn, one.place):
        one = syncs.walk(conn, one.id, now=now)
    if one.walked_to is not None:
        everybody = syncs.beyond(conn, one, limit=PEOPLE)
        told = [row.id for row in everybody if not row.told_us]
        return _Page(stands=one, customers=told, walked_to=everybody[-1].id if everybody else None)
    fed = customer_feed.after(conn, one.place, limit=PEOPLE)
    told = [row.customer_id for row in fed if row.origin != one.system]
    return _Page(stands=one, customers=told, place=fed[-1].place if fed else None)


def _keep(conn: Connection, one: Sync, numbers: Mapping[int, str], now: datetime) -> None:
    """Keep the numbers that the system gave; nobody goes meanwhile, and whoever went while it answered is told of next."""
    import_match.wait(conn)
    there = customers.lock(conn, [CustomerId(customer_id) for customer_id in sorted(numbers)])
    for customer_id in there:
        customer_refs.add(conn, system=one.system, external_id=numbers[customer_id], customer_id=customer_id, now=now)
    sync_news.add_gone(conn, one.id, [number for customer_id, number in numbers.items() if customer_id not in there], now=now)
    sync_news.add_late(conn, one.system, list(numbers), now=now)


def _to_tell(conn: Connection, one: Sync, customer_ids: Sequence[int]) -> list[Pushed]:
    deleted = sync_left_out.deleted(conn, system=one.system, customers=customer_ids)
    found = persons.by_ids(conn, [customer_id for customer_id in customer_ids if customer_id not in deleted])
    return [Pushed(external_id=person.references.get(one.system), person=person) for person in found.values()]
