"""Reopens a case whose answer did not hold, with whoever answered it. Place in the path: follow-up relapsed -> here -> the desk."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions import give_out
from amends.inbox.rules.assigning import Why
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import events, relapses


def reopen(conn: Connection, *, case_id: CaseId, episode: int, post_id: PostId | None, why: str, now: datetime) -> bool:
    """Begin the case's next episode where `episode` is still its newest and resolved; False where somebody else holds the case just now.

    It stays with whoever has it; one that nobody has goes to who resolved it, where they are at work, else it wants somebody.
    """
    ended = relapses.lock(conn, case_id=case_id, now=now)
    if ended is None:
        return False
    if ended.status != CaseStatus.RESOLVED or ended.episode != episode:
        return True
    assignee_id = ended.assignee_id or ended.answerer
    number = relapses.begin(conn, ended, post_id=post_id, assignee_id=assignee_id, now=now)
    facts = {"why": why, "episode": number, "was": ended.status, "relapse": True}
    event = events.Event(kind=EventKind.CASE_REOPENED, case_id=case_id, post_id=post_id, source_id=ended.source_id, facts=facts)
    events.add_all(conn, [event], now=now)
    if assignee_id != ended.assignee_id:
        events.add(conn, EventKind.CASE_ASSIGNED, now=now, case_id=case_id, assignee_id=assignee_id, chosen=[Why.KNOWS])
    give_out.want(conn, {case_id: ended.source_id})
    return True
