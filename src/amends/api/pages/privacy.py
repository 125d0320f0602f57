"""The privacy desk: what people ask about their data, and carrying it out."""

from collections.abc import Generator
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.person_file import PIECE, Holdings, zipped
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import N_, Table, _, ngettext
from amends.core.written import number
from amends.inbox.actions import privacy_requests as asking
from amends.inbox.actions.privacy_requests import Asked
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.rules.text import storable
from amends.inbox.store import counts, customer_list, openings, privacy_requests
from amends.inbox.store.customer_list import CustomerRow, Listed
from amends.inbox.store.privacy_requests import PrivacyRequest

router = APIRouter(prefix="/privacy", include_in_schema=False)
PRIVACY = [may(Right.PRIVACY)]
SHOWN = 50
FEW = 8
ASKS = Table({Asked.FILE: N_("wants to see what we hold"), Asked.ERASURE: N_("wants to be forgotten")})


@router.get("", dependencies=PRIVACY)
def show(request: Request, desk: AtDesk, visitor: Reading, customer: Annotated[int | None, Query(ge=0, lt=2**63)] = None) -> Response:
    """Show what is asked, the most urgent first, and what was answered last; `customer` is filled into the form."""
    with desk.pool.transaction() as conn:
        found = _found_by(conn, f"#{customer}" if customer else "", visitor.scope)
        values = _values(conn) | {"counts": counts.read(conn, visitor.scope), "found": found, "sought": False, "apart": False}
    return desk.screens.page(request, "privacy.html", values)


@router.get("/customers", dependencies=PRIVACY)
def find(request: Request, desk: AtDesk, visitor: Reading, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show some customers who may be the one that asks, found as everywhere: by name, handle, address or number."""
    with desk.pool.transaction() as conn:
        values = {"found": _found_by(conn, storable(q), visitor.scope), "sought": bool(q.strip())}
    return desk.screens.blocks(request, "privacy.html", ["whom"], values)


@router.post("/requests", dependencies=PRIVACY)
def ask(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    kind: Annotated[Asked, Form()],
    customer: Annotated[int, Form(ge=0, lt=2**63)] = 0,
    how: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Keep what a customer asks."""
    with desk.pool.transaction() as conn:
        asking.ask(conn, customer_id=CustomerId(customer), kind=kind, how=storable(how), agent_id=visitor.agent_id, now=desk.clock())
    return saying(_listed(request, desk, "asking"), _("Kept; it is due within a month"))


@router.get("/requests/{request_id}/file", dependencies=PRIVACY)
def file(desk: AtDesk, visitor: Reading, request_id: int) -> Response:
    """Return all that is held on who asked, as a ZIP; that it was made stands in the log of openings."""
    with desk.pool.transaction() as conn:
        asked = _found(conn, request_id)
        openings.add(conn, customer_id=CustomerId(asked.customer_id), agent_id=visitor.agent_id, place="file", now=desk.clock())
    named = {"Content-Disposition": f'attachment; filename="customer-{asked.customer_id}.zip"'}
    return StreamingResponse(_pieces(desk, asked), media_type="application/zip", headers=named)


@router.post("/requests/{request_id}/done", dependencies=PRIVACY)
def done(request: Request, desk: AtDesk, visitor: Meaning, request_id: int) -> Response:
    """Keep that the person got their file."""
    with desk.pool.transaction() as conn:
        asking.given_out(conn, request_id, agent_id=visitor.agent_id, now=desk.clock())
    return saying(_listed(request, desk), _("Answered"))


@router.post("/requests/{request_id}/erase", dependencies=PRIVACY)
def erase(request: Request, desk: AtDesk, visitor: Meaning, request_id: int) -> Response:
    """Erase who asked for it; the words of many posts go in the background."""
    with desk.pool.transaction() as conn:
        found = asking.carry_out(conn, request_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    said = ngettext("Erased; the words of %(n)s post go now", "Erased; the words of %(n)s posts go now", found.posts) % {
        "n": number(found.posts)
    }
    return saying(_listed(request, desk), said)


@router.post("/requests/{request_id}/refuse", dependencies=PRIVACY)
def refuse(request: Request, desk: AtDesk, visitor: Meaning, request_id: int, why: Annotated[str, Form(max_length=2_000)] = "") -> Response:
    """Keep why it is not carried out."""
    with desk.pool.transaction() as conn:
        asking.refuse(conn, request_id, why=storable(why), agent_id=visitor.agent_id, now=desk.clock())
    return saying(_listed(request, desk), _("Kept; tell the person why"))


def _pieces(desk: Desk, asked: PrivacyRequest) -> Generator[bytes]:
    with (
        desk.pool.transaction() as conn,
        zipped(_holdings(conn, desk, asked), desk.screens.template("person_file.html"), made_at=desk.clock()) as archive,
    ):
        while piece := archive.read(PIECE):
            yield piece


def _holdings(conn: Connection, desk: Desk, asked: PrivacyRequest) -> Holdings:
    return Holdings(conn, CustomerId(asked.customer_id), secret_key=desk.secret_key)


def _found(conn: Connection, request_id: int) -> PrivacyRequest:
    found = privacy_requests.find(conn, request_id)
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def _values(conn: Connection) -> dict[str, Any]:
    return {"waiting": privacy_requests.waiting(conn), "ended": privacy_requests.done(conn, limit=SHOWN), "asks": ASKS}


def _listed(request: Request, desk: Desk, *also: str) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"found": [], "sought": False, "apart": True}
    return desk.screens.blocks(request, "privacy.html", ["listed", *also], values)


def _found_by(conn: Connection, words: str, scope: Scope) -> list[CustomerRow]:
    return customer_list.page(conn, Listed(text=words, limit=FEW), scope) if words.strip() else []
