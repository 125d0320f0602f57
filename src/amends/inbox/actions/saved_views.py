"""Keeps, changes, moves and takes away saved views. Place in the path: a query on screen -> a named view in the pane."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotAllowed, NotFound
from amends.core.translating import _
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import SavedViewId
from amends.inbox.rules.query import Query
from amends.inbox.rules.saved_views import Audience, check_may_change, check_room, coloured, named
from amends.inbox.rules.seen import mark_by
from amends.inbox.rules.views import Sort
from amends.inbox.store import events, saved_views, teams, view_counts
from amends.inbox.store.query_names import names_of
from amends.inbox.store.saved_views import SavedView, Written
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a view shall be; `team_id` where it is for a team."""

    name: str
    query: Query
    sort: Sort = Sort.NEWEST
    colour: str = ""
    audience: Audience = Audience.ME
    team_id: int | None = None


def save_view(conn: Connection, wish: Wish, *, visitor: Visitor, now: datetime) -> SavedViewId | None:
    """Keep a new view behind the others and return its id, None where it is kept already; what its query names must be there."""
    written = _written(conn, wish, visitor)
    if saved_views.is_kept(conn, written, agent_id=visitor.agent_id):
        return None
    check_room(saved_views.count_beside(conn, audience=wish.audience, agent_id=visitor.agent_id), wish.audience)
    view_id = saved_views.insert(conn, written, agent_id=visitor.agent_id, now=now)
    events.add(conn, EventKind.VIEW_SAVED, now=now, agent_id=visitor.agent_id, view_id=view_id, name=written.name, query=written.query)
    return view_id


def change_view(
    conn: Connection, view_id: SavedViewId, wish: Wish, *, visitor: Visitor, now: datetime, seen: str = ""
) -> tuple[SavedView, str]:
    """Rename a view, share it, or let it ask something else; return what it was, and the `mark_of` what it is.

    `seen` is the `mark_of` the view that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    before = unchanged(conn, f"view {view_id}", lambda: view_to_change(conn, view_id, visitor), mark_of, seen)
    written = _written(conn, wish, visitor, owner_id=before.agent_id)
    saved_views.update(conn, view_id, written)
    if before.query != written.query:
        view_counts.forget(conn, view_id)
    was, is_now = ([one.name, one.query, one.sort] for one in (before, written))
    events.add(conn, EventKind.VIEW_CHANGED, now=now, agent_id=visitor.agent_id, view_id=view_id, before=was, after=is_now)
    return before, mark_of(written)


def mark_of(view: SavedView | Written) -> str:
    """Return what tells a view as its form shows it from the same view changed since."""
    return mark_by(Written, view)


def _written(conn: Connection, wish: Wish, visitor: Visitor, owner_id: int | None = None) -> Written:
    """Return the wish as it is stored; `NotAllowed`, `Refused` where it cannot be."""
    owner = visitor.agent_id if owner_id is None else owner_id
    check_may_change(role=visitor.role, agent_id=visitor.agent_id, owner_id=owner, audience=wish.audience)
    names_of(conn, wish.query)
    return Written(
        name=named(wish.name),
        query=str(wish.query),
        sort=wish.sort,
        colour=coloured(wish.colour),
        audience=wish.audience,
        team_id=_team(conn, wish, visitor),
    )


def _team(conn: Connection, wish: Wish, visitor: Visitor) -> int | None:
    """Return the team that a view is for; a lead shares with a team of their own."""
    if wish.audience is not Audience.TEAM:
        return None
    if wish.team_id not in {team.id for team in teams.shared_with(conn, visitor.agent_id, visitor.role)}:
        raise NotAllowed(_("This is not a team of yours."))
    return wish.team_id


def move_view(conn: Connection, view_id: SavedViewId, *, up: bool, visitor: Visitor) -> bool:
    """Let a view change places with the one above or below it, of those that are one's own or shared as it is; False at the end."""
    view = view_to_change(conn, view_id, visitor)
    there = saved_views.seen_by(conn, visitor.agent_id, visitor.role)
    beside = [one for one in there if (one.audience == "me") == (view.audience == "me")]
    place = next(index for index, one in enumerate(beside) if one.id == view.id) + (-1 if up else 1)
    if not 0 <= place < len(beside):
        return False
    saved_views.swap(conn, view, beside[place])
    return True


def delete_view(conn: Connection, view_id: SavedViewId, *, visitor: Visitor, now: datetime) -> SavedView:
    """Take a view away and return it."""
    view = view_to_change(conn, view_id, visitor)
    saved_views.set_deleted(conn, view_id, at=now)
    events.add(conn, EventKind.VIEW_DELETED, now=now, agent_id=visitor.agent_id, view_id=view_id, name=view.name)
    return view


def restore_view(conn: Connection, view_id: SavedViewId, *, visitor: Visitor, now: datetime) -> SavedView:
    """Bring a deleted view back and return it."""
    view = view_to_change(conn, view_id, visitor, deleted=True)
    saved_views.set_deleted(conn, view_id, at=None)
    events.add(conn, EventKind.VIEW_RESTORED, now=now, agent_id=visitor.agent_id, view_id=view_id, name=view.name)
    return view


def view_to_change(conn: Connection, view_id: SavedViewId, visitor: Visitor, *, deleted: bool = False) -> SavedView:
    """Return a view that the visitor sees and may change, or with `deleted` bring back; `NotFound`, `NotAllowed`."""
    view = saved_views.find_seen(conn, view_id, visitor.agent_id, visitor.role, deleted=deleted)
    if view is None:
        raise NotFound(_("There is no such view."))
    check_may_change(role=visitor.role, agent_id=visitor.agent_id, owner_id=view.agent_id, audience=view.audience)
    return view
