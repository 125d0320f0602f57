"""SQL of what numbers are broken down by: what each id is called, those that are gone too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    id: int
    name: str


_NAMED: Mapping[str, LiteralString] = {
    "brand": "select id, name from brands",
    "source": "select id, handle as name from sources",
    "team": "select id, name from teams",
    "assignee": "select id, name from agents",
    "topic": "select id, name from topics where archived_at is null",
    "segment": "select id, name from segments where shared and deleted_at is null",
}


def named(conn: Connection, dimension: str) -> dict[int, str]:
    """Return the names of a dimension's values by id."""
    return {one.id: one.name for one in fetch_all(conn, _Called, _NAMED[dimension])}
