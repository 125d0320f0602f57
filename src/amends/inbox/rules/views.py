"""What an agent can look at: the views of the inbox, how they are sorted, and where a page of the list begins.

Place in the path: the doors read these from a URL and hand them to `inbox.store.inbox_list`. Nothing here does I/O.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from amends.core.errors import Refused


class View(StrEnum):
    """A named part of all cases."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    NEEDS_LOOK = "needs_look"
    WAITING = "waiting"
    RESOLVED = "resolved"
    ALL = "all"


class Sort(StrEnum):
    """The order of a list; each is a keyset with the case's id as tie-breaker."""

    NEWEST = "newest"
    URGENCY = "urgency"
    LONGEST = "longest"


STATUSES: dict[View, tuple[str, ...]] = {
    View.OPEN: ("open",),
    View.MINE: ("open", "waiting"),
    View.UNASSIGNED: ("open",),
    View.NEEDS_LOOK: ("open",),
    View.WAITING: ("waiting",),
    View.RESOLVED: ("resolved",),
    View.ALL: ("open", "waiting", "snoozed", "resolved", "dismissed"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What narrows a view; an empty text means "any". `text` is searched for, `#17` names a case."""

    brand: str = ""
    network: str = ""
    language: str = ""
    mood: str = ""
    topic: str = ""
    text: str = ""

    @property
    def empty(self) -> bool:
        """True where nothing is narrowed."""
        return not (self.brand or self.network or self.language or self.mood or self.topic or self.text)


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
        if not (tilde and number.isdecimal() and len(text) < 60 and _is_key(key, sort)):  # noqa: PLR2004
            raise Refused("This marker does not belong to this list; begin again at its first page.")
        return cls(key=key, id=int(number))


def _is_key(key: str, sort: Sort) -> bool:
    """Tell whether `key` is a value of the column that `sort` orders by."""
    if sort is Sort.URGENCY:
        return key.isdecimal() and int(key) <= 100  # noqa: PLR2004
    try:
        return key == "infinity" or bool(datetime.fromisoformat(key))
    except ValueError:
        return False
