"""Fetches one page of a way back: claim, network, record, each on its own, in threads that what is new never waits for.

Place in the path: a walk was parted (`collecting.py`) -> here -> posts, cursor and covered time in one commit.
"""

from datetime import timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError
from amends.core.log import bound, logger
from amends.core.ports import Page
from amends.inbox.actions import backfill, budget
from amends.inbox.store.backfills import BackfillJob
from amends.worker.collecting import LEASE
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


def backfill_one(at: Context) -> bool:
    """Fetch one page of the backfill that waits longest; False where none may be read now."""
    with at.pool.transaction() as conn:
        job = backfill.claim_backfill(conn, now=at.clock(), lease=LEASE)
        posts = _granted(at, conn, job) if job else 0
    if job is None:
        return False
    if not posts:
        return True
    with bound(watch_id=job.watch_id, source_id=job.source_id, network=job.network, backfill_id=job.backfill_id):
        _read(at, job, posts)
    return True


def _granted(at: Context, conn: Connection, job: BackfillJob) -> int:
    """Return how many posts the source's budget lets this page read; where none, the backfill already waits."""
    poll_every = timedelta(seconds=at.settings.poll_seconds)
    return budget.grant_backfill(conn, job, page=at.settings.page_budget, poll_every=poll_every, now=at.clock())


def _read(at: Context, job: BackfillJob, posts: int) -> None:
    try:
        with at.collectors.lent(job) as collector:
            page = collector.fetch(job.watch, job.cursor, budget=posts)
    except NetworkError as error:
        log.warning("backfill_put_off", trouble=type(error).__name__, words=str(error))
        with at.pool.transaction() as conn:
            backfill.record_backfill_trouble(conn, job, error, now=at.clock())
        return
    _record(at, job, page)


def _record(at: Context, job: BackfillJob, page: Page) -> None:
    try:
        with at.pool.transaction() as conn:
            got, lost = backfill.record_backfill_page(conn, job, page, now=at.clock())
    except Conflict:
        log.info("claim_lost")
        return
    log.info("backfill_page_stored", new=got.new, again=got.again, more=page.more)
    for trouble in (*page.troubles, *lost):
        log.warning("page_trouble", words=trouble)
    if got.new or got.edited or got.deleted:
        at.wake(Task.RELAY)
