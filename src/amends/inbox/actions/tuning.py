"""Gathers what the company set and taught for triage. Place in the path: settings and corrections -> here -> `triage.judge`."""

from amends.core.database import Connection
from amends.triage.tuning import Tuning


def tuning(_conn: Connection) -> Tuning:
    """Return the tuning in force."""
    return Tuning()
