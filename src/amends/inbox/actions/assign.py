"""Gives a case to an agent, or to nobody."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.store import agents, cases, events
from amends.inbox.store.cases import Case


def assign(conn: Connection, *, case_id: CaseId, assignee_id: AgentId | None, agent_id: AgentId, now: datetime) -> None:
    """Make `assignee_id` responsible for the case (None: nobody); `Refused` where that colleague is not there any more."""
    case = locked_case(conn, case_id)
    if assignee_id is not None:
        assignee = agents.find(conn, agent_id=assignee_id)
        if assignee is None or not assignee.active:
            raise Refused(_("This colleague does not work here any more."))
    if assignee_id != case.assignee_id:
        _hand_over(conn, case, assignee_id, agent_id, now)


def take_if_free(conn: Connection, case: Case, *, agent_id: AgentId, now: datetime) -> None:
    """Make the agent who works on a locked case of nobody responsible for it."""
    if case.assignee_id is None:
        _hand_over(conn, case, agent_id, agent_id, now)


def _hand_over(conn: Connection, case: Case, assignee_id: AgentId | None, agent_id: AgentId, now: datetime) -> None:
    cases.set_assignee(conn, case_id=case.id, assignee_id=assignee_id)
    events.add(conn, EventKind.CASE_ASSIGNED, now=now, case_id=case.id, agent_id=agent_id, assignee_id=assignee_id, was=case.assignee_id)
