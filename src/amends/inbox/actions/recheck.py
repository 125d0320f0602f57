"""Asks whether posts that nobody works on still stand on their network, once a day and ever more rarely with their age.

Place in the path: beat -> here, a hundred posts of a source at a time -> ingest. Posts of open cases are looked at by `look_again`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends import collectors
from amends.core.database import Connection
from amends.core.errors import NetworkError, RateLimited, SettingsWrong
from amends.core.ports import Account
from amends.core.post import Post
from amends.inbox.actions import budget
from amends.inbox.actions.ingest import Ingested, ingest
from amends.inbox.actions.parts import in_parts
from amends.inbox.rules import rechecking
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.rechecking import USUAL_DAYS, window
from amends.inbox.store import rechecks
from amends.inbox.store.rechecks import RecheckJob

LEASE = timedelta(minutes=2)
PAUSE = timedelta(hours=1)
AT_ONCE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """The posts to ask for, and where the round stands when they were; `span` None: it is over."""

    external_ids: Sequence[str]
    span: int | None
    position: PostId


def claim(conn: Connection, *, now: datetime) -> RecheckJob | None:
    """Claim the source whose posts are due to be asked for, or None."""
    rechecks.add_missing(conn, now=now, every=rechecking.EVERY)
    able = [name for name in collectors.networks() if collectors.abilities(name).refreshes]
    return rechecks.claim_next(conn, networks=able, now=now, until=now + LEASE)


def next_batch(conn: Connection, job: RecheckJob, *, largest: int, thorough: bool) -> Batch:
    """Return the next posts of the round, at most `largest`; `thorough` where asking for all costs little."""
    days, span, position = _days(job), job.span, job.position
    while (part := window(job.round, span, days=days, thorough=thorough)) is not None:
        found = rechecks.standing(conn, source_id=job.source_id, window=part, after=position, limit=largest)
        if len(found) == largest:
            return Batch(external_ids=[post.external_id for post in found], span=span, position=found[-1].id)
        span, position = span + 1, PostId(0)
        if found:
            return Batch(external_ids=[post.external_id for post in found], span=span, position=position)
    return Batch(external_ids=[], span=None, position=PostId(0))


def _days(job: RecheckJob) -> float:
    """Return how old posts are asked for; what was entered wrongly counts as nothing entered."""
    try:
        return Account(handle=job.handle, options=job.options).number("recheck_days", USUAL_DAYS)
    except SettingsWrong:
        return USUAL_DAYS


def record(conn: Connection, job: RecheckJob, batch: Batch, posts: Sequence[Post], *, now: datetime) -> Ingested:
    """Store what the network says of the batch, and go on: at once, or after a day where the round is over.

    Where it says that most of the batch is gone, none of it is blanked yet: the batch is asked for again in an hour.
    """
    asked = set(batch.external_ids)
    told = [post for post in posts if post.external_id in asked]
    is_mass = rechecking.is_mass(len(asked), len({post.external_id for post in told if post.deleted}))
    believed = not is_mass or rechecking.is_believed(job.doubted_at, now=now)
    stored = _store(conn, job, [post for post in told if believed or not post.deleted], now=now)
    budget.count(conn, job, reads=len(posts), now=now)
    if not believed:
        rechecks.doubt(conn, source_id=job.source_id, since=job.doubted_at or now, until=now + PAUSE)
        return stored
    next_at = now if batch.span is not None else max(now, job.began_at + rechecking.EVERY)
    doubted_at = job.doubted_at if is_mass else None
    rechecks.save(conn, source_id=job.source_id, span=batch.span, position=batch.position, next_at=next_at, doubted_at=doubted_at)
    return stored


def _store(conn: Connection, job: RecheckJob, posts: Sequence[Post], *, now: datetime) -> Ingested:
    stored = list[Ingested]()

    def keep(some: Sequence[Post]) -> None:
        stored.append(ingest(conn, source_id=job.source_id, network=job.network, posts=some, now=now, beside=True))

    in_parts(conn, posts, keep)
    return sum(stored, start=Ingested())


def record_trouble(conn: Connection, job: RecheckJob, error: NetworkError, *, now: datetime) -> None:
    """Go on later, where the round is; what is wrong with the source its watches say."""
    rechecks.put_off(conn, source_id=job.source_id, until=error.until if isinstance(error, RateLimited) else now + PAUSE)
