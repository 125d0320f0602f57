"""Raises the urgency of cases while their customers wait for us. Place in the path: beat -> here, a batch at a time."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions.tuning import tuning
from amends.inbox.store import waiting
from amends.triage.urgency_weights import WAITS

BATCH = 500


def raise_waiting(conn: Connection, *, now: datetime, limit: int = BATCH) -> int:
    """Give at most `limit` cases the points that their wait is worth, and return how many changed; doing it twice changes nothing.

    It writes no event: that time goes by is no news, and every open case would be told of it.
    """
    return waiting.raise_waiting(conn, waits=WAITS, points=tuning(conn).urgency.waiting_points, now=now, limit=limit)
