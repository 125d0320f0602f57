"""Reopens cases whose answers did not hold, with whoever answered them. Place in the path: follow-up relapsed -> here -> the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions import give_out
from amends.inbox.rules.assigning import Why
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import events, relapses
from amends.inbox.store.relapses import Beginning, Ended


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """A resolution that did not hold: of which episode, the post that shows it (None: no post does), and why in a sentence."""

    case_id: CaseId
    episode: int
    post_id: PostId | None
    why: str


def reopen(conn: Connection, asked: Sequence[Again], *, now: datetime) -> set[CaseId]:
    """Begin the next episode of cases whose newest one is resolved and meant; return which cases nobody else held at this moment.

    A case stays with whoever has it; one that nobody has goes to who resolved it, where they are at work, else it wants somebody.
    """
    ended = {one.case_id: one for one in relapses.lock(conn, case_ids=[one.case_id for one in asked], now=now)} if asked else {}
    meant = {one.case_id: one for one in reversed(asked) if _is_over(ended.get(one.case_id), one.episode)}
    if meant:
        _begin(conn, [(one, ended[case_id]) for case_id, one in meant.items()], now)
    return set(ended)


def _is_over(case: Ended | None, episode: int) -> bool:
    return case is not None and case.status == CaseStatus.RESOLVED and case.episode == episode


def _begin(conn: Connection, found: Sequence[tuple[Again, Ended]], now: datetime) -> None:
    begun = [Beginning(case_id=one.case_id, post_id=one.post_id, assignee_id=case.assignee_id or case.answerer) for one, case in found]
    relapses.begin(conn, begun, now=now)
    told = [_reopened(one, case) for one, case in found]
    given = [_given(case) for _, case in found if case.assignee_id is None and case.answerer is not None]
    events.add_all(conn, told + given, now=now)
    give_out.want(conn, {case.case_id: case.source_id for _, case in found})


def _reopened(one: Again, case: Ended) -> events.Event:
    facts = {"why": one.why, "episode": case.episode + 1, "was": case.status, "relapse": True}
    return events.Event(kind=EventKind.CASE_REOPENED, case_id=one.case_id, post_id=one.post_id, source_id=case.source_id, facts=facts)


def _given(case: Ended) -> events.Event:
    facts = {"assignee_id": case.answerer, "chosen": [Why.KNOWS]}
    return events.Event(kind=EventKind.CASE_ASSIGNED, case_id=case.case_id, facts=facts)
