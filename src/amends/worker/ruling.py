"""Lets the rules of the team act. Place in the path: event, sweep, beat -> here -> `actions.automation`."""

from amends.inbox.actions import automation
from amends.worker.context import Context
from amends.worker.names import Task


def apply_batch(at: Context) -> bool:
    """Let the rules answer one batch of events; False where none is left."""
    with at.pool.transaction() as conn:
        answered = automation.apply_rules(conn, policy=at.policy, now=at.clock())
    if answered:
        at.wake(Task.RELAY)
    return answered > 0


def apply_timed_batch(at: Context) -> bool:
    """Let the rules of time act on one batch of cases each; False where none is left."""
    with at.pool.transaction() as conn:
        more = automation.apply_timed(conn, policy=at.policy, now=at.clock())
    at.wake(Task.RELAY)
    return more
