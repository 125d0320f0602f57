"""Looks at the posts of a case again: what they answer, and whether they were edited or deleted since.

Place in the path: case opened -> here, at once for what is missing around it, then ever more rarely -> ingest.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NetworkError, RateLimited
from amends.core.post import Post
from amends.inbox.actions.ingest import Ingested, ingest
from amends.inbox.actions.parts import in_parts
from amends.inbox.actions.pricing import price_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.rechecking import is_all_gone, is_believed
from amends.inbox.store import events, looks
from amends.inbox.store.looks import CaseThread, LookJob

LEASE = timedelta(seconds=60)
PAUSE = timedelta(hours=1)
WITNESSES = 5


def claim_look(conn: Connection, *, now: datetime) -> LookJob | None:
    """Claim the case whose posts are due longest to be looked at, or None."""
    return looks.claim_next(conn, now=now, until=now + LEASE)


def look_sooner(conn: Connection, *, case_id: CaseId, policy: Policy, now: datetime) -> None:
    """Let a case that somebody has open be looked at as often as a new one, so that nobody answers what is gone; not where reads cost."""
    found = looks.distant(conn, case_id=case_id, now=now, after=policy.look_after, lease=LEASE)
    if found is not None and not price_of(found.network, found.options):
        looks.begin_anew(conn, case_id=case_id, now=now)


def record_look(conn: Connection, job: LookJob, posts: Sequence[Post], *, policy: Policy, now: datetime) -> Ingested:
    """Store what the network shows now, and plan the next look."""
    seen = record_thread(conn, job, posts, now=now)
    looks.save(conn, case_id=job.case_id, now=now, after=policy.look_after)
    return seen


def witnesses(conn: Connection, job: LookJob, posts: Sequence[Post], *, now: datetime) -> list[str]:
    """Return what else of the source to ask for before `posts` are believed; nothing where they leave no doubt.

    What is blanked never comes back, and a network may answer well and show nothing while its index is down.
    """
    if job.looks == 0 or not is_all_gone(posts) or is_believed(job.look_doubted_at, now=now):
        return []
    return looks.witnesses(conn, case_id=job.case_id, source_id=job.source_id, limit=WITNESSES)


def record_doubt(conn: Connection, job: LookJob, *, now: datetime) -> None:
    """Blank nothing yet, since the witnesses are said to be gone too: look again in an hour."""
    looks.doubt(conn, case_id=job.case_id, since=job.look_doubted_at or now, until=now + PAUSE)


def record_thread(conn: Connection, thread: CaseThread, posts: Sequence[Post], *, now: datetime) -> Ingested:
    """Store what the network shows around a case; edits and deletions reach the case, what is new stands beside it."""
    stored: list[Ingested] = []

    def keep(some: Sequence[Post]) -> None:
        stored.append(ingest(conn, source_id=thread.source_id, network=thread.network, posts=some, now=now, beside=True))

    in_parts(conn, posts, keep)
    total = sum(stored, start=Ingested())
    if total.new:
        events.add(conn, EventKind.THREAD_READ, now=now, case_id=thread.case_id, posts=total.new)
    return total


def record_look_trouble(conn: Connection, job: LookJob, error: NetworkError, *, policy: Policy, now: datetime) -> None:
    """Look later; what is wrong with the source its watches say."""
    until = error.until if isinstance(error, RateLimited) else now + policy.look_after
    looks.put_off(conn, case_id=job.case_id, until=until)
