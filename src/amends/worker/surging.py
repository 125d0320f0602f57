"""Looks whether more complaints come than usual. Place in the path: beat -> here -> `actions.surges` -> deliveries."""

from amends.inbox.actions import surges
from amends.worker.context import Context
from amends.worker.names import Task


def look(at: Context) -> bool:
    """Look at one rule; False where all were looked at a moment ago."""
    with at.pool.transaction() as conn:
        looked = surges.look(conn, now=at.clock())
    if looked:
        at.wake(Task.DELIVER_ALERTS)
    return looked


def escalate(at: Context) -> None:
    """Tell again of what nobody has seen to."""
    with at.pool.transaction() as conn:
        told = surges.escalate(conn, now=at.clock())
    if told:
        at.wake(Task.DELIVER_ALERTS)
