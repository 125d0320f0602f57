"""The inbox: the list of a query, its next pages, what the box suggests, and the frame in which a case lies beside it."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.looking import Looking, asker_of
from amends.api.pages._look import list_page, list_values
from amends.api.pages._suggesting import suggested
from amends.core.errors import Refused
from amends.inbox.rules.rights import Right
from amends.inbox.store import matching

router = APIRouter(include_in_schema=False)
Number = Annotated[int, Field(ge=0, lt=2**63)]
MOST_ASKED = 200


@router.get("/inbox", dependencies=[may(Right.SEE)])
def inbox(request: Request, desk: AtDesk, visitor: Reading, look: Looking, hx_target: Annotated[str, Header()] = "") -> Response:
    """Show the list without a case; for htmx only the part it asks for."""
    with desk.pool.transaction() as conn:
        values = list_values(conn, look, visitor, asker_of(visitor, desk.clock())) | {"case": None}
    if hx_target == "list":
        return desk.screens.blocks(request, "inbox.html", ["list"], values)
    return desk.screens.page(request, "inbox.html", values)


@router.get("/inbox/more", dependencies=[may(Right.SEE)])
def more(request: Request, desk: AtDesk, visitor: Reading, look: Looking, after: str) -> Response:
    """Return the rows behind `after`, to be laid under those on screen."""
    with desk.pool.transaction() as conn:
        listed = list_page(conn, look, asker_of(visitor, desk.clock()), after)
    return desk.screens.blocks(request, "inbox.html", ["rows"], {"listed": listed, "look": look})


@router.get("/inbox/fitting", dependencies=[may(Right.SEE)])
def fitting(desk: AtDesk, visitor: Reading, look: Looking, ids: Annotated[list[Number], Query(max_length=MOST_ASKED)]) -> list[int]:
    """Return those of these cases that the list would hold; a screen asks it of news."""
    if look.trouble:
        return []
    with desk.pool.transaction() as conn:
        try:
            return sorted(matching.matches(conn, look.asked, ids, asker_of(visitor, desk.clock())))
        except Refused:
            return []


@router.get("/inbox/suggest", dependencies=[may(Right.SEE)])
def suggest(
    request: Request,
    desk: AtDesk,
    _visitor: Reading,
    q: Annotated[str, Query(max_length=2_000)] = "",
    at: Annotated[int, Query(ge=0, le=2_000)] = 0,
) -> Response:
    """Suggest how what is typed before the cursor may go on."""
    with desk.pool.transaction() as conn:
        values = suggested(conn, q, at)
    return desk.screens.blocks(request, "suggestions.html", ["suggestions"], values)
