"""Keeps files with a customer, and hands them out again."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened, told_of_part
from amends.inbox.rules.customer_files import MOST_FILES, file_name, fitting, media_type
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import customer_files
from amends.inbox.store.customer_changes import NewChange, Source
from amends.inbox.store.customer_files import Content

FIELD = "files"


def add_file(conn: Connection, *, customer_id: CustomerId, name: str, body: bytes, source: Source, now: datetime) -> tuple[int, int]:
    """Keep a file; return its id and the row of history that takes it back."""
    opened(conn, customer_id)
    called = file_name(name)
    kind = media_type(called, body)
    kept = fitting(called, kind)
    new = Content(name=kept, media_type=kind, body=body)
    if len(customer_files.of_customer(conn, customer_id, limit=MOST_FILES)) >= MOST_FILES:
        raise Refused(_("These are many files already; remove one first."))
    file_id = customer_files.insert(conn, customer_id, new, agent_id=source.by, now=now)
    told = NewChange(field=FIELD, was=None, became={"id": file_id, "name": kept})
    return file_id, told_of_part(conn, customer_id, told, source=source, now=now)


def remove_file(conn: Connection, *, customer_id: CustomerId, file_id: int, source: Source, now: datetime) -> int:
    """Take a file away, and return the row of history that brings it back."""
    opened(conn, customer_id)
    found = customer_files.find(conn, file_id, customer_id=customer_id)
    if found is None or found.removed_at:
        raise NotFound(_("This file is not here any more."))
    customer_files.set_removed(conn, file_id, at=now)
    told = NewChange(field=FIELD, was={"id": file_id, "name": found.name}, became=None)
    return told_of_part(conn, customer_id, told, source=source, now=now)


def handed_out(conn: Connection, *, customer_id: CustomerId, file_id: int) -> Content:
    """Return a file as it is handed out; `NotFound`."""
    found = customer_files.content(conn, file_id, customer_id=customer_id)
    if found is None:
        raise NotFound(_("This file is not here any more."))
    return found
