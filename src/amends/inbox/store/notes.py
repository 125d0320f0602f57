"""SQL of notes."""

from datetime import datetime

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, NoteId


def insert(conn: Connection, *, case_id: CaseId, agent_id: AgentId, text: str, now: datetime) -> NoteId:
    """Store a note and return its id."""
    values = fetch_values(
        conn,
        """
        insert into notes (case_id, agent_id, text, created_at) values (%(case_id)s, %(agent_id)s, %(text)s, %(now)s) returning id
        """,
        {"case_id": case_id, "agent_id": agent_id, "text": text, "now": now},
    )
    return NoteId(values[0])


def delete(conn: Connection, *, note_id: int, agent_id: AgentId) -> int:
    """Delete a note of this agent, and return how many that was."""
    return execute(conn, "delete from notes where id = %(id)s and agent_id = %(agent_id)s", {"id": note_id, "agent_id": agent_id})
