"""Customers: found as one types, and each on a page of their own with the record and the timeline over all channels."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.pages._customer_view import Looked, looked, page_values, timeline_values
from amends.api.sent_once import ONCE
from amends.core.database import Connection
from amends.inbox.actions.customer_record import make
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, customer_list, customer_record
from amends.inbox.store.customer_list import Listed
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/customers", include_in_schema=False)
SHOWN = 50
Looking = Annotated[Looked, Depends(looked)]


@router.get("", dependencies=[may(Right.SEE)])
def every(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    q: Annotated[str, Query(max_length=200)] = "",
    mine: Annotated[str, Query(max_length=3)] = "",
    tag: Annotated[str, Query(max_length=60)] = "",
    below: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> Response:
    """Show the customers that fit what is typed, the newest known first; for htmx only the list, or the rows behind `below`."""
    listed = Listed(
        text=q.replace("\0", ""),
        owner_id=visitor.agent_id if mine else None,
        tag=tag.replace("\0", "").strip(),
        below=below,
        limit=SHOWN + 1,
    )
    with desk.pool.transaction() as conn:
        values = _rows(conn, listed, visitor) | {"q": q, "mine": mine, "tag": tag}
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "customers.html", ["rows" if below is not None else "listed"], values)
        values |= {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "customers.html", values)


@router.post("", dependencies=[may(Right.WORK), ONCE])
def make_one(desk: AtDesk, visitor: Meaning, name: Annotated[str, Form(max_length=400)] = "") -> Response:
    """Make a customer by hand, and lead to their page."""
    with desk.pool.transaction() as conn:
        customer_id = make(conn, name=name, by=visitor.agent_id, now=desk.clock())
    return Response("", headers={"HX-Redirect": f"/customers/{customer_id}"})


@router.get("/{customer_id:int}", dependencies=[may(Right.SEE)])
def one(request: Request, desk: AtDesk, visitor: Reading, asked: Looking, customer_id: CustomerId) -> Response:
    """Show a customer; whose record became part of another is led there, whose record was erased is said to be."""
    with desk.pool.transaction() as conn:
        record = opened_by(conn, visitor, customer_id, place="customer", now=desk.clock())
        if record.merged_into is not None and not record.erased_at:
            return RedirectResponse(f"/customers/{customer_record.survivor(conn, customer_id)}", 303)
        values: dict[str, Any] = {"record": record, "counts": counts.read(conn, visitor.scope), "apart": False}
        if not record.erased_at:
            values |= page_values(conn, visitor, record, asked)
    return desk.screens.page(request, "customer_erased.html" if record.erased_at else "customer_page.html", values)


@router.get("/{customer_id:int}/timeline", dependencies=[may(Right.SEE)])
def timeline(request: Request, desk: AtDesk, visitor: Reading, asked: Looking, customer_id: CustomerId) -> Response:
    """Return the timeline from its top, or the entries behind `below`."""
    with desk.pool.transaction() as conn:
        values = timeline_values(conn, visitor, customer_id, asked)
    return desk.screens.blocks(request, "customer_page.html", ["entries" if asked.below else "timeline"], values)


def _rows(conn: Connection, listed: Listed, visitor: Visitor) -> dict[str, Any]:
    found = customer_list.page(conn, listed, visitor.scope)
    return {"customers": found[:SHOWN], "more": found[SHOWN - 1].id if len(found) > SHOWN else None}
