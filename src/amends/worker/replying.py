"""Publishes queued replies, once each. Place in the path: reply row -> network -> sent; `worker.proving` looks later whether it is seen."""

from datetime import timedelta

from amends.core.errors import NetworkError, Unreachable
from amends.core.log import bound, logger
from amends.core.ports import Published
from amends.inbox.actions import reply
from amends.inbox.store import reply_echoes
from amends.inbox.store.replies import ReplyJob
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)

LEASE = timedelta(seconds=40)
"""How long a claimed reply is ours. Who dies in between leaves it to be looked for, and sent only where it is not found."""

LATEST_START = timedelta(seconds=15)
"""So long after the claim publishing may still begin; later, somebody else might hold the claim before the network has answered."""


def send_one(at: Context) -> bool:
    """Publish one reply; False where none is due."""
    with at.pool.transaction() as conn:
        job = reply.claim_reply(conn, now=at.clock(), lease=LEASE)
    if job is None:
        return False
    at.wake(Task.SEND_REPLIES)
    with bound(reply_id=job.reply_id, case_id=job.case_id, network=job.network):
        _send(at, job)
    at.wake(Task.RELAY)
    return True


def _send(at: Context, job: ReplyJob) -> None:
    try:
        published = _publish(at, job)
    except NetworkError as error:
        log.warning("reply_not_sent", trouble=type(error).__name__, words=str(error), attempts=job.attempts)
        with at.pool.transaction() as conn:
            reply.record_reply_trouble(conn, job, error, now=at.clock())
        return
    with at.pool.transaction() as conn:
        reply.record_sent(conn, job, published, now=at.clock())
    log.info("reply_sent", external_id=published.external_id, attempts=job.attempts)


def _publish(at: Context, job: ReplyJob) -> Published:
    """Return what the network published, now or at an earlier try whose answer never reached us."""
    latest = at.clock() + LATEST_START
    with at.collectors.lent(job) as collector:
        earlier = _not_anothers(at, job, collector.find_reply(job.draft)) if job.again else None
        if earlier is None and at.clock() > latest:
            raise Unreachable("Looking for an earlier try took too long; the reply is tried again.")
        return earlier or collector.reply(job.draft)


def _not_anothers(at: Context, job: ReplyJob, found: Published | None) -> Published | None:
    """Return what was found unless it is another reply of ours: some networks show no more of a reply than its words and its thread."""
    if found is None:
        return None
    with at.pool.transaction() as conn:
        return None if reply_echoes.is_of_another(conn, job, found.external_id) else found
