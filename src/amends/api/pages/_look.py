"""What an agent looks at, as the URL carries it: view, order, filters. Shared by the inbox and the case, which lie side by side."""

from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query

from amends.core.database import Connection
from amends.inbox.rules.views import Filter, Marker, Sort, View
from amends.inbox.store import counts, inbox_list
from amends.inbox.store.inbox_list import CaseRow
from amends.inbox.store.sessions import Visitor

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A view in an order with filters."""

    view: View
    sort: Sort
    chosen: Filter

    def query(self, **changes: str) -> str:
        """Return the query of a URL that shows this, changed by `changes`; what is not set is left out."""
        fields = {
            "view": self.view.value,
            "sort": self.sort.value,
            "brand": self.chosen.brand,
            "network": self.chosen.network,
            "language": self.chosen.language,
            "mood": self.chosen.mood,
            "topic": self.chosen.topic,
            "q": self.chosen.text,
        } | changes
        kept = {key: value for key, value in fields.items() if value and (key, value) != ("sort", Sort.NEWEST.value)}
        return "?" + urlencode(kept)

    def unfiltered(self) -> "Look":
        """Return the same view and order without filters."""
        return replace(self, chosen=Filter())


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """One page of the list; `more` is the marker of the next one, empty at the end."""

    rows: list[CaseRow]
    more: str


def looking(  # noqa: PLR0913
    view: View = View.OPEN,
    sort: Sort = Sort.NEWEST,
    brand: Annotated[str, Query(max_length=100)] = "",
    network: Annotated[str, Query(max_length=40)] = "",
    language: Annotated[str, Query(max_length=10)] = "",
    mood: Annotated[str, Query(max_length=10)] = "",
    topic: Annotated[str, Query(max_length=18, pattern=r"^\d*$")] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Look:
    """Return what the URL asks for."""
    return Look(
        view=view, sort=sort, chosen=Filter(brand=brand, network=network, language=language, mood=mood, topic=topic, text=q.strip())
    )


Looking = Annotated[Look, Depends(looking)]


def list_page(conn: Connection, look: Look, visitor: Visitor, after: str = "") -> ListPage:
    """Return the page of the list behind the marker `after`."""
    marker = Marker.read(after, look.sort)
    rows = inbox_list.page(
        conn,
        view=look.view,
        chosen=look.chosen,
        sort=look.sort,
        agent_id=visitor.agent_id,
        scope=visitor.scope,
        after=marker,
        limit=PAGE + 1,
    )
    full = len(rows) > PAGE
    rows = rows[:PAGE]
    return ListPage(rows=rows, more=str(inbox_list.marker_of(rows[-1], look.sort)) if full else "")


def list_values(conn: Connection, look: Look, visitor: Visitor) -> dict[str, Any]:
    """Return what the inbox template shows beside a case: the first page, the counters, the choices of the filters."""
    return {
        "look": look,
        "listed": list_page(conn, look, visitor),
        "counts": counts.read(conn, visitor.scope),
        "choices": inbox_list.choices(conn, visitor.scope),
        "last_event": inbox_list.last_event(conn),
    }
