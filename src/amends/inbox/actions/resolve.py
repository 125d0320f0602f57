"""Ends a case and takes the end back: resolve, undo, dismiss, reopen."""

from dataclasses import replace
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.actions import clocks, follow_up, snooze
from amends.inbox.actions.found import living_case, locked_case
from amends.inbox.rules.case_states import Step, after, awake
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, FollowUpId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import cases, episodes, events, follow_ups
from amends.inbox.store.cases import Case
from amends.inbox.store.events import Told

UNDO_WITHIN = timedelta(minutes=2)


def resolve(conn: Connection, *, case_id: CaseId, agent_id: AgentId, policy: Policy, now: datetime) -> None:
    """Resolve the case and plan its follow-up; `Conflict` where it is over already."""
    close(conn, locked_case(conn, case_id), agent_id=agent_id, follow_up_after=policy.follow_up_after, now=now)


def close(conn: Connection, case: Case, *, agent_id: AgentId, follow_up_after: timedelta, now: datetime) -> None:
    """Resolve a locked case."""
    status, slept = after(case.status, Step.RESOLVE), snooze.facts_of_sleep(conn, case)
    cases.set_status(conn, case_id=case.id, status=status, waiting_since=None, resolved_at=now)
    cases.set_looked_at(conn, case_id=case.id)
    episodes.resolve(conn, case_id=case.id, number=case.episode, at=now, agent_id=agent_id)
    due_at = follow_up.plan(conn, case_id=case.id, episode=case.episode, first_after=follow_up_after, now=now)
    _tell_end(conn, EventKind.CASE_RESOLVED, case, agent_id=agent_id, now=now, follow_up_due_at=due_at.isoformat(), slept=slept)
    clocks.keep(conn, [case.id], now=now)


def leave(conn: Connection, case: Case, *, now: datetime) -> None:
    """End a locked case whose customer is forgotten: it is over, and yet nobody resolved it."""
    cases.set_status(conn, case_id=case.id, status=after(case.status, Step.RESOLVE), waiting_since=None, resolved_at=now)
    cases.set_looked_at(conn, case_id=case.id)
    episodes.leave(conn, case_id=case.id, number=case.episode, at=now)
    clocks.keep(conn, [case.id], now=now)


def undo_resolve(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Take a resolve back as if it had not been: the same episode goes on, the follow-up is gone. `Refused` after two minutes."""
    case = living_case(conn, case_id)
    after(case.status, Step.UNDO_RESOLVE)
    if case.resolved_at is not None and now - case.resolved_at > UNDO_WITHIN:
        raise Refused(_("It is too late to undo this; reopen the case instead."))
    take_back(conn, case, agent_id=agent_id, why="", now=now)


def take_back(conn: Connection, case: Case, *, agent_id: AgentId, why: str, now: datetime) -> None:
    """Put a locked, resolved case back to where it was before the resolve."""
    follow_ups.remove(conn, case_id=case.id, episode=case.episode)
    _restore(conn, case, EventKind.CASE_RESOLVED, now)
    events.add(conn, EventKind.RESOLVE_UNDONE, now=now, case_id=case.id, agent_id=agent_id, why=why)
    clocks.keep(conn, [case.id], now=now)


def dismiss(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Put the case aside as no work of ours; it counts as neither answered nor resolved."""
    case = locked_case(conn, case_id)
    status, slept = after(case.status, Step.DISMISS), snooze.facts_of_sleep(conn, case)
    cases.set_status(conn, case_id=case.id, status=status, waiting_since=None, resolved_at=None)
    cases.set_looked_at(conn, case_id=case.id)
    episodes.dismiss(conn, case_id=case.id, number=case.episode, at=now)
    _tell_end(conn, EventKind.CASE_DISMISSED, case, agent_id=agent_id, now=now, slept=slept)
    clocks.keep(conn, [case.id], now=now)


def reopen(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime, by_hand: bool = True) -> None:
    """Open the case again: a resolved one as a new episode, a dismissed one where it was; `by_hand` says so in the timeline.

    `Refused` where its customer was forgotten.
    """
    case = living_case(conn, case_id)
    after(case.status, Step.REOPEN)
    dismissed = case.status == CaseStatus.DISMISSED
    if dismissed:
        _restore(conn, case, EventKind.CASE_DISMISSED, now)
        concluded: list[FollowUpId] = []
    else:
        concluded = follow_up.reopened_by_hand(conn, case_id=case.id, agent_id=agent_id, now=now)
        cases.begin_next_episode(conn, case_id=case.id, now=now)
    events.add(
        conn,
        EventKind.CASE_REOPENED,
        now=now,
        case_id=case.id,
        agent_id=agent_id,
        why=N_("Reopened by hand.") if by_hand else "",
        episode=case.episode if dismissed else case.episode + 1,
        was=case.status,
        resolved_at=case.resolved_at and case.resolved_at.isoformat(),
        concluded=concluded,
    )
    clocks.keep(conn, [case.id], now=now)


def _tell_end(conn: Connection, kind: EventKind, case: Case, *, agent_id: AgentId, now: datetime, **facts: object) -> None:
    """Write that the case ended, and where it was, so that the end can be taken back."""
    was = {
        "waiting_since": case.waiting_since and case.waiting_since.isoformat(),
        "episode": case.episode,
        "customer_posts": case.customer_posts,
        "unread": case.unread,
        "needs_look": case.needs_look,
    }
    events.add_all(conn, [events.Event(kind=kind, case_id=case.id, agent_id=agent_id, facts=was | facts)], now=now)


def _restore(conn: Connection, case: Case, ended_by: EventKind, now: datetime) -> None:
    """Put the case where the event that ended it says it was, minding what customer and network did meanwhile."""
    ended = events.last(conn, ended_by, case_id=case.id)
    since = _waited_since(conn, case, ended) if ended else None
    cases.set_status(conn, case_id=case.id, status=awake(since), waiting_since=since, resolved_at=None)
    episodes.continue_(conn, case_id=case.id, number=case.episode)
    if ended and ended.facts.get("customer_posts") == case.customer_posts:
        snooze.sleep_on(conn, replace(case, waiting_since=since), ended.facts.get("slept"), now=now)
    if ended:
        cases.set_not_looked_at(
            conn, case_id=case.id, unread=ended.facts.get("unread") is True, needs_look=ended.facts.get("needs_look") is True
        )


def _waited_since(conn: Connection, case: Case, ended: Told) -> datetime | None:
    """Return since when the customer waits for us, None where we wait for the customer."""
    sent = events.last(conn, EventKind.REPLY_SENT, case_id=case.id)
    before = ended.facts["waiting_since"]
    if isinstance(before, str) and (sent is None or sent.id < ended.id):
        return datetime.fromisoformat(before)
    return cases.first_unanswered(conn, case_id=case.id)
