"""SQL of brands."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.ids import BrandId


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """A brand as a choice on screen."""

    id: BrandId
    name: str


def brand_names(conn: Connection) -> list[str]:
    """Return the names of all brands, in alphabetical order."""
    return fetch_values(conn, "select name from brands order by name")


def every(conn: Connection) -> list[Brand]:
    """Return all brands by name."""
    return fetch_all(conn, Brand, "select id, name from brands order by name")


def exists(conn: Connection, *, brand_id: BrandId) -> bool:
    """Return whether there is such a brand."""
    return bool(fetch_values(conn, "select exists (select from brands where id = %(id)s)", {"id": brand_id})[0])
