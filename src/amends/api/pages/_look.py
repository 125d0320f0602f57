"""The list of a query, with the views and the choices around it. Shared by the inbox and the case, which lie side by side."""

from dataclasses import dataclass
from typing import Any

from amends.api import words
from amends.api.looking import Look
from amends.api.pages._shelf import shelf_of
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import NotAQuery
from amends.inbox.rules.views import Marker
from amends.inbox.store import counts, heartbeats, inbox_list
from amends.inbox.store.inbox_list import CaseRow
from amends.inbox.store.matching import TooBroad
from amends.inbox.store.query_names import known
from amends.inbox.store.sessions import Visitor

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """One page of the list; `more` is the marker of the next one, empty at the end; `trouble` says why there are none."""

    rows: list[CaseRow]
    more: str
    trouble: str = ""


def list_page(conn: Connection, look: Look, asker: Asker, after: str = "") -> ListPage:
    """Return the page of the list behind the marker `after`; a query that makes no sense has none, and says why."""
    if look.trouble:
        return ListPage(rows=[], more="", trouble=look.trouble)
    marker = Marker.read(after, look.sort)
    try:
        rows = inbox_list.page(conn, look.asked, look.sort, asker, after=marker, limit=PAGE + 1)
    except (NotAQuery, TooBroad) as error:
        return ListPage(rows=[], more="", trouble=str(error))
    full = len(rows) > PAGE
    rows = rows[:PAGE]
    return ListPage(rows=rows, more=str(inbox_list.marker_of(rows[-1], look.sort)) if full else "")


def list_values(conn: Connection, look: Look, visitor: Visitor, asker: Asker) -> dict[str, Any]:
    """Return what the inbox template shows beside a case: the first page, the views with their counters, the choices of the filters."""
    counted = counts.read(conn, visitor.scope)
    shelf = shelf_of(conn, visitor, counted, asker)
    return {
        "look": look,
        "listed": list_page(conn, look, asker),
        "counts": counted,
        "shelf": shelf,
        "place": shelf.place_of(look.asked, look.view, exact=look.is_view),
        "choices": _choices(conn, look),
        "last_event": inbox_list.last_event(conn),
        "hindered": heartbeats.trouble_of(conn, heartbeats.TRIAGE),
    }


def _choices(conn: Connection, look: Look) -> dict[str, list[tuple[str, str]]]:
    """Return what the lists of choice offer: each value with the word for it."""
    found = {"brand": [(one.names[0], one.names[-1]) for one in known(conn, "brand")]}
    found["topic"] = [(one.names[0], words.topic(one.names[0])) for one in known(conn, "topic")]
    found["network"] = [(one.names[0], words.network(one.names[0])) for one in known(conn, "network")]
    found["language"] = [(code, words.language(code)) for code in words.spoken(look.asked.value_of("lang"))]
    found["mood"] = [(value, _(label)) for value, label in words.MOODS.items()]
    return found
