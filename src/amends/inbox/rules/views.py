"""What an agent can look at: the built-in views as named queries, how a list is sorted, and where a page of it begins.

Place in the path: the doors read these from a URL and hand them to `inbox.store.inbox_list`. Nothing here does I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.query import Query
from amends.inbox.rules.query_reading import parse


class View(StrEnum):
    """A query that has a name and comes with Amends."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    NEEDS_LOOK = "needs_look"
    DUE_SOON = "due_soon"
    BREACHED = "breached"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    FOLLOW_UPS = "follow_ups"
    MENTIONS = "mentions"
    RESOLVED = "resolved"
    ALL = "all"


class Sort(StrEnum):
    """The order of a list; each is a keyset with the case's id as tie-breaker."""

    NEWEST = "newest"
    URGENCY = "urgency"
    DEADLINE = "deadline"
    LONGEST = "longest"


QUERIES: Mapping[View, str] = {
    View.OPEN: "status:open",
    View.MINE: "assignee:me status:open,waiting",
    View.UNASSIGNED: "status:open assignee:none",
    View.NEEDS_LOOK: "status:open needs:look",
    View.DUE_SOON: "status:open due:0s..1h",
    View.BREACHED: "status:open due:past",
    View.WAITING: "status:waiting",
    View.SNOOZED: "status:snoozed",
    View.FOLLOW_UPS: "follow-up:due",
    View.MENTIONS: "mentions:me status:open,waiting,snoozed",
    View.RESOLVED: "status:resolved",
    View.ALL: "",
}
SORTS: Mapping[View, Sort] = {View.DUE_SOON: Sort.DEADLINE, View.BREACHED: Sort.DEADLINE}


@cache
def query_of_view(view: View) -> Query:
    """Return what a built-in view asks."""
    return parse(QUERIES[view])


def sort_of_view(view: View) -> Sort:
    """Return the order in which a built-in view is listed where none is asked."""
    return SORTS.get(view, Sort.NEWEST)


@lru_cache(maxsize=256)
def home_of(query: Query) -> View:
    """Return the built-in view that the query is, or narrows: of several the one with the most conditions. A page asks ten times."""
    fitting = [view for view in View if query.holds(query_of_view(view))]
    return max(fitting, key=lambda view: len(query_of_view(view).parts))


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """The last row of a page: its sort key as text and its id. The next page holds what comes after it."""

    key: str
    id: int

    def __str__(self) -> str:
        """Return the marker as a URL carries it."""
        return f"{self.id}~{self.key}"

    @classmethod
    def read(cls, text: str, sort: Sort) -> "Marker | None":
        """Return the marker that `str` wrote for a list in the order of `sort`, None for an empty text; `Refused` otherwise."""
        if not text:
            return None
        number, tilde, key = text.partition("~")
        known = _key(key, sort) if tilde and number.isdecimal() and len(text) < 60 else None  # noqa: PLR2004
        if known is None:
            raise Refused(_("This marker does not belong to this list; begin again at its first page."))
        return cls(key=known, id=int(number))


def _key(key: str, sort: Sort) -> str | None:
    """Return the value of the column that `sort` orders by, as the database reads it; None where `key` is none."""
    if sort is Sort.URGENCY:
        return key if key.isdecimal() and int(key) <= 100 else None  # noqa: PLR2004
    if key == "infinity":
        return key
    try:
        moment = datetime.fromisoformat(key)
        return moment.astimezone(UTC).isoformat() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
