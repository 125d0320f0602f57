"""Wakes the cases whose time has come. Place in the path: sweep -> here -> the case is open or waiting again, and unread."""

from amends.inbox.actions import snooze
from amends.worker.context import Context
from amends.worker.names import Task


def wake_batch(at: Context) -> bool:
    """Wake one batch; False where none is left."""
    with at.pool.transaction() as conn:
        woken = snooze.wake_due(conn, now=at.clock())
    if woken:
        at.wake(Task.RELAY)
    return woken == snooze.BATCH
