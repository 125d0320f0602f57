"""Finds out whether resolutions held. Place in the path: resolve -> planned -> due -> concluded from what the customer did since."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.rules import follow_up
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.follow_up import Conclusion
from amends.inbox.rules.ids import AgentId, CaseId, FollowUpId, PostId
from amends.inbox.rules.words import Outcome
from amends.inbox.store import events, follow_ups


def conclude_due(conn: Connection, *, now: datetime, limit: int = 100) -> int:
    """Conclude at most `limit` due follow-ups from what the customer wrote since, and return how many."""
    due = follow_ups.claim_due(conn, now=now, patience=follow_up.PATIENCE, limit=limit)
    if not due:
        return 0
    evidence = follow_ups.evidence_of(conn, due)
    for one in due:
        written = [row.evidence for row in evidence if row.follow_up_id == one.id]
        span = follow_up.Span(resolved_at=one.planned_at, due_at=one.due_at, watched_until=one.watched_until)
        conclusion = follow_up.decide(case_id=one.case_id, evidence=written, span=span)
        _conclude(conn, one.id, one.case_id, conclusion, agent_id=None, now=now)
    return len(due)


def relapse(conn: Connection, reopened: Sequence[tuple[CaseId, PostId]], *, now: datetime) -> None:
    """Conclude the running follow-ups of cases that their customers reopened with a post."""
    if not reopened:
        return
    posts = dict(reopened)
    for case_id, follow_up_id in follow_ups.pending_of(conn, list(posts)).items():
        conclusion = Conclusion(outcome=Outcome.RELAPSED, post_id=posts[case_id], note="The customer complained again in this case.")
        _conclude(conn, follow_up_id, case_id, conclusion, agent_id=None, now=now)


def reopened_by_hand(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> list[FollowUpId]:
    """Conclude the case's running follow-up as unknown: we opened it ourselves, the customer has not spoken. Return which it was."""
    pending = list(follow_ups.pending_of(conn, [case_id]).values())
    for follow_up_id in pending:
        conclusion = Conclusion(outcome=Outcome.UNKNOWN, post_id=None, note="We reopened the case before it was known.")
        _conclude(conn, follow_up_id, case_id, conclusion, agent_id=agent_id, now=now)
    return pending


def decide_follow_up(conn: Connection, *, follow_up_id: FollowUpId, outcome: Outcome, agent_id: AgentId, note: str, now: datetime) -> None:
    """Keep an agent's own knowledge of whether the resolution held; what the customer showed in public is not overruled."""
    known = follow_ups.find(conn, follow_up_id=follow_up_id)
    if known is None:
        raise NotFound
    if known.evidence_post_id is not None:
        raise Refused(_("The customer has shown it: %(outcome)s.") % {"outcome": known.outcome})
    _conclude(conn, known.id, known.case_id, Conclusion(outcome=outcome, post_id=None, note=note), agent_id=agent_id, now=now)


def _conclude(
    conn: Connection, follow_up_id: FollowUpId, case_id: CaseId, conclusion: Conclusion, *, agent_id: AgentId | None, now: datetime
) -> None:
    follow_ups.conclude(conn, follow_up_id=follow_up_id, conclusion=conclusion, now=now)
    events.add(
        conn,
        EventKind.FOLLOW_UP_CONCLUDED,
        now=now,
        case_id=case_id,
        post_id=conclusion.post_id,
        agent_id=agent_id,
        follow_up_id=follow_up_id,
        outcome=conclusion.outcome,
        note=conclusion.note,
    )
