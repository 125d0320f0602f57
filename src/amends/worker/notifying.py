"""Tells people what happened. Place in the path: event, sweep -> here -> `actions.notify`."""

from amends.inbox.actions.notify import BATCH, notify
from amends.worker.context import Context


def notify_batch(at: Context) -> bool:
    """Tell people of one batch of events; False where none is left."""
    with at.pool.transaction() as conn:
        return notify(conn, now=at.clock()) == BATCH
