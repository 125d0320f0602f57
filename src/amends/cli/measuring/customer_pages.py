"""The pages of customers, for benchmarks: of somebody as most are and of somebody with 50,000 posts, and their timeline at any depth."""

from itertools import cycle

import httpx

from amends.cli.measuring.customers import HEAVY, HEAVY_POSTS
from amends.cli.measuring.row import Row, Timed, slowest, warmed
from amends.cli.measuring.web import browsing
from amends.core.database import connect, fetch_values

PATIENCE = 300
DEPTHS = {"the first": 0, "in the middle": HEAVY_POSTS // 2, "the deepest": HEAVY_POSTS - 40}


def page_rows(url: str, *, people: int) -> list[Row]:
    """Return what a customer's page and the pages of a timeline cost."""
    with browsing(url) as client:
        return [
            _row("a customer's page, p99", _one_after_the_other(client, people), at_most=40),
            _row(f"the page of a customer with {HEAVY_POSTS:,} posts, p99", _fetching(client, f"/customers/{HEAVY}"), at_most=40),
            *(_row(f"{which} timeline page of theirs, p99", _timeline(client, url, depth), at_most=30) for which, depth in DEPTHS.items()),
        ]


def _row(operation: str, work: Timed, *, at_most: float) -> Row:
    return slowest(operation, work=warmed(work), rounds=PATIENCE, at_most=at_most)


def _fetching(client: httpx.Client, path: str) -> Timed:
    return lambda: client.get(path).raise_for_status()


def _one_after_the_other(client: httpx.Client, customers: int) -> Timed:
    """Fetch another customer each time, so that no page is in memory already."""
    ids = cycle(2 + (n * 7919) % (customers - 1) for n in range(5_000))
    return lambda: client.get(f"/customers/{next(ids)}").raise_for_status()


def _timeline(client: httpx.Client, url: str, depth: int) -> Timed:
    with connect(url) as conn:
        query = "select published_at from posts where author_id = 1 order by published_at desc offset %(depth)s limit 1"
        at = fetch_values(conn, query, {"depth": depth})[0]
    below = f"{at.isoformat()}~post~{2**62}"
    return lambda: client.get(f"/customers/{HEAVY}/timeline", params={"below": below} if depth else {}).raise_for_status()
