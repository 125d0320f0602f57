"""Looks for the same person elsewhere, a batch at a time. Place in the path: sweep -> here -> suggestions, merges."""

from amends.inbox.actions import find_same
from amends.worker.context import Context


def find_same_batch(at: Context) -> bool:
    """Look for one batch of records elsewhere, and make one of two whom strong evidence links; False where nothing is left."""
    with at.pool.transaction() as conn:
        looked = find_same.find_same(conn, now=at.clock())
    with at.pool.transaction() as conn:
        followed = find_same.follow_strong(conn, now=at.clock())
    return bool(looked) or followed
