"""Opening a case: its page with twenty messages, against a bare page of fifty rows of the same server."""

from amends.cli.measuring.desks import desk_of
from amends.cli.measuring.inbox import MESSAGES
from amends.cli.measuring.row import Row, Timed, delay, slowest, warmed
from amends.cli.measuring.web import FLOOR, browsing
from amends.core.database import connect, fetch_values

FULL = 100_000
ROUNDS = 60
PATIENCE = 200
PANE = {"HX-Request": "true", "HX-Target": "case"}
WORKLOAD = f"a case with {MESSAGES} messages on a desk of many"


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what a case's page costs at `full` cases."""
    large = desk_of(url, cases=full)
    with connect(large) as conn:
        case_id = fetch_values(conn, "select id from cases where status = 'open' order by id desc limit 1")[0]
    with browsing(large) as client:

        def fetching(path: str, headers: dict[str, str] | None = None) -> Timed:
            return warmed(lambda: client.get(path, headers=headers).raise_for_status())

        pane, page = fetching(f"/inbox/{case_id}", PANE), fetching(f"/inbox/{case_id}")
        return [
            delay("case as a click fetches it", product=pane, floor=fetching(FLOOR), rounds=ROUNDS, at_most=8),
            slowest("case as a click fetches it, p99", work=pane, rounds=PATIENCE, at_most=30),
            slowest("case with the list beside it, p99", work=page, rounds=PATIENCE, at_most=60),
        ]
