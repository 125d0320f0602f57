"""Keeps the counts of saved views that somebody looks at. Place in the path: beat -> here -> `saved_view_counts` -> the pane of views."""

from datetime import datetime, timedelta
from time import monotonic

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import matching, scopes, view_counts
from amends.inbox.store.view_counts import Wanted

BATCH = 20


def claim_stale(conn: Connection, *, now: datetime) -> list[Wanted]:
    """Take at most `BATCH` counts that somebody looks at and that are old."""
    return view_counts.claim_stale(conn, now=now, limit=BATCH)


def count_anew(conn: Connection, wanted: Wanted, *, now: datetime) -> None:
    """Count a view and keep what that cost."""
    began = monotonic()
    n = _count(conn, wanted, now)
    view_counts.keep(conn, wanted, n=n, cost=timedelta(seconds=monotonic() - began), now=now)


def _count(conn: Connection, wanted: Wanted, now: datetime) -> int | None:
    """Return how many cases a view holds; None where it names what is gone, or is too dear."""
    try:
        scope = scopes.of_agent(conn, wanted.agent_id) if wanted.agent_id else EVERYTHING
        return matching.count_of(conn, parse(wanted.query), Asker(agent_id=wanted.agent_id, now=now, scope=scope))
    except Refused:
        return None
