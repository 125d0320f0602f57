"""Gives a case to an agent, or to nobody."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId, CaseId


def assign(conn: Connection, *, case_id: CaseId, assignee_id: AgentId | None, agent_id: AgentId, now: datetime) -> None:
    """Make `assignee_id` responsible for the case (None: nobody)."""
    raise NotImplementedError
