"""Customers at size: their pages and timelines, whom segments find as one types, who is who, and files of people in and out.

The parts are in `cli/measuring`, on one database: `customer_pages`, `segments`, `identity`, `imports`.
"""

from collections.abc import Callable, Mapping

from amends.cli.measuring.customer_pages import page_rows
from amends.cli.measuring.customers import HEAVY_POSTS, fill_customers
from amends.cli.measuring.identity import identity_rows
from amends.cli.measuring.imports import MOST, import_rows
from amends.cli.measuring.inbox import settle
from amends.cli.measuring.row import Row
from amends.cli.measuring.segments import segment_rows
from amends.cli.running.installation import say
from amends.core.database import connect, fetch_values, open_pool

FULL = 100_000
WORKLOAD = (
    f"customers with 3 handles and 20 entries each, one with {HEAVY_POSTS:,} posts; segments typed letter by letter; 10,000 new handles; "
    "a merge of 10,000 entries; a file of ten columns imported, imported again, and taken back"
)


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what customers cost when there are `full` of them."""
    _fill(url, full)
    pool = open_pool(url)
    try:
        parts: Mapping[str, Callable[[], list[Row]]] = {
            "pages": lambda: page_rows(url, people=full),
            "segments": lambda: segment_rows(url),
            "who is who": lambda: identity_rows(pool, people=full),
            "imports": lambda: import_rows(pool, most=min(full, MOST)),
        }
        return [row for name, rows in parts.items() for row in _told(name, rows)]
    finally:
        pool.close()


def _told(name: str, rows: Callable[[], list[Row]]) -> list[Row]:
    """Measure a part, and say which it is: at a million the whole takes a while."""
    say(f"measuring {name}")
    return rows()


def _fill(url: str, customers: int) -> None:
    with connect(url) as conn:
        if fetch_values(conn, "select exists (select from customers)")[0]:
            return
        say(f"making {customers:,} customers")
        fill_customers(conn, customers=customers)
    with connect(url, autocommit=True) as conn:
        settle(conn)
