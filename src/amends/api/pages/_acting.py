"""How every action on a case ends: committed, the worker woken, the case shown as it is now, and a toast that says what was done."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from amends.api.desk import Desk
from amends.api.pages._case_view import case_values
from amends.api.screen import saying
from amends.api.words import new_key
from amends.core.database import Connection
from amends.inbox.rules.ids import CaseId


def done(  # noqa: PLR0913
    request: Request, desk: Desk, case_id: CaseId, act: Callable[[Connection], object], text: str, *, undo: str = "", written: str = ""
) -> HTMLResponse:
    """Do `act`, and say `text`; `undo` is the address that takes it back, `written` the box whose draft has gone where it should."""
    with desk.pool.transaction() as conn:
        act(conn)
    desk.wake()
    more = {"draft-done": {"box": written, "key": new_key()}} if written else None
    return saying(shown(request, desk, case_id), text, undo=undo, more=more)


def shown(request: Request, desk: Desk, case_id: CaseId) -> HTMLResponse:
    """Return the pieces of an open case that change while the agent types: everything but the text being typed."""
    with desk.pool.transaction() as conn:
        values = case_values(conn, case_id, desk.able, request.state.visitor.scope)
    return desk.screens.blocks(request, "case.html", ("live", "beside"), values | {"apart": True})
