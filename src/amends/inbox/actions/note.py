"""Adds a note that only colleagues see."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.drafts import check_length
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, NoteId
from amends.inbox.rules.text import storable
from amends.inbox.store import drafts, events, notes


def add_note(conn: Connection, *, case_id: CaseId, agent_id: AgentId, text: str, now: datetime) -> NoteId:
    """Keep a note on the case; `Refused` where it is empty."""
    case = locked_case(conn, case_id)
    check_length(text)
    words = storable(text).strip()
    if not words:
        raise Refused(_("A note needs some words."))
    note_id = notes.insert(conn, case_id=case.id, agent_id=agent_id, text=words, now=now)
    drafts.delete_own(conn, case_id=case.id, box="note", agent_id=agent_id)
    events.add(conn, EventKind.NOTE_ADDED, now=now, case_id=case.id, agent_id=agent_id, note_id=note_id)
    return note_id
