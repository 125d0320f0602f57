"""Notes that somebody has looked at a case, or wants to look at it again."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.store import cases, events


def mark_read(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Take the unread mark off the case."""
    case = locked_case(conn, case_id)
    if case.unread:
        cases.set_read(conn, case_id=case.id)
        events.add(conn, EventKind.CASE_READ, now=now, case_id=case.id, agent_id=agent_id)


def mark_unread(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Put the unread mark back on the case."""
    case = locked_case(conn, case_id)
    if not case.unread:
        cases.set_unread(conn, case_id=case.id)
        events.add(conn, EventKind.CASE_UNREAD, now=now, case_id=case.id, agent_id=agent_id)
