"""Adds a note that only colleagues see, and keeps whom it mentions."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.drafts import check_length
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, NoteId
from amends.inbox.rules.mentions import Mention, found_in
from amends.inbox.rules.text import can_be_seen, storable
from amends.inbox.store import drafts, events, mentions, notes


def add_note(conn: Connection, *, case_id: CaseId, agent_id: AgentId, text: str, now: datetime) -> NoteId:
    """Keep a note on the case and whom it mentions; `Refused` where it is empty, or mentions too many."""
    case = locked_case(conn, case_id)
    check_length(text)
    words = storable(text).strip()
    if not can_be_seen(words):
        raise Refused(_("A note needs some words."))
    found = mentioned_in(conn, case_id=case.id, text=words)
    note_id = notes.insert(conn, case_id=case.id, agent_id=agent_id, text=words, now=now)
    mentions.insert(conn, note_id=note_id, case_id=case.id, mentions=[one for one in found if one.whom.sees])
    drafts.delete_own(conn, case_id=case.id, box="note", agent_id=agent_id)
    events.add(conn, EventKind.NOTE_ADDED, now=now, case_id=case.id, agent_id=agent_id, note_id=note_id)
    return note_id


def mentioned_in(conn: Connection, *, case_id: CaseId, text: str) -> Sequence[Mention]:
    """Return whom a text mentions, also who does not see the case."""
    return found_in(text, mentions.known(conn, case_id=case_id)) if "@" in text else []


def not_told(conn: Connection, *, case_id: CaseId, text: str) -> str:
    """Return a sentence on who is mentioned and does not see the case, so that they are not told; empty where all do."""
    names = [one.whom.name for one in mentioned_in(conn, case_id=case_id, text=storable(text)) if not one.whom.sees]
    if not names:
        return ""
    return " ".join(_("%(name)s does not see this case and is not told.") % {"name": name} for name in names)
