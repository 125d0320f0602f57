"""Fetches one due watch: claim, network, record, each on its own.

Place in the path: beat -> here -> posts, cursor and events in one commit.
"""

from datetime import timedelta

from amends.core.errors import Conflict, NetworkError
from amends.core.log import bound, logger
from amends.core.ports import Page
from amends.inbox.actions import collect
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
        jobs = collect.due_watches(conn, now=at.clock(), lease=LEASE, limit=1)
        heartbeats.beat(conn, Lane.COLLECT, now=at.clock())
    for job in jobs:
        at.wake(Task.COLLECT_DUE)
        with bound(watch_id=job.watch_id, source_id=job.source_id, network=job.network):
            _visit(at, job)
    return bool(jobs)


def _visit(at: Context, job: WatchJob) -> None:
    try:
        with at.collectors.lent(job) as collector:
            page = collector.fetch(job.watch, job.cursor, budget=at.settings.page_budget)
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
