"""Looks whether the public can see what we answered. Place in the path: sent -> thread fetched again -> what was seen, on screen."""

from dataclasses import dataclass

from amends.collectors import abilities
from amends.core.abilities import Abilities
from amends.core.errors import NetworkError
from amends.core.log import bound, logger
from amends.core.ports import Collector
from amends.core.post import Post
from amends.inbox.actions import budget, proof
from amends.inbox.rules import proving
from amends.inbox.rules.proving import Seen
from amends.inbox.store.proofs import ProofJob
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    seen: Seen
    permalink: str
    reads: int


def prove_one(at: Context) -> bool:
    """Look whether one sent reply can be seen in public; False where none is due."""
    with at.pool.transaction() as conn:
        job = proof.claim_proof(conn, now=at.clock())
    if job is None:
        return False
    with bound(reply_id=job.reply_id, case_id=job.case_id, network=job.network):
        _prove(at, job)
    return True


def _prove(at: Context, job: ProofJob) -> None:
    try:
        with at.collectors.lent(job) as collector:
            found = _look(collector, job, abilities(job.network))
    except NetworkError as error:
        log.warning("proof_delayed", trouble=type(error).__name__, words=str(error))
        with at.pool.transaction() as conn:
            proof.put_off(conn, job, error, policy=at.policy, now=at.clock())
        return
    with at.pool.transaction() as conn:
        if found is None:
            proof.give_up(conn, job)
        else:
            proof.record_look(conn, job, found.seen, permalink=found.permalink, policy=at.policy, now=at.clock())
            budget.count(conn, job, reads=found.reads, now=at.clock())
    at.wake(Task.RELAY)


def _look(collector: Collector, job: ProofJob, able: Abilities) -> _Look | None:
    """Return what stands under the complaint now, as the network shows it; None where it shows neither threads nor single posts."""
    thread = collector.thread(job.root_id) if able.threads else ()
    seen = proving.in_thread(thread, job.external_ids, job.parent_id) if able.threads else None
    if seen is None and not able.refreshes:
        return _Look(seen=Seen.HIDDEN, permalink="", reads=len(thread)) if able.threads else None
    posts: tuple[Post, ...] = ()
    if seen is None:
        posts = collector.refresh([*job.external_ids, job.parent_id])
        seen = proving.one_by_one(posts, job.external_ids, job.parent_id, thread=thread)
    return _Look(seen=seen, permalink=_permalink([*thread, *posts], job), reads=len(thread) + len(posts))


def _permalink(posts: list[Post], job: ProofJob) -> str:
    """Return where the first post of our answer stands, empty where it was not shown."""
    return next((post.permalink for post in posts if post.external_id == job.external_ids[0] and not post.deleted), "")
