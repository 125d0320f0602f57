"""Segments, for benchmarks: how many a query finds as one types, over common, rare and odd conditions; and pages of members."""

from itertools import cycle

from amends.cli.measuring.row import Row, Timed, limited, slowest, tail, warmed
from amends.core.clock import utc_now
from amends.core.database import Connection, connect
from amends.core.errors import Refused
from amends.inbox.actions.segments import asked, previewed
from amends.inbox.rules.asking import Asker
from amends.inbox.store import segment_members

ROUNDS = 60
P95 = 200
TYPED = (
    "tag:vip",
    "risk:high",
    "risk:high owner:none",
    "mood:negative follow-up:relapsed contact:<30d",
    "attr-tier:Gold open:>=1",
    "purchases:>=2 amount:>=400 bought:<90d",
    "amount:>=499 tag:press",
    "-amount:>=1",
    "birthday:<7d -is:do-not-contact",
    'organisation:"Union 7" role:board',
    "signal:renewal-soon renews:<30d",
    "lang:ta OR (lang:si since:>=2026-01-01)",
    "tag:rare-7",
    "tag:nobody-has-this",
    "attr-visits:>=97 tag:press open:>=2 risk:high",
    "loyalty:ZZ99",
)

PAGED = (*TYPED[:4], "amount:>=499 tag:press", "-purchases:>=1")


def segment_rows(url: str) -> list[Row]:
    """Return what counting as one types costs, and what a page of members does."""
    with connect(url) as conn:
        rows = [_p95(f"size as one types: {text}, p95", _typing(conn, text)) for text in TYPED]
        letters = cycle(text[:length] for text in TYPED for length in range(len(text) - 4, len(text) + 1))
        every = _p95("size as one types, letter by letter, p95", lambda: _shown(conn, next(letters)), rounds=len(TYPED) * 5)
        pages = [
            slowest(f"page of members: {text}, p99", work=warmed(_page(conn, text), times=2), rounds=10, at_most=300) for text in PAGED
        ]
    return [every, *rows, *pages]


def _p95(operation: str, work: Timed, *, rounds: int = ROUNDS) -> Row:
    warmed(work, times=3)
    return limited(operation, product=tail(work, rounds=rounds, percent=95), floor=P95, unit="ms", at_most=P95)


def _typing(conn: Connection, text: str) -> Timed:
    return lambda: _shown(conn, text)


def _shown(conn: Connection, text: str) -> object:
    """Ask as the page does; what is half typed is refused, which takes its time too."""
    try:
        with conn.transaction():
            return previewed(conn, text, Asker(agent_id=1, now=utc_now()))
    except Refused:
        return None


def _page(conn: Connection, text: str) -> Timed:
    def fetch() -> object:
        with conn.transaction():
            return segment_members.page(conn, asked(conn, text, Asker(agent_id=1, now=utc_now())))

    return fetch
