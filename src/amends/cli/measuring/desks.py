"""Databases with a full desk for benchmarks, one a size; one that lies there already is used again."""

from urllib.parse import urlsplit

from amends.cli.measuring.inbox import fill_desk, settle
from amends.cli.running.installation import say
from amends.core.database import Connection, connect, database_beside, fetch_values
from amends.core.errors import Refused
from amends.core.migrate import migrate


def desk_of(url: str, *, cases: int) -> str:
    """Return the URL of a database beside `url` that holds a desk of `cases` cases."""
    name = f"desk_{cases}"
    try:
        with database_beside(url, name, keep=True) as found:
            beside = found
    except Refused:
        beside = urlsplit(url)._replace(path=f"/{name}").geturl()
    migrate(beside, say)
    with connect(beside) as conn:
        made = _fill(conn, cases)
    if made:
        with connect(beside, autocommit=True) as conn:
            settle(conn)
    return beside


def _fill(conn: Connection, cases: int) -> bool:
    """Fill an empty desk, and tell whether it was empty; one transaction, so that half a desk is none."""
    if fetch_values(conn, "select exists (select from cases)")[0]:
        return False
    say(f"making a desk of {cases:,} cases")
    fill_desk(conn, cases=cases)
    return True
