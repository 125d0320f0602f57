"""Keeps the clocks of cases right, and says when one, or a promise, runs out. Place in the path: sweep -> here -> `actions.clocks`."""

from amends.inbox.actions.clocks import BATCH, keep_due
from amends.inbox.actions.promises import ring_due
from amends.worker.context import Context
from amends.worker.names import Task


def keep_batch(at: Context) -> bool:
    """See to one batch of cases; False where none is left."""
    with at.pool.transaction() as conn:
        done = keep_due(conn, now=at.clock())
        rung = ring_due(conn, now=at.clock())
    if done or rung:
        at.wake(Task.RELAY)
    return BATCH in {done, rung}
