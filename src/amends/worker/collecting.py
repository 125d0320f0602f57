"""Fetches one due watch: claim, network, record, each on its own.

Place in the path: beat -> here -> posts, cursor and events in one commit.
"""

from datetime import timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError
from amends.core.log import bound, logger
from amends.core.ports import Page
from amends.inbox.actions import budget, collect
from amends.inbox.actions.cover import Parts
from amends.inbox.rules.coverage import is_long
from amends.inbox.store import heartbeats
from amends.inbox.store.watches import WatchJob
from amends.worker.context import Context
from amends.worker.names import Lane, Task

log = logger(__name__)

LEASE = timedelta(seconds=25)
"""A page is one or two requests of ten seconds at most; a claim that outlives its worker is free again after this."""


def collect_one(at: Context) -> bool:
    """Fetch one page of the watch that is due longest; False where none is due. While there is work, one more thread is called."""
    with at.pool.transaction() as conn:
        jobs = [(job, _granted(at, conn, job)) for job in collect.due_watches(conn, now=at.clock(), lease=LEASE, limit=1)]
        heartbeats.beat(conn, Lane.COLLECT, now=at.clock())
    for job, posts in jobs:
        at.wake(Task.COLLECT_DUE)
        with bound(watch_id=job.watch_id, source_id=job.source_id, network=job.network):
            _visit(at, job, posts)
    return bool(jobs)


def _granted(at: Context, conn: Connection, job: WatchJob) -> int:
    """Return how many posts the source's budget lets this visit read; where none, the watch already waits for its next turn."""
    poll_every = timedelta(seconds=at.settings.poll_seconds)
    return budget.grant(conn, job, page=at.settings.page_budget, poll_every=poll_every, now=at.clock())


def _visit(at: Context, job: WatchJob, posts: int) -> None:
    if not posts:
        log.info("budget_spent")
        return
    try:
        with at.collectors.lent(job) as collector:
            page = collector.fetch(job.watch, job.cursor, budget=posts)
            parts = collector.split(page.cursor) if is_long(more=page.more, pages=job.walk_pages) else None
    except NetworkError as error:
        log.warning("fetch_failed", trouble=type(error).__name__, words=str(error))
        with at.pool.transaction() as conn:
            collect.record_trouble(conn, job, error, now=at.clock())
        return
    _record(at, job, page, parts)


def _record(at: Context, job: WatchJob, page: Page, parts: Parts | None) -> None:
    poll_every = timedelta(seconds=at.settings.poll_seconds)
    try:
        with at.pool.transaction() as conn:
            got = collect.record_page(conn, job, page, parts=parts, now=at.clock(), poll_every=poll_every)
    except Conflict:
        log.info("claim_lost")
        return
    if parts:
        at.wake(Task.BACKFILL)
    if got.new or got.edited or got.deleted:
        at.wake(Task.RELAY)
        log.info("page_stored", new=got.new, again=got.again, edited=got.edited, deleted=got.deleted, reads=page.reads)
    for trouble in page.troubles:
        log.warning("page_trouble", words=trouble)
