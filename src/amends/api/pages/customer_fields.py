"""The fields of a customer, edited in place; every change can be taken back."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.pages._customer_acting import done, source_of
from amends.api.pages._customer_view import record_values
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.customer_record import change
from amends.inbox.actions.customer_undo import undo
from amends.inbox.rules.customer_record import FIELDS
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right

router = APIRouter(prefix="/customers/{customer_id:int}", include_in_schema=False)
Name = Annotated[str, Query(max_length=60)]


@router.get("/field", dependencies=[may(Right.WORK)])
def edit(request: Request, desk: AtDesk, visitor: Reading, customer_id: CustomerId, name: Name = "") -> Response:
    """Show a field as a box to be written in."""
    with desk.pool.transaction() as conn:
        values = record_values(conn, opened_by(conn, visitor, customer_id, place="customer", now=desk.clock()))
    attribute = next((one for one in values["attributes"] if one.field == name), None)
    if name not in FIELDS and attribute is None:
        raise NotFound(_("A customer has no field “%(field)s”.") % {"field": name})
    values |= {"name": name, "attribute": attribute, "zones": zones()}
    return desk.screens.blocks(request, "customer_field.html", ["edit"], values)


@router.get("/record", dependencies=[may(Right.SEE)])
def record(request: Request, desk: AtDesk, visitor: Reading, customer_id: CustomerId) -> Response:
    """Return the record as it is now, in place of what was being edited."""
    with desk.pool.transaction() as conn:
        values = record_values(conn, opened_by(conn, visitor, customer_id, place="customer", now=desk.clock())) | {"apart": True}
    return desk.screens.blocks(request, "customer_page.html", ["record"], values)


@router.post("/field", dependencies=[may(Right.WORK)])
def save(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    customer_id: CustomerId,
    name: Annotated[str, Form(max_length=60)] = "",
    value: Annotated[str, Form(max_length=20_000)] = "",
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """Keep what was written in a field."""

    def act(conn: Connection) -> int | None:
        by, now = visitor.agent_id, desk.clock()
        changed = change(conn, customer_id=customer_id, values={name: value}, version=version, by=by, now=now)
        return changed.change_ids[0] if changed.change_ids else None

    return done(request, desk, customer_id, act, _("Saved"), focus=f"edit-{name.replace('.', '-')}")


@router.post("/changes/{change_id}/undo", dependencies=[may(Right.WORK)])
def take_back(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, change_id: int) -> Response:
    """Take one change back."""

    def act(conn: Connection) -> None:
        undo(conn, customer_id=customer_id, change_id=change_id, source=source_of(visitor), now=desk.clock())

    return done(request, desk, customer_id, act, _("Taken back"))
