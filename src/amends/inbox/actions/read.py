"""Notes that somebody has looked at a case."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId, CaseId


def mark_read(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Take the unread mark off the case."""
    raise NotImplementedError
