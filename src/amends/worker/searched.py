"""Reads what was written, so that it is found. Place in the path: triage, sweep -> here -> `search_texts`."""

from amends.inbox.actions import search_index
from amends.worker.context import Context


def read_searched_batch(at: Context) -> bool:
    """Read one batch of what waits; False where little is left."""
    with at.pool.transaction() as conn:
        return search_index.read_batch(conn) >= search_index.BATCH
