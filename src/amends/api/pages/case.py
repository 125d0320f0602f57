"""The case: its thread in context, the customer beside it, the box to answer in."""

from typing import Annotated

from fastapi import APIRouter, Form, Header, Request, Response

from amends.api.answering import head_of
from amends.api.auth import Meaning, Reading
from amends.api.desk import AtDesk
from amends.api.networks import Measured, measured
from amends.api.pages._acting import shown
from amends.api.pages._case_view import case_values
from amends.api.pages._look import Looking, list_values
from amends.inbox.actions.read import mark_read
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import unread
from amends.inbox.store.case_replies import unsent_pictures

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


@router.get("")
def case(
    request: Request, desk: AtDesk, visitor: Reading, look: Looking, case_id: CaseId, hx_target: Annotated[str, Header()] = ""
) -> Response:
    """Show the case; for htmx only its pane. Looking at a case takes its unread mark off."""
    with desk.pool.transaction() as conn:
        first_new = unread.oldest(conn, case_id)
        if head_of(conn, case_id).unread:
            mark_read(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock())
        values = case_values(conn, case_id, desk.able) | {"apart": False, "first_new": first_new}
        values["unsent"] = unsent_pictures(conn, case_id=case_id, agent_id=visitor.agent_id)
        if hx_target == "case":
            return desk.screens.blocks(request, "case.html", ["pane"], values)
        values |= list_values(conn, look, visitor)
    return desk.screens.page(request, "inbox.html", values)


@router.get("/live")
def live(request: Request, desk: AtDesk, _visitor: Reading, case_id: CaseId) -> Response:
    """Return what is new in an open case."""
    return shown(request, desk, case_id)


@router.post("/length")
def length(desk: AtDesk, _visitor: Meaning, case_id: CaseId, text: Annotated[str, Form()] = "") -> Measured:
    """Return how long the network counts `text`, how long it may be, and the posts it could go out as where it is too long."""
    with desk.pool.transaction() as conn:
        head = head_of(conn, case_id)
    return measured(head.network, head.source_options, text, able=desk.able(head.network))
