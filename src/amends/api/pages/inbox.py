"""The inbox: the list of a view, its next pages, and the frame in which a case lies beside it."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.pages._look import Looking, list_page, list_values
from amends.inbox.rules.rights import Right

router = APIRouter(include_in_schema=False)


@router.get("/inbox", dependencies=[may(Right.SEE)])
def inbox(request: Request, desk: AtDesk, visitor: Reading, look: Looking, hx_target: Annotated[str, Header()] = "") -> Response:
    """Show the list without a case; for htmx only the part it asks for."""
    with desk.pool.transaction() as conn:
        values = list_values(conn, look, visitor) | {"case": None}
    if hx_target == "list":
        return desk.screens.blocks(request, "inbox.html", ["list"], values)
    return desk.screens.page(request, "inbox.html", values)


@router.get("/inbox/more", dependencies=[may(Right.SEE)])
def more(request: Request, desk: AtDesk, visitor: Reading, look: Looking, after: str) -> Response:
    """Return the rows behind `after`, to be laid under those on screen."""
    with desk.pool.transaction() as conn:
        listed = list_page(conn, look, visitor, after)
    return desk.screens.blocks(request, "inbox.html", ["rows"], {"listed": listed, "look": look})
