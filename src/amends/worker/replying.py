"""Publishes queued replies, once each. Place in the path: reply row -> network -> sent; `worker.proving` looks later whether it is seen."""

from dataclasses import replace
from datetime import timedelta

from amends.core.clock import CLOCKS_APART
from amends.core.errors import NetworkError, Unreachable
from amends.core.log import bound, logger
from amends.core.ports import Collector, Published
from amends.inbox.actions import send_reply
from amends.inbox.store import reply_echoes
from amends.inbox.store.reply_jobs import ReplyJob
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)

LEASE = timedelta(seconds=40)
"""How long a claimed reply is ours. Who dies in between leaves it to be looked for, and sent only where it is not found."""

LATEST_START = timedelta(seconds=15)
"""So long after the claim publishing may still begin; later, somebody else might hold the claim before the network has answered."""

NEXT = timedelta(microseconds=1)


def send_one(at: Context) -> bool:
    """Publish one reply; False where none is due."""
    with at.pool.transaction() as conn:
        job = send_reply.claim_reply(conn, now=at.clock(), lease=LEASE)
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
            send_reply.record_reply_trouble(conn, job, error, now=at.clock())
        return
    if published is None:
        log.info("reply_left", attempts=job.attempts)
        return
    with at.pool.transaction() as conn:
        send_reply.record_sent(conn, job, published, now=at.clock())
    log.info("reply_sent", external_id=published.external_id, attempts=job.attempts)


def _publish(at: Context, job: ReplyJob) -> Published | None:
    """Return what the network published, now or at an earlier try whose answer never reached us; None where it may not go any more."""
    latest = at.clock() + LATEST_START
    with at.collectors.lent(job) as collector:
        earlier = _published_before(at, job, collector) if job.again else None
        if earlier is None and at.clock() > latest:
            raise Unreachable("Looking for an earlier try took too long; the reply is tried again.")
        if earlier is None and job.again and _may_not_go(at, job):
            return None
        return earlier or collector.reply(job.draft)


def _may_not_go(at: Context, job: ReplyJob) -> bool:
    """Ask once more, since the person may have taken consent back or written since the first try, of which nothing is out."""
    with at.pool.transaction() as conn:
        return send_reply.may_not_go(conn, job, now=at.clock())


def _published_before(at: Context, job: ReplyJob, collector: Collector) -> Published | None:
    """Return what an earlier try published: not another reply of ours, of which some networks show no more than its words and its thread.

    Behind each of those is looked on, since ours went out after it.
    """
    draft, others = job.draft, set[str]()
    while (found := collector.find_reply(draft)) and found.external_id not in others:
        with at.pool.transaction() as conn:
            if not reply_echoes.is_of_another(conn, job, found.external_id):
                return found
        others.add(found.external_id)
        draft = replace(draft, since=found.published_at + CLOCKS_APART + NEXT)
    return None
