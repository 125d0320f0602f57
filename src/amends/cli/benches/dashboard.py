"""The managers' dashboard: seven numbers of thirty days and of a year, beside the same numbers as a sum over events."""

import time
from datetime import timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

from amends.cli.measuring.row import Row, Timed, delay, limited, slowest, warmed
from amends.cli.measuring.year import fill_year
from amends.cli.running.installation import say
from amends.core.clock import utc_now
from amends.core.database import Connection, connect, execute, fetch_values
from amends.inbox.actions import facts
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import Period
from amends.inbox.store import numbers
from amends.inbox.store.numbers import Asked

FULL = 100_000
ROUNDS = 20
PATIENCE = 100
WORKLOAD = (
    "inflow, resolved, first answer, time to resolve, reopened, held and backlog, each with the span before; medians, p90; "
    "the floor sums seven kinds of events as a peer does, means only"
)
SPANS = {"30 days": (30, 100), "a year": (365, 150)}
_SUM: LiteralString = "from peer_events where account_id = 1 and created_at >= %(since)s and created_at < %(until)s and name = "
_PEER: LiteralString = (
    "select (select count(*) from cases where opened_at >= %(since)s and opened_at < %(until)s), (select count(*) "  # noqa: S608 - literals
    + _SUM
    + "'incoming_message'), (select count(*) "
    + _SUM
    + "'outgoing_message'), (select avg(value) "
    + _SUM
    + "'first_response'), (select avg(value) "
    + _SUM
    + "'conversation_resolved'), (select count(*) "
    + _SUM
    + "'conversation_resolved'), (select avg(value) "
    + _SUM
    + "'reply_time')"
)


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what the dashboard costs at `full` cases."""
    with connect(url) as conn:
        if not fetch_values(conn, "select exists (select from cases)")[0]:
            say(f"making a year of {full:,} cases")
            fill_year(conn, cases=full)
    with connect(url) as conn:
        built = _rebuilt(conn, full)
    with connect(url, autocommit=True) as conn:
        execute(conn, "vacuum analyze")
    with connect(url, autocommit=True) as conn:
        return [row for name, (days, most) in SPANS.items() for row in _span(conn, name, days, most)] + [
            _narrowed(conn, "network:x lang:en"),
            _fresh(conn),
            built,
        ]


def _rebuilt(conn: Connection, full: int) -> Row:
    began = time.perf_counter()
    facts.rebuild(conn)
    took = time.perf_counter() - began
    return limited("rebuild of all facts", product=round(took, 1), floor=full / 100_000, unit="s", at_most=full / 4_000)


def _span(conn: Connection, name: str, days: int, most: float) -> list[Row]:
    product, peer = warmed(lambda: _measured(conn, days)), warmed(lambda: _summed(conn, days))
    return [
        delay(f"{name}, against a sum over events", product=product, floor=peer, rounds=ROUNDS, at_most=1),
        slowest(f"{name}, p99", work=product, rounds=PATIENCE, at_most=most),
    ]


def _narrowed(conn: Connection, text: str) -> Row:
    return slowest(f"a year of {text}, p99", work=warmed(lambda: _measured(conn, 365, text)), rounds=PATIENCE, at_most=300)


def _fresh(conn: Connection) -> Row:
    """Return how long it takes until a change stands in the numbers, the day packed anew."""
    return slowest("from a change to the numbers, p99", work=warmed(_change(conn)), rounds=ROUNDS, at_most=5_000)


def _change(conn: Connection) -> Timed:
    def work() -> None:
        execute(
            conn, "update cases set sentiment = case sentiment when 'neutral' then 'positive' else 'neutral' end where id %% 99991 = 7", {}
        )
        with conn.transaction():
            facts.fold(conn)
        _measured(conn, 30)

    return work


def _measured(conn: Connection, days: int, text: str = "") -> object:
    now = utc_now()
    period = Period(since=now - timedelta(days=days), until=now)
    asked = Asked(period=period, query=parse(text), asker=Asker(agent_id=1, now=now), zone=ZoneInfo("Asia/Colombo"))
    found = numbers.find(conn, asked)
    return found.measures(asked), found.measures_before(asked), found.backlog


def _summed(conn: Connection, days: int) -> object:
    now = utc_now()
    for back in (0, 1):
        until = now - back * timedelta(days=days)
        fetch_values(conn, _PEER, {"since": until - timedelta(days=days), "until": until})
    return None
