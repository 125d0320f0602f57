"""How every action on a case ends: committed, the worker woken, the case shown as it is now, and a toast that says what was done."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from amends.api.answering import head_of
from amends.api.desk import Desk
from amends.api.pages._case_view import case_values
from amends.api.screen import saying
from amends.api.words import new_key
from amends.core.database import Connection
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import case_parts, events, unread


def done(  # noqa: PLR0913
    request: Request,
    desk: Desk,
    case_id: CaseId,
    act: Callable[[Connection], object],
    text: str,
    *,
    undo: str | EventKind = "",
    written: str = "",
) -> HTMLResponse:
    """Do `act`, and say `text`; `undo` is the address that takes it back, or the kind of event that can be taken back.

    `written` is the box whose draft has gone where it should.
    """
    with desk.pool.transaction() as conn:
        before = events.newest(conn, case_id=case_id) if isinstance(undo, EventKind) else 0
        act(conn)
        back = _address(conn, case_id, undo, before) if isinstance(undo, EventKind) else undo
    desk.wake()
    more = {"draft-done": {"case": case_id, "box": written, "key": new_key()}} if written else None
    return saying(shown(request, desk, case_id), text, undo=back, more=more)


def _address(conn: Connection, case_id: CaseId, kind: EventKind, before: int) -> str:
    """Return the address that takes back what was just done, empty where nothing was."""
    left = events.last(conn, kind, case_id=case_id)
    return f"/inbox/{case_id}/events/{left.id}/undo" if left and left.id > before else ""


def shown(request: Request, desk: Desk, case_id: CaseId) -> HTMLResponse:
    """Return the pieces of an open case that change while the agent types: everything but the text being typed."""
    with desk.pool.transaction() as conn:
        head = head_of(conn, case_id)
        values = case_values(conn, head, case_parts.of_case(conn, head), desk.able, request.state.visitor.scope, now=desk.clock())
        values |= {"apart": True, "first_new": unread.oldest(conn, case_id) if head.unread else None}
    return desk.screens.blocks(request, "case.html", ("live", "beside"), values)
