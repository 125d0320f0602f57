"""Forgets somebody. Place in the path: a person asks -> `privacy_requests` -> here -> a job that takes the words of their posts.

The record, the handles, our answers and the notes are emptied at once; the words of many posts take a while, and the job says how far it
is. Cases, episodes and verdicts stay, so that the numbers of the past do not change. What the person writes from then on is a new record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import jobs, resolve
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CustomerId, JobId
from amends.inbox.store import customers, erasable_posts, erasure, events, import_forget, import_match, promises, sync_news, withdrawn
from amends.inbox.store.erasable_posts import PostAt

POSTS = 500
JOB = "erase"


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """What was emptied at once, and the job that takes the words of the posts."""

    records: int
    cases: int
    posts: int
    job_id: JobId


def erase(conn: Connection, *, customer_id: CustomerId, agent_id: AgentId, now: datetime) -> Erased:
    """Forget the customer and every record that became part of it; their open cases are over. `Refused` while an answer goes out."""
    records = _locked(conn, customer_id)
    if erasure.is_answer_going_out(conn, records):
        raise Refused(_("An answer to this customer is going out right now; try again in a minute."))
    return _forget(conn, customer_id, records, agent_id, now)


def forget_silent(conn: Connection, *, customer_id: CustomerId, now: datetime) -> Erased:
    """Forget a customer without open cases, since nothing was heard of them for long."""
    return _forget(conn, customer_id, _locked(conn, customer_id), None, now)


def blank_posts(conn: Connection, posts: Sequence[PostAt], *, now: datetime) -> None:
    """Take the words of these posts, source by source."""
    for source_id, own in groupby(sorted(posts, key=lambda post: post.source_id), key=lambda post: post.source_id):
        withdrawn.blank(conn, source_id=source_id, post_ids=[post.id for post in own], now=now)


def _forget(conn: Connection, customer_id: CustomerId, records: list[CustomerId], agent_id: AgentId | None, now: datetime) -> Erased:
    authors = erasure.authors(conn, records)
    erasure.blank_authors(conn, authors)
    sync_news.add_erased(conn, records, now=now)
    import_forget.forget(conn, records)
    erasure.blank_record(conn, records, now=now)
    cases = erasure.blank_cases(conn, records)
    for case_id in erasure.open_cases(conn, records):  # asked while all are held: one of them may have been opened again until then
        resolve.leave(conn, locked_case(conn, case_id), now=now)
    promises.withdraw_all(conn, cases, agent_id=agent_id, at=now)
    told = [events.Event(kind=EventKind.CUSTOMER_ERASED, case_id=case_id, agent_id=agent_id) for case_id in cases]
    whose = events.Event(kind=EventKind.CUSTOMER_ERASED, agent_id=agent_id, facts={"customer_id": customer_id})
    events.add_all(conn, [whose, *told], now=now)
    posts = erasable_posts.count_posts(conn, authors)
    job_id = jobs.start(conn, kind=JOB, why="", facts={"customer_id": customer_id}, agent_id=agent_id, now=now)
    return Erased(records=len(records), cases=len(cases), posts=posts, job_id=job_id)


def _locked(conn: Connection, customer_id: CustomerId) -> list[CustomerId]:
    """Return the customer and what is part of it, held; how they stand is asked behind the locks: a merge may have been faster."""
    import_match.wait(conn)
    records = erasure.family(conn, customer_id)
    customers.lock(conn, records)
    if erasure.family(conn, customer_id) != records:
        raise Conflict(_("Somebody has just merged this record with another. Look again before you go on."))
    stands = erasure.standing(conn, customer_id)
    if stands is None:
        raise NotFound(_("There is no such customer."))
    if stands.merged_into is not None:
        raise Refused(_("This record became part of another one; erase that."))
    if stands.erased_at is not None:
        raise Refused(_("This customer is erased already."))
    return records
