"""Who is who: knowing whose post it is, looking for the same person elsewhere, merging, and what suggestions are worth."""

from amends.cli.measuring.identity import fill, rows
from amends.cli.measuring.inbox import settle
from amends.cli.measuring.row import Row
from amends.cli.running.installation import say
from amends.core.database import connect, fetch_values, open_pool

FULL = 100_000
WORKLOAD = "customers with 3 handles each, 10,000 new handles, a record with 10,000 entries, and invented people in eight languages"


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what identity costs at `full` customers."""
    with connect(url) as conn:
        if not fetch_values(conn, "select exists (select from customers)")[0]:
            say(f"making {full:,} customers")
            fill(conn, people=full)
    with connect(url, autocommit=True) as conn:
        settle(conn)
    pool = open_pool(url)
    try:
        return rows(pool, people=full)
    finally:
        pool.close()
