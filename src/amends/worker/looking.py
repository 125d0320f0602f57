"""Looks at the posts of one case again: claim, network, record, each on its own.

Place in the path: case opened -> the post it answers; later: edits and deletions.
"""

from collections.abc import Sequence

from amends.core.errors import NetworkError
from amends.core.log import bound, logger
from amends.core.post import Post
from amends.inbox.actions import budget, look_again
from amends.inbox.rules.rechecking import is_all_gone
from amends.inbox.store.looks import LookJob
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


def look_at_one(at: Context) -> bool:
    """Look at the posts of the case that is due longest; False where none is due."""
    with at.pool.transaction() as conn:
        job = look_again.claim_look(conn, now=at.clock())
    if job is None:
        return False
    with bound(case_id=job.case_id, network=job.network):
        _look(at, job)
    return True


def _look(at: Context, job: LookJob) -> None:
    try:
        posts, others = _shown(at, job)
    except NetworkError as error:
        log.warning("look_put_off", trouble=type(error).__name__, words=str(error))
        with at.pool.transaction() as conn:
            look_again.record_look_trouble(conn, job, error, policy=at.policy, now=at.clock())
        return
    if is_all_gone(others):
        log.warning("look_doubted", posts=len(posts), witnesses=len(others))
        with at.pool.transaction() as conn:
            look_again.record_doubt(conn, job, now=at.clock())
            budget.count(conn, job, reads=len(posts) + len(others), now=at.clock())
        return
    with at.pool.transaction() as conn:
        seen = look_again.record_look(conn, job, posts, policy=at.policy, now=at.clock())
        budget.count(conn, job, reads=len(posts) + len(others), now=at.clock())
    if seen.new or seen.edited or seen.deleted:
        log.info("looked_again", new=seen.new, edited=seen.edited, deleted=seen.deleted, reads=len(posts))
        at.wake(Task.RELAY)


def _shown(at: Context, job: LookJob) -> tuple[Sequence[Post], Sequence[Post]]:
    """Return what the network shows of the case's posts, and of its witnesses where all of those are said to be gone."""
    with at.collectors.lent(job) as collector:
        posts = collector.refresh(job.external_ids) if job.external_ids else ()
        with at.pool.transaction() as conn:
            witnesses = look_again.witnesses(conn, job, posts, now=at.clock())
        return posts, collector.refresh(witnesses) if witnesses else ()
