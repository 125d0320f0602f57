"""SQL of what tells this installation from every other."""

from amends.core.database import Connection, fetch_values


def stamp(conn: Connection) -> str:
    """Return what our customers' numbers carry in files, so that they are nobody else's."""
    return fetch_values(conn, "select stamp from installation")[0]
