"""Reading the inbox: the list with its counters, deep pages, filters common and rare, and how all that grows with the number of cases."""

import httpx

from amends.cli.measuring.desks import desk_of
from amends.cli.measuring.inbox import POSTS_A_CASE, VAST
from amends.cli.measuring.row import Row, Timed, delay, slowest, warmed
from amends.cli.measuring.web import FLOOR, browsing
from amends.core.clock import utc_now
from amends.core.database import Connection, connect
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.views import Marker, Sort
from amends.inbox.store import counts, inbox_list

FULL = 100_000
SMALL = 10_000
ROUNDS = 60
PATIENCE = 200
LIST = {"HX-Request": "true", "HX-Target": "list"}
WORKLOAD = (
    f"cases with {POSTS_A_CASE} posts each (1 from {VAST:,} cases on), 12 % open, 12 sources, 50 agents; pages of 50; "
    f"grown from {SMALL:,} cases"
)
FILTERED = {
    "list of a language": "status:open lang:ta",
    "list of all that is negative": "mood:negative",
    "list of a topic by urgency": 'status:open topic:"Topic 3" urgency:>=50',
    "list of a rare combination": 'lang:kn reason:"legal threat" mood:positive network:bluesky',
    "list of a combination that there is not": "lang:am network:x mood:positive needs:look urgency:>=99",
    "list of what an agent has": "assignee:me",
    "list of a rare word": "lang:kn 77777",
}


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what the list costs at `full` cases, against a bare page of the same server and against a small desk."""
    small, large = desk_of(url, cases=SMALL), desk_of(url, cases=full)
    with browsing(large) as client, browsing(small) as before:
        rows = [*_over_http(client), _grown(before, client, full)]
    with connect(large) as conn:
        return rows + _in_store(conn)


def _over_http(client: httpx.Client) -> list[Row]:
    page, floor = _page(client, "/inbox"), _page(client, FLOOR)
    return [
        delay("list page with counters", product=page, floor=floor, rounds=ROUNDS, at_most=5),
        slowest("list page with counters, p99", work=page, rounds=PATIENCE, at_most=25),
        delay("list alone, as a click fetches it", product=_page(client, "/inbox", LIST), floor=floor, rounds=ROUNDS, at_most=5),
    ]


def _grown(before: httpx.Client, after: httpx.Client, full: int) -> Row:
    name = f"growth from {SMALL:,} to {full:,} cases"
    return delay(name, product=_page(after, "/inbox"), floor=_page(before, "/inbox"), rounds=ROUNDS, at_most=1.5)


def _page(client: httpx.Client, path: str, headers: dict[str, str] | None = None) -> Timed:
    return warmed(lambda: client.get(path, headers=headers).raise_for_status())


def _in_store(conn: Connection) -> list[Row]:
    first = warmed(lambda: _listed(conn, "status:open"))
    deep = _marker(conn)
    rows = [
        delay("deep page against the first", product=lambda: _listed(conn, "status:open", deep), floor=first, rounds=ROUNDS, at_most=1.2),
        slowest("counters, p99", work=lambda: counts.read(conn, EVERYTHING), rounds=PATIENCE, at_most=5),
    ]
    return rows + [
        slowest(f"{name}, p99", work=warmed(lambda text=text: _listed(conn, text)), rounds=ROUNDS, at_most=50)
        for name, text in FILTERED.items()
    ]


def _listed(conn: Connection, text: str, after: Marker | None = None) -> list[inbox_list.CaseRow]:
    return inbox_list.page(conn, parse(text), Sort.NEWEST, Asker(agent_id=1, now=utc_now()), after=after)


def _marker(conn: Connection) -> Marker:
    """Return where the page behind three quarters of the open cases begins."""
    open_cases = counts.read(conn, EVERYTHING)["status:open"]
    rows = inbox_list.page(conn, parse("status:open"), Sort.NEWEST, Asker(agent_id=1, now=utc_now()), limit=max(1, open_cases * 3 // 4))
    return inbox_list.marker_of(rows[-1], Sort.NEWEST)
