"""Adds a note that only colleagues see."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId, CaseId, NoteId


def add_note(conn: Connection, *, case_id: CaseId, agent_id: AgentId, text: str, now: datetime) -> NoteId:
    """Keep a note on the case; `Refused` where it is empty."""
    raise NotImplementedError
