"""Views over REST: the built-in ones and the saved ones that one sees, and one's own to keep, change and delete."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions.saved_views import Wish, change_view, delete_view, mark_of, save_view, view_to_change
from amends.inbox.rules.ids import SavedViewId
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import Right
from amends.inbox.rules.saved_views import Audience
from amends.inbox.rules.views import QUERIES, Sort, View, sort_of_view
from amends.inbox.store import saved_views
from amends.inbox.store.saved_views import SavedView

router = APIRouter(prefix="/api/v1/views", tags=["views"], dependencies=[program_may(Right.SELF)])


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltIn:
    """A view that comes with Amends; `query` is what `q` of the list of cases takes."""

    name: View
    query: str
    sort: Sort


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """All views that one sees."""

    built_in: list[BuiltIn]
    saved: list[SavedView]


class ViewBody(Body):
    """A view to be kept; `team_id` where the audience is a team."""

    name: str = Field(min_length=1, max_length=200)
    query: str = Field(default="", max_length=10_000)
    sort: Sort = Sort.NEWEST
    colour: str = Field(default="", max_length=20)
    audience: Audience = Audience.ME
    team_id: Annotated[int, Field(ge=1)] | None = None

    def wish(self) -> Wish:
        """Return what is wished."""
        asked = parse(self.query)
        return Wish(name=self.name, query=asked, sort=self.sort, colour=self.colour, audience=self.audience, team_id=self.team_id)


@router.get("", operation_id="list_views")
def list_views(desk: AtDesk, visitor: Bearing) -> Views:
    """List the views that one sees."""
    built_in = [BuiltIn(name=view, query=QUERIES[view], sort=sort_of_view(view)) for view in View]
    with desk.pool.transaction() as conn:
        return Views(built_in=built_in, saved=saved_views.seen_by(conn, visitor.agent_id, visitor.role))


@router.post("", status_code=201, operation_id="save_view")
def save(desk: AtDesk, visitor: Bearing, body: ViewBody) -> Views:
    """Keep a view, and list what there is then."""
    with desk.pool.transaction() as conn:
        save_view(conn, body.wish(), visitor=visitor, now=desk.clock())
    return list_views(desk, visitor)


@router.get("/{view_id}", operation_id="get_view")
def one(desk: AtDesk, visitor: Bearing, response: Response, view_id: SavedViewId) -> SavedView:
    """Return a saved view that one may change."""
    with desk.pool.transaction() as conn:
        found = view_to_change(conn, view_id, visitor)
    tag(response, mark_of(found))
    return found


@router.put("/{view_id}", operation_id="change_view")
def change(desk: AtDesk, visitor: Bearing, response: Response, view_id: SavedViewId, body: ViewBody, seen: SeenAt) -> Views:
    """Change a view that one may change; with `If-Match` (its `ETag`) only where nobody changed it since, else 409."""
    with desk.pool.transaction() as conn:
        _before, mark = change_view(conn, view_id, body.wish(), visitor=visitor, now=desk.clock(), seen=seen)
    tag(response, mark)
    return list_views(desk, visitor)


@router.delete("/{view_id}", status_code=204, operation_id="delete_view")
def delete(desk: AtDesk, visitor: Bearing, view_id: SavedViewId) -> Response:
    """Delete a view that one may change."""
    with desk.pool.transaction() as conn:
        delete_view(conn, view_id, visitor=visitor, now=desk.clock())
    return Response(status_code=204)
