"""What the screen of segments shows: the box with what it finds as one types, the segments there are, and a segment's members."""

from typing import Any

from amends.core.database import Connection
from amends.inbox.actions.customer_figures import as_seen
from amends.inbox.actions.segments import asked, listed, previewed, uses
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.customer_fields import archived_in, customer_fields, suggested
from amends.inbox.rules.query import NotAQuery
from amends.inbox.rules.query_help import place_of, suggestions
from amends.inbox.rules.query_reading import parse
from amends.inbox.store import counts, customer_sql, query_names, segment_members
from amends.inbox.store.matching import TooBroad
from amends.inbox.store.segments import Segment
from amends.inbox.store.sessions import Visitor


def found_values(conn: Connection, text: str, asker: Asker) -> dict[str, Any]:
    """Return what a query finds, or why it cannot be asked; an empty one is not asked at all."""
    nothing = {"q": text, "shown": None, "trouble": "", "archived": []}
    if not text.strip():
        return nothing
    try:
        shown = previewed(conn, text, asker)
    except (NotAQuery, TooBroad) as error:
        return nothing | {"trouble": str(error)}
    return nothing | {"shown": shown, "archived": archived(conn, text)}


def archived(conn: Connection, text: str) -> list[str]:
    """Return the archived attributes that a query asks."""
    there = customer_sql.attributes(conn)
    return archived_in(parse(text, customer_fields(there)), there)


def page_values(conn: Connection, visitor: Visitor) -> dict[str, Any]:
    """Return what lies around the box."""
    return {"segments": listed(conn, visitor), "counts": counts.read(conn, visitor.scope)}


def member_values(conn: Connection, segment: Segment, visitor: Visitor, asker: Asker, below: int | None = None) -> dict[str, Any]:
    """Return a page of a segment's members, the newest first; a segment that cannot be read any more has none, and says why."""
    values: dict[str, Any] = {"segment": segment, "members": [], "more": None, "goes_on": False, "trouble": "", "archived": []}
    values["used_by"] = [one.name for one in uses(conn, segment, visitor)] if may_change(segment, visitor) else []
    try:
        found = segment_members.page(conn, asked(conn, segment.query, asker), below=below)
    except (NotAQuery, TooBroad) as error:
        return values | {"trouble": str(error)}
    return values | {
        "members": as_seen(conn, found.members, asker.scope, now=asker.now),
        "more": found.below,
        "goes_on": found.fell_short,
        "archived": archived(conn, segment.query),
        "may_change": may_change(segment, visitor),
    }


def may_change(segment: Segment, visitor: Visitor) -> bool:
    """Tell whether the visitor is offered to change the segment."""
    return visitor.may("share") if segment.shared else segment.agent_id == visitor.agent_id and visitor.may("work")


def suggested_values(conn: Connection, text: str, at: int) -> dict[str, Any]:
    """Return what the list under the box shows for the cursor at `at`."""
    fields = suggested(customer_sql.attributes(conn))
    place = place_of(text, at, fields)
    return {"place": place, "suggestions": suggestions(place, _names(conn, place.field, place.typed), fields)}


def _names(conn: Connection, field: str, typed: str) -> list[str]:
    if field == "organisation":
        return customer_sql.organisations_called(conn, typed.strip('"'))
    if field == "tag":
        return customer_sql.tags_of_late(conn)
    return [one.names[0] for one in query_names.known(conn, field)]
