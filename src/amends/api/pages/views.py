"""Saved views: kept from what the list shows with one click, then renamed, shared, moved and deleted in the pane of views."""

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.looking import Looking, asker_of
from amends.api.pages._shelf import shelf_of
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.saved_views import Wish, change_view, delete_view, move_view, restore_view, save_view
from amends.inbox.rules.ids import SavedViewId
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import Right
from amends.inbox.rules.saved_views import LONGEST_NAME, Audience
from amends.inbox.rules.views import Sort
from amends.inbox.store import counts
from amends.inbox.store.sessions import Visitor

router = APIRouter(include_in_schema=False, dependencies=[may(Right.SELF)])


class Way(StrEnum):
    """Where a view moves."""

    UP = "up"
    DOWN = "down"


def _wish(name: str, q: str, sort: Sort, colour: str, audience: str) -> Wish:
    """Return what a form asks for; one without a name is called by its query."""
    asked = parse(q)
    kind, _dash, team = audience.partition("-")
    if kind not in set(Audience) or (kind == Audience.TEAM) != team.isdecimal():
        raise Refused(_("Say for whom the view is."))
    called = name.strip() or str(asked)[:LONGEST_NAME] or _("All cases")
    return Wish(name=called, query=asked, sort=sort, colour=colour, audience=Audience(kind), team_id=int(team[:18]) if team else None)


def entered(
    name: Annotated[str, Form()] = "",
    q: Annotated[str, Form()] = "",
    sort: Annotated[Sort, Form()] = Sort.NEWEST,
    colour: Annotated[str, Form()] = "",
    audience: Annotated[str, Form(max_length=30)] = "me",
) -> Wish:
    """Return what was entered."""
    return _wish(name, q, sort, colour, audience)


def named_in_address(
    name: Annotated[str, Query()],
    q: Annotated[str, Query()],
    sort: Annotated[Sort, Query()],
    colour: Annotated[str, Query()],
    audience: Annotated[str, Query(max_length=30)],
) -> Wish:
    """Return what the address of an undo says."""
    return _wish(name, q, sort, colour, audience)


Entered = Annotated[Wish, Depends(entered)]
Before = Annotated[Wish, Depends(named_in_address)]


@router.get("/inbox/views")
def show(request: Request, desk: AtDesk, visitor: Reading, look: Looking) -> Response:
    """Return the pane of views as it is now; the one that the address shows, if any, is marked."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, visitor)
    if request.url.query:
        values["place"] = values["shelf"].place_of(look.asked, look.view, exact=look.is_view)
    return desk.screens.blocks(request, "rail_views.html", ["views"], values)


@router.post("/views")
def save(request: Request, desk: AtDesk, visitor: Meaning, wish: Entered) -> Response:
    """Keep what the list shows as a view."""
    with desk.pool.transaction() as conn:
        view_id = save_view(conn, wish, visitor=visitor, now=desk.clock())
        values = _values(conn, desk, visitor)
    if view_id is None:
        return _said(request, desk, values, _("It was so already."))
    return _said(request, desk, values, _("Saved among your views; ⋯ beside it renames and shares it"), undo=f"/views/{view_id}/delete")


@router.post("/views/{view_id}")
def change(
    request: Request, desk: AtDesk, visitor: Meaning, view_id: SavedViewId, wish: Entered, seen: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Rename or share a view, or let it ask something else, unless somebody changed it since the pane was shown."""
    return _changed(request, desk, visitor, view_id, wish, seen)


@router.post("/views/{view_id}/back")
def change_back(
    request: Request, desk: AtDesk, visitor: Meaning, view_id: SavedViewId, wish: Before, seen: Annotated[str, Query(max_length=64)]
) -> Response:
    """Make a view again what it was, unless somebody changed it once more."""
    return _changed(request, desk, visitor, view_id, wish, seen)


@router.post("/views/{view_id}/move/{way}")
def move(request: Request, desk: AtDesk, visitor: Meaning, view_id: SavedViewId, way: Way) -> Response:
    """Move a view past its neighbour."""
    with desk.pool.transaction() as conn:
        moved = move_view(conn, view_id, up=way is Way.UP, visitor=visitor)
        values = _values(conn, desk, visitor)
    if not moved:
        return _said(request, desk, values, _("It was so already."))
    return _said(request, desk, values, _("Moved"), undo=f"/views/{view_id}/move/{'down' if way is Way.UP else 'up'}")


@router.post("/views/{view_id}/delete")
def delete(request: Request, desk: AtDesk, visitor: Meaning, view_id: SavedViewId) -> Response:
    """Take a view away; it can be brought back."""
    with desk.pool.transaction() as conn:
        view = delete_view(conn, view_id, visitor=visitor, now=desk.clock())
        values = _values(conn, desk, visitor)
    return _said(request, desk, values, _("Deleted the view %(name)s") % {"name": view.name}, undo=f"/views/{view_id}/restore")


@router.post("/views/{view_id}/restore")
def restore(request: Request, desk: AtDesk, visitor: Meaning, view_id: SavedViewId) -> Response:
    """Bring a deleted view back."""
    with desk.pool.transaction() as conn:
        view = restore_view(conn, view_id, visitor=visitor, now=desk.clock())
        values = _values(conn, desk, visitor)
    return _said(request, desk, values, _("Brought the view %(name)s back") % {"name": view.name})


def _changed(request: Request, desk: Desk, visitor: Visitor, view_id: SavedViewId, wish: Wish, seen: str) -> Response:
    with desk.pool.transaction() as conn:
        before, is_now = change_view(conn, view_id, wish, visitor=visitor, now=desk.clock(), seen=seen)
        values = _values(conn, desk, visitor)
    was = values["shelf"].audience_of(before)
    back = {"name": before.name, "q": before.query, "sort": before.sort, "colour": before.colour, "audience": was, "seen": is_now}
    return _said(request, desk, values, _("Changed the view"), undo=f"/views/{view_id}/back?{urlencode(back)}")


def _values(conn: Connection, desk: Desk, visitor: Visitor) -> dict[str, Any]:
    return {"shelf": shelf_of(conn, visitor, counts.read(conn, visitor.scope), asker_of(visitor, desk.clock()))}


def _said(request: Request, desk: Desk, values: dict[str, Any], text: str, *, undo: str = "") -> HTMLResponse:
    """Show the pane anew, wherever it stands, and say what was done; a list beside it is named as its view is now."""
    pane = desk.screens.blocks(request, "rail_views.html", ["views"], values | {"apart_views": True})
    return saying(pane, text, undo=undo, more={"views-changed": {}})
