"""Notes what colleagues know of a person, and calls, e-mails, visits and letters that no network saw."""

from dataclasses import replace
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NotAllowed, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened, told_of_part
from amends.inbox.rules.customer_record import EARLIEST_YEAR, plain
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import customer_notes
from amends.inbox.store.customer_changes import NewChange, Source
from amends.inbox.store.customer_notes import CustomerNote, NewNote

FIELD = "notes"
KINDS = ("note", "call", "email", "visit", "letter")
SLACK = timedelta(days=1)


def add_note(conn: Connection, *, customer_id: CustomerId, new: NewNote, source: Source, now: datetime) -> tuple[int, int]:
    """Keep a note; return its id and the row of history that takes it back."""
    opened(conn, customer_id)
    kept = _checked(new, now)
    note_id = customer_notes.insert(conn, customer_id, kept, agent_id=source.by, now=now)
    told = NewChange(field=FIELD, was=None, became={"id": note_id, "kind": kept.kind})
    return note_id, told_of_part(conn, customer_id, told, source=source, now=now)


def remove_note(conn: Connection, *, customer_id: CustomerId, note_id: int, source: Source, now: datetime) -> int:
    """Take away a note of one's own, and return the row of history that brings it back."""
    note = found(conn, customer_id, note_id)
    check_own(note, source)
    customer_notes.set_removed(conn, note_id, at=now)
    told = NewChange(field=FIELD, was={"id": note_id, "kind": note.kind}, became=None)
    return told_of_part(conn, customer_id, told, source=source, now=now)


def check_own(note: CustomerNote, source: Source) -> None:
    """Raise `NotAllowed` where somebody else wrote the note."""
    if note.agent_id != source.by:
        raise NotAllowed(_("Only who wrote a note takes it away."))


def pin_note(conn: Connection, *, customer_id: CustomerId, note_id: int) -> bool:
    """Pin a note so that everybody sees it beside the customer's cases, or take the pin out; return whether it is pinned now."""
    note = found(conn, customer_id, note_id)
    customer_notes.set_pinned(conn, note_id, pinned=not note.pinned)
    return not note.pinned


def found(conn: Connection, customer_id: CustomerId, note_id: int) -> CustomerNote:
    """Return a note that is there; `NotFound`."""
    opened(conn, customer_id)
    note = customer_notes.find(conn, note_id, customer_id=customer_id)
    if note is None or note.removed_at:
        raise NotFound(_("This note is not here any more."))
    return note


def _checked(new: NewNote, now: datetime) -> NewNote:
    text = plain(new.text)
    if new.kind not in KINDS:
        raise Refused(_("Choose what it is: a note, a call, an e-mail, a visit or a letter."))
    if not text:
        raise Refused(_("Write something first."))
    if new.at > now + SLACK or new.at.year < EARLIEST_YEAR:
        raise Refused(_("What is noted has happened already; choose an earlier time."))
    return replace(new, text=text, incoming=None if new.kind in {"note", "visit"} else bool(new.incoming))
