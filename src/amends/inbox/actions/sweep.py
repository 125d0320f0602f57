"""Small housekeeping that any worker may do at any time."""

from amends.core.database import Connection


def fold_counts(conn: Connection) -> int:
    """Fold the deltas of the case counters into their sums, and return how many rows were folded."""
    raise NotImplementedError
