"""Attributes: what the administrator wants to know of every customer, beside the fields that there are."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api import record_words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions.attributes import add_attribute, archive_attribute, change_attribute, mark_of, put_before, restore_attribute
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.rules.rights import Right
from amends.inbox.store import attributes, counts
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/attributes", include_in_schema=False, dependencies=[may(Right.ATTRIBUTES)])
Line = Annotated[str, Form(max_length=200)]
Choices = Annotated[str, Form(max_length=20_000)]


@router.get("")
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what is asked of every customer."""
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor) | {"apart": False}
    return desk.screens.page(request, "attributes.html", values)


@router.post("")
def make(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    name: Line = "",
    kind: Annotated[Kind, Form()] = Kind.TEXT,
    key: Line = "",
    choices: Choices = "",
    sensitive: Annotated[bool, Form()] = False,
) -> Response:
    """Ask for one more attribute."""
    wished = tuple(choices.splitlines()) if kind is Kind.CHOICE else ()
    new = Attribute(key=key.strip(), name=name, kind=kind, choices=wished, sensitive=sensitive)
    with desk.pool.transaction() as conn:
        add_attribute(conn, new, by=visitor.agent_id, now=desk.clock())
    return _listed(request, desk, visitor, _("Made; it stands on every customer's page now"))


@router.post("/{attribute_id}")
def change(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    attribute_id: int,
    name: Line = "",
    choices: Choices = "",
    sensitive: Annotated[bool, Form()] = False,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Name an attribute anew, change its choices and who may see it, unless somebody changed it since the page was opened."""
    by, now, wished = visitor.agent_id, desk.clock(), tuple(choices.splitlines())
    with desk.pool.transaction() as conn:
        change_attribute(conn, attribute_id, name=name, choices=wished, sensitive=sensitive, by=by, now=now, seen=seen)
    return _listed(request, desk, visitor, _("Saved"))


@router.post("/{attribute_id}/archive")
def archive(request: Request, desk: AtDesk, visitor: Meaning, attribute_id: int) -> Response:
    """Ask for an attribute no longer; the toast brings it back."""
    with desk.pool.transaction() as conn:
        gone = archive_attribute(conn, attribute_id, by=visitor.agent_id, now=desk.clock())
    said = _("“%(name)s” is archived; what is known of it stays") % {"name": gone.name}
    return _listed(request, desk, visitor, said, undo=f"/settings/attributes/{attribute_id}/restore")


@router.post("/{attribute_id}/restore")
def restore(request: Request, desk: AtDesk, visitor: Meaning, attribute_id: int) -> Response:
    """Ask for an archived attribute again."""
    with desk.pool.transaction() as conn:
        back = restore_attribute(conn, attribute_id, by=visitor.agent_id, now=desk.clock())
    return _listed(request, desk, visitor, _("“%(name)s” is back") % {"name": back.name})


@router.post("/{attribute_id}/move")
def move(request: Request, desk: AtDesk, visitor: Meaning, attribute_id: int, before: Annotated[int, Form()]) -> Response:
    """Put an attribute before another."""
    with desk.pool.transaction() as conn:
        put_before(conn, attribute_id, before=before)
    return _listed(request, desk, visitor, _("Moved"))


def _values(conn: Connection, visitor: Visitor) -> dict[str, Any]:
    return {
        "attributes": attributes.every(conn),
        "archived": attributes.archived(conn),
        "mark_of": mark_of,
        "kinds": list(Kind),
        "says": record_words,
        "counts": counts.read(conn, visitor.scope),
    }


def _listed(request: Request, desk: Desk, visitor: Visitor, said: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor) | {"apart": True}
    return saying(desk.screens.blocks(request, "attributes.html", ["listed"], values), said, undo=undo)
