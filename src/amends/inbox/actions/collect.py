"""Hands out due watches and records what came of them. Place in the path: beat -> due watch -> `collector.fetch` -> page -> ingest."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError
from amends.core.ports import Page
from amends.core.post import Post
from amends.inbox.actions import budget
from amends.inbox.actions.ingest import Ingested, ingest
from amends.inbox.actions.parts import in_parts
from amends.inbox.rules import source_health
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.words import WatchState
from amends.inbox.store import events, watches
from amends.inbox.store.watches import WatchJob

UNWELL = {WatchState.RETRYING, WatchState.STOPPED}


def due_watches(conn: Connection, *, now: datetime, lease: timedelta, limit: int) -> list[WatchJob]:
    """Claim at most `limit` due watches for `lease`; no two callers get the same one."""
    return watches.claim_due(conn, now=now, until=now + lease, limit=limit)


def record_page(conn: Connection, job: WatchJob, page: Page, *, now: datetime, poll_every: timedelta) -> Ingested:
    """Store the page's posts and cursor together, and plan the next visit; `Conflict` where the claim ran out and another took over."""
    if not watches.still_ours(conn, job):
        raise Conflict("Another worker has taken over this watch.")
    ingested, lost = _store(conn, job, page.posts, now)
    troubles = (*page.troubles, *lost)
    health = source_health.after_page(more=page.more, troubles=troubles, come_back_at=page.come_back_at, now=now, poll_every=poll_every)
    watches.save_page(conn, job, health, cursor=page.cursor, reads=page.reads, new=ingested.new, now=now)
    budget.count(conn, job, reads=page.reads, now=now, watch=(job.watch_id, job.kind))
    if job.state in UNWELL:
        events.add(conn, EventKind.SOURCE_RECOVERED, now=now, source_id=job.source_id, watch_id=job.watch_id)
    return ingested


def _store(conn: Connection, job: WatchJob, posts: Sequence[Post], now: datetime) -> tuple[Ingested, list[str]]:
    """Store what the database takes, and return a line for each post that it does not: one must not keep the others out for ever."""
    stored: list[Ingested] = []

    def keep(some: Sequence[Post]) -> None:
        stored.append(ingest(conn, source_id=job.source_id, network=job.network, posts=some, now=now))

    spoiled = in_parts(conn, posts, keep)
    return sum(stored, start=Ingested()), [f"{one.item.permalink} could not be stored ({one.why})" for one in spoiled]


def record_trouble(conn: Connection, job: WatchJob, error: NetworkError, *, now: datetime) -> None:
    """Keep what went wrong as the watch's health, with the time of the next try or a stop that says what to do."""
    if not watches.still_ours(conn, job):
        return
    health = source_health.after_trouble(error, failures=job.failures, now=now)
    watches.save_health(conn, job, health, now=now)
    if health.state is WatchState.STOPPED:
        events.add(conn, EventKind.SOURCE_STOPPED, now=now, source_id=job.source_id, watch_id=job.watch_id, note=health.note)
