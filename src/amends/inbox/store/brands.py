"""SQL of brands."""

from amends.core.database import Connection, fetch_values


def brand_names(conn: Connection) -> list[str]:
    """Return the names of all brands, in alphabetical order."""
    return fetch_values(conn, "select name from brands order by name")
