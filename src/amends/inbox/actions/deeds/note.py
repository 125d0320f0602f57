"""Leaves a note on cases."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.core.written import number
from amends.inbox.actions.deeds import At, Facts
from amends.inbox.actions.note import add_note
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.text import storable

EVENT = EventKind.NOTE_ADDED
DECIDED_BY = frozenset[str]()
SAYS = N_("note “%(text)s”")
MOST = 5_000


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the note's words."""
    text = storable(str(asked.get("text") or "")).strip()
    if not text:
        raise Refused(_("A note needs some words."))
    if len(text) > MOST:
        raise Refused(_("A note on many cases has at most %(most)s characters.") % {"most": number(MOST)})
    return {"text": text}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"text": str(facts["text"])[:60]}


def act(at: At, facts: Facts) -> None:
    """Do it."""
    add_note(at.conn, case_id=at.case_id, agent_id=at.agent_id, text=str(facts["text"]), now=at.now)
