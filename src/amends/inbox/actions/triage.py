"""Judges what was collected and puts it on the desk. Place in the path: event `post_received` -> here -> case, alert."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.ports import Classifier
from amends.inbox.rules.policy import Policy


def triage_pending(conn: Connection, *, classifier: Classifier, policy: Policy, now: datetime, limit: int = 50) -> int:
    """Triage at most `limit` posts, the oldest first, and return how many; safe to run many at once."""
    raise NotImplementedError
