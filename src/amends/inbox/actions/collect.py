"""Hands out due watches and records what came of them. Place in the path: beat -> due watch -> `collector.fetch` -> page -> ingest."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends import collectors
from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError
from amends.core.ports import Page
from amends.core.post import Post
from amends.core.translating import _
from amends.inbox.actions import budget, cover
from amends.inbox.actions.ingest import Ingested, ingest
from amends.inbox.actions.parts import in_parts
from amends.inbox.rules import source_health, stream_health
from amends.inbox.rules.coverage import kind_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ways import Way, fetched
from amends.inbox.rules.words import WatchState
from amends.inbox.store import events, streams, watches
from amends.inbox.store.sources import SealedAccount
from amends.inbox.store.watches import WatchJob

UNWELL = {WatchState.RETRYING, WatchState.STOPPED}


def due_watches(conn: Connection, *, now: datetime, lease: timedelta, limit: int) -> list[WatchJob]:
    """Claim at most `limit` due watches for `lease`; no two callers get the same one, and no network more than it allows."""
    return watches.claim_due(conn, now=now, until=now + lease, limit=limit, at_once=room(conn))


def room(conn: Connection) -> dict[str, int]:
    """Return how many requests may be under way on each network; until the transaction ends nobody else claims one."""
    watches.lock_claims(conn)
    known = collectors.networks()
    return {network: collectors.abilities(network).at_once if network in known else 1 for network in watches.networks(conn)}


def record_page(
    conn: Connection, job: WatchJob, page: Page, *, parts: cover.Parts | None = None, now: datetime, poll_every: timedelta
) -> Ingested:
    """Store the page's posts and cursor together, and plan the next visit; `Conflict` where the claim ran out and another took over.

    Where the walk may be parted, the watch goes on with the first of `parts` and a backfill with the second.
    """
    if not watches.still_ours(conn, job):
        raise Conflict(_("Another worker has taken over this watch."))
    ingested, lost = store_posts(conn, job, page.posts, way=fetched(job.watch_id), now=now)
    troubles = (*page.troubles, *lost)
    if streams.is_live(conn, watch_id=job.watch_id, now=now):
        poll_every = max(poll_every, stream_health.RARELY)
    health = source_health.after_page(more=page.more, troubles=troubles, come_back_at=page.come_back_at, now=now, poll_every=poll_every)
    cursor = cover.note_page(conn, job, page, parts=parts, now=now, poll_every=poll_every)
    watches.save_page(conn, job, health, cursor=cursor, reads=page.reads, new=ingested.new, now=now)
    budget.count(conn, job, reads=page.reads, now=now, watch=(job.watch_id, job.kind))
    if job.state in UNWELL:
        events.add(conn, EventKind.SOURCE_RECOVERED, now=now, source_id=job.source_id, watch_id=job.watch_id)
    return ingested


def store_posts(conn: Connection, account: SealedAccount, posts: Sequence[Post], *, way: Way, now: datetime) -> tuple[Ingested, list[str]]:
    """Store what the database takes, and return a line for each post that it does not: one must not keep the others out for ever."""
    stored: list[Ingested] = []

    def keep(some: Sequence[Post]) -> None:
        stored.append(ingest(conn, source_id=account.source_id, network=account.network, posts=some, now=now, watch_id=way))

    spoiled = in_parts(conn, posts, keep)
    lost = [f"{one.item.permalink or one.item.external_id} could not be stored ({one.why})" for one in spoiled]
    return sum(stored, start=Ingested()), lost


def record_trouble(conn: Connection, job: WatchJob, error: NetworkError, *, now: datetime) -> None:
    """Keep what went wrong as the watch's health, with the time of the next try or a stop that says what to do."""
    if not watches.still_ours(conn, job):
        return
    health = source_health.after_trouble(error, failures=job.failures, now=now)
    watches.save_health(conn, job, health, now=now)
    cover.note_gap(conn, watch_id=job.watch_id, kind=kind_of(error), note=str(error), now=now)
    if health.state is WatchState.STOPPED:
        events.add(conn, EventKind.SOURCE_STOPPED, now=now, source_id=job.source_id, watch_id=job.watch_id, note=health.note)
