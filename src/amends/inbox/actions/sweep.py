"""Small housekeeping that any worker may do at any time."""

from amends.core.database import Connection
from amends.inbox.store import counts


def fold_counts(conn: Connection) -> int:
    """Fold the deltas of the case counters into their sums, and return how many views that touched."""
    return counts.fold(conn)
