"""Gathers what the company set and taught for triage. Place in the path: settings and corrections -> here -> `triage.judge`."""

from amends.core.database import Connection
from amends.inbox.store import urgency_weights
from amends.triage.tuning import Tuning
from amends.triage.urgency_weights import SHIPPED_WEIGHTS


def tuning(conn: Connection) -> Tuning:
    """Return the tuning in force."""
    weighed = urgency_weights.newest(conn)
    return Tuning(
        urgency=weighed.weights if weighed else SHIPPED_WEIGHTS,
    )
