"""Lets waiting cases press more with time. Place in the path: beat -> here -> `cases.waiting_points`."""

from amends.inbox.actions import waiting
from amends.worker.context import Context


def raise_batch(at: Context) -> bool:
    """Raise one batch of waiting cases; False where none is left."""
    with at.pool.transaction() as conn:
        return waiting.raise_waiting(conn, now=at.clock()) == waiting.BATCH
