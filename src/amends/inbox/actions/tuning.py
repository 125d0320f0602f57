"""Gathers what the company set and taught for triage. Place in the path: settings and corrections -> here -> `triage.judge`."""

from amends.core.database import Connection
from amends.inbox.store import order_shapes
from amends.triage.tuning import Tuning


def tuning(conn: Connection) -> Tuning:
    """Return the tuning in force."""
    return Tuning(order_shapes=order_shapes.newest(conn))
