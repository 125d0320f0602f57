"""The pane of views: the built-in ones and the saved ones, each with its address and how many cases it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from amends.api import words
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.actions.saved_views import mark_of
from amends.inbox.rules.asking import Asker, is_personal
from amends.inbox.rules.query import Query
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING, Right, may
from amends.inbox.rules.saved_views import COLOURS
from amends.inbox.rules.views import View
from amends.inbox.store import mentions, saved_views, teams, view_counts
from amends.inbox.store.saved_views import SavedView
from amends.inbox.store.sessions import Visitor
from amends.inbox.store.view_counts import MOST, TimeCounts

_OF_TIME = {View.DUE_SOON: "due_soon", View.BREACHED: "breached", View.FOLLOW_UPS: "follow_ups"}
COLOUR_NAMES = {
    "": N_("None"),
    "grey": N_("Grey"),
    "red": N_("Red"),
    "amber": N_("Amber"),
    "green": N_("Green"),
    "blue": N_("Blue"),
}
_MENTIONS = "mentions of the visitor"
_LATE = {View.OPEN, View.BREACHED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A view in the pane: `live` is the counter that the stream of news keeps, empty where the pane is fetched anew for it."""

    key: str
    name: str
    address: str
    count: str
    live: str = ""
    late: bool = False
    colour: str = ""
    saved: SavedView | None = None
    mine: bool = False
    counted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """All views that somebody sees."""

    built_in: Sequence[Entry]
    saved: Sequence[Entry]
    audiences: Sequence[tuple[str, str]]
    colours: Sequence[str] = COLOURS

    def audience_of(self, view: SavedView) -> str:
        """Return for whom a view is, as the list of choice says it."""
        return f"team-{view.team_id}" if view.team_id else view.audience

    def mark_of(self, view: SavedView) -> str:
        """Return what tells a view from the same view changed since."""
        return mark_of(view)

    def colour_name(self, colour: str) -> str:
        """Return what a colour is called."""
        return _(COLOUR_NAMES[colour])

    def place_of(self, asked: Query, view: View, *, exact: bool) -> Entry:
        """Return the view that a query is; of one that only narrows a built-in view, that view without its count."""
        for entry in self.saved:
            if entry.saved and not exact and entry.saved.query == str(asked):
                return entry
        home = next(entry for entry in self.built_in if entry.key == view)
        return home if exact else Entry(key=home.key, name=home.name, address=home.address, count="")


def shelf_of(conn: Connection, visitor: Visitor, counts: Mapping[str, int], asker: Asker) -> Shelf:
    """Return the views of a visitor, and ask the worker to keep the counts of the saved ones for as long as somebody looks."""
    timed = view_counts.of_time(conn, asker.scope, now=asker.now)
    named = mentions.count(conn, agent_id=visitor.agent_id, scope=visitor.scope, most=MOST)
    counts = {**counts, _MENTIONS: named}
    views = saved_views.seen_by(conn, visitor.agent_id, visitor.role)
    if views:
        whose = [asker.agent_id if _is_own(view, asker) else 0 for view in views]
        view_counts.want(conn, [view.id for view in views], whose, now=asker.now)
    counted = {found.view_id: found for found in saved_views.counted(conn, visitor.agent_id)} if views else {}
    saved = [_kept(view, counted.get(view.id), visitor) for view in views]
    return Shelf(built_in=[_built_in(view, visitor, counts, timed) for view in View], saved=saved, audiences=_audiences(conn, visitor))


def _audiences(conn: Connection, visitor: Visitor) -> list[tuple[str, str]]:
    """Return for whom a visitor may keep a view."""
    own = [("me", _("Only me"))]
    if not may(visitor.role, Right.SHARE):
        return own
    shared = [(f"team-{team.id}", team.name) for team in teams.shared_with(conn, visitor.agent_id, visitor.role)]
    return [*own, *shared, ("all", _("Everyone"))]


def _is_own(view: SavedView, asker: Asker) -> bool:
    """Tell whether a view holds other cases for others."""
    try:
        return asker.scope != EVERYTHING or is_personal(parse(view.query))
    except Refused:
        return False


def _built_in(view: View, visitor: Visitor, counts: Mapping[str, int], timed: TimeCounts) -> Entry:
    live = words.COUNTERS.get(view, "") + (str(visitor.agent_id) if view is View.MINE else "")
    n = getattr(timed, _OF_TIME[view]) if view in _OF_TIME else counts.get(_MENTIONS if view is View.MENTIONS else live, 0)
    name, address = _(words.VIEWS[view]), f"/inbox?view={view}"
    return Entry(key=view, name=name, address=address, count=_shown(n), live=live, late=view in _LATE)


def _kept(view: SavedView, counted: saved_views.Counted | None, visitor: Visitor) -> Entry:
    mine = view.agent_id == visitor.agent_id if view.audience == "me" else may(visitor.role, Right.SHARE)
    return Entry(
        key=f"s{view.id}",
        name=view.name,
        address="/inbox?" + urlencode({"q": view.query, "sort": view.sort}),
        count=_shown(counted.n) if counted and counted.n is not None else "",
        colour=view.colour,
        saved=view,
        mine=mine,
        counted_at=counted.counted_at if counted else None,
    )


def _shown(n: int) -> str:
    """Return a count as it is shown: nothing where there is none; exact counts are never as round as what we stop at."""
    return "" if not n else (f"{MOST - 1}+" if n == MOST else str(n))
