"""What the search box suggests: fields, then their values, with the names that we know."""

from collections.abc import Sequence
from typing import Any

from amends.api import words
from amends.core.database import Connection
from amends.inbox.rules.customer_fields import suggested_of_cases
from amends.inbox.rules.query_help import place_of, suggestions
from amends.inbox.store import customer_sql, sources
from amends.inbox.store.query_names import known


def suggested(conn: Connection, text: str, at: int) -> dict[str, Any]:
    """Return what the list under the box shows for the cursor at `at`."""
    fields = suggested_of_cases(customer_sql.attributes(conn))
    place = place_of(text, at, fields)
    said = {"topic": words.topic, "lang": words.language}.get(place.field, str)
    return {"place": place, "suggestions": suggestions(place, _names(conn, place.field), fields, said)}


def _names(conn: Connection, field: str) -> Sequence[str]:
    if field == "lang":
        return (*words.SPOKEN, *words.LANGUAGES)
    if field == "region":
        return sources.regions(conn)
    return [one.names[0] for one in known(conn, field)]
