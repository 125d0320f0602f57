"""How every action on a customer ends: committed, the record shown as it is now, and a toast that says what was done."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from amends.api.customer_view import opened_by
from amends.api.desk import Desk
from amends.api.pages._customer_view import record_values
from amends.api.screen import saying
from amends.core.database import Connection
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.sessions import Visitor


def source_of(visitor: Visitor) -> Source:
    """Return who changes something at a page."""
    return Source(by=visitor.agent_id, origin=Origin.AGENT)


def done(
    request: Request,
    desk: Desk,
    customer_id: CustomerId,
    act: Callable[[Connection], int | None],
    text: str,
    *,
    focus: str = "",
) -> HTMLResponse:
    """Do `act`, and say `text`; the change that it returns can be taken back. `focus` is where the keyboard goes on."""
    visitor: Visitor = request.state.visitor
    with desk.pool.transaction() as conn:
        change_id = act(conn)
        values = record_values(conn, opened_by(conn, visitor, customer_id, place="customer", now=desk.clock())) | {"apart": True}
    desk.wake()
    undo = f"/customers/{customer_id}/changes/{change_id}/undo" if change_id else ""
    shown = desk.screens.blocks(request, "customer_page.html", ["title_line", "record"], values)
    return saying(shown, text, undo=undo, more={"record-changed": {"focus": focus}})
