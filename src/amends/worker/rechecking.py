"""Asks for a batch of one source's old posts: claim, network, record, each on its own.

Place in the path: beat -> here -> deletions, edits and protections of posts that nobody works on.
"""

from collections.abc import Callable, Sequence
from typing import cast

from amends.core.errors import NetworkError
from amends.core.log import bound, logger
from amends.core.ports import Collector
from amends.core.post import Post
from amends.core.pushing import Rechecking
from amends.inbox.actions import recheck
from amends.inbox.actions.recheck import AT_ONCE
from amends.inbox.store.rechecks import RecheckJob
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


def recheck_one(at: Context) -> bool:
    """Ask for the next posts of the source that is due longest; False where none is due."""
    with at.pool.transaction() as conn:
        job = recheck.claim(conn, now=at.clock())
    if job is None:
        return False
    with bound(source_id=job.source_id, network=job.network):
        try:
            _ask(at, job)
        except NetworkError as error:
            log.warning("recheck_put_off", trouble=type(error).__name__, words=str(error))
            with at.pool.transaction() as conn:
                recheck.record_trouble(conn, job, error, now=at.clock())
    return True


def _ask(at: Context, job: RecheckJob) -> None:
    with at.collectors.lent(job) as collector:
        _, largest, thorough = _way(collector)
    with at.pool.transaction() as conn:
        batch = recheck.next_batch(conn, job, largest=largest, thorough=thorough)
    with at.collectors.lent(job) as collector:
        ask, _, _ = _way(collector)
        posts = ask(batch.external_ids) if batch.external_ids else ()
    with at.pool.transaction() as conn:
        seen = recheck.record(conn, job, batch, posts, now=at.clock())
    if seen.edited or seen.deleted:
        log.info("rechecked", asked=len(batch.external_ids), edited=seen.edited, deleted=seen.deleted)
        at.wake(Task.RELAY)


def _way(collector: Collector) -> tuple[Callable[[Sequence[str]], tuple[Post, ...]], int, bool]:
    """Return how the network is asked, for how many posts at once, and whether it may be asked for all of them."""
    if hasattr(collector, "recheck"):
        able = cast(Rechecking, collector)
        return able.recheck, able.largest, True
    return collector.refresh, AT_ONCE, False
