"""Keeps the counts of the saved views that somebody looks at. Place in the path: beat -> here -> `saved_view_counts`."""

from amends.inbox.actions import view_counts
from amends.worker.context import Context


def count_views_batch(at: Context) -> bool:
    """Count one batch of views; False where no count is old."""
    with at.pool.transaction() as conn:
        stale = view_counts.claim_stale(conn, now=at.clock())
    for wanted in stale:
        with at.pool.transaction() as conn:
            view_counts.count_anew(conn, wanted, now=at.clock())
    return len(stale) == view_counts.BATCH
