"""Somebody goes away and comes back, and their open cases go to others in one step that can be taken back."""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NotAllowed, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.teams import By, led
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.rights import Right, may
from amends.inbox.store import assignments, events, staff, teams

UNDO_WITHIN = timedelta(minutes=10)
LONGEST = timedelta(days=5 * 366)


def go_away(conn: Connection, *, agent_id: AgentId, until: datetime | None, by: By, now: datetime) -> None:
    """Keep that somebody is away until then (None: until they say that they are back); they are given nothing meanwhile."""
    led(conn, agent_id=agent_id, by=by)
    if until is not None and until <= now:
        raise Refused(_("That time has passed; choose a later one."))
    if until is not None and until > now + LONGEST:
        raise Refused(_("That is years away; leave the time out for somebody who does not know when they are back."))
    staff.set_away(conn, agent_id=agent_id, since=now, until=until)
    _tell(conn, EventKind.AGENT_AWAY, by, now, whom=agent_id, until=until.isoformat() if until else None)


def come_back(conn: Connection, *, agent_id: AgentId, by: By, now: datetime) -> None:
    """Keep that somebody is back; what waits for somebody in their teams may come to them."""
    led(conn, agent_id=agent_id, by=by)
    staff.set_away(conn, agent_id=agent_id, since=None, until=None)
    teams.look_again_for(conn, agent_id=agent_id)
    _tell(conn, EventKind.AGENT_BACK, by, now, whom=agent_id)


def hand_over_all(conn: Connection, *, agent_id: AgentId, by: By, now: datetime) -> tuple[int, int]:
    """Give everything that somebody has back to their teams; return the number to undo it by, and how many cases that were."""
    led(conn, agent_id=agent_id, by=by)
    case_ids = sorted(assignments.take_all(conn, agent_id=agent_id))
    if not case_ids:
        raise Refused(_("There is nothing to hand over: no open case is with them."))
    number = assignments.note_hand_over(conn, agent_id=agent_id, by=by.agent_id, case_ids=case_ids, now=now)
    _tell_cases(conn, case_ids, by, now, assignee_id=None, was=agent_id, hand_over=number)
    teams.look_again(conn, [team.id for team in teams.every(conn)], at=None)
    _tell(conn, EventKind.CASES_HANDED_OVER, by, now, whom=agent_id, hand_over=number, cases=len(case_ids))
    return number, len(case_ids)


def undo_hand_over(conn: Connection, *, hand_over_id: int, by: By, now: datetime) -> int:
    """Give back what was handed over, save what a person took or gave since; return how many cases that were."""
    found = assignments.hand_over(conn, hand_over_id=hand_over_id)
    if found is None:
        raise NotFound(_("There is no such hand-over."))
    led(conn, agent_id=found.from_agent_id, by=by)
    if by.agent_id not in {found.from_agent_id, found.by_agent_id} and not may(by.role, Right.TEAMS):
        raise NotAllowed(_("Only who handed the cases over, whose they were, or a lead takes that back."))
    if found.undone_at is not None:
        raise Conflict(_("This was taken back already."))
    if now - found.at > UNDO_WITHIN:
        raise Refused(_("It is too late to take this back; give the cases by hand."))
    case_ids = sorted(assignments.give_back(conn, found, now=now))
    _tell_cases(conn, case_ids, by, now, assignee_id=found.from_agent_id, was=None, hand_over=found.id)
    _tell(conn, EventKind.HAND_OVER_UNDONE, by, now, whom=found.from_agent_id, hand_over=found.id, cases=len(case_ids))
    return len(case_ids)


def _tell_cases(conn: Connection, case_ids: list[CaseId], by: By, now: datetime, **facts: object) -> None:
    told = [events.Event(kind=EventKind.CASE_ASSIGNED, case_id=case_id, agent_id=by.agent_id, facts=facts) for case_id in case_ids]
    events.add_all(conn, told, now=now)


def _tell(conn: Connection, kind: EventKind, by: By, now: datetime, **facts: object) -> None:
    events.add_all(conn, [events.Event(kind=kind, agent_id=by.agent_id, facts=facts)], now=now)
