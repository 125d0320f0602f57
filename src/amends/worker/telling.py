"""Hands approved answers after an incident to the replies. Place in the path: sweep -> here, at the pace of each source -> send_replies."""

from amends.inbox.actions import tell_affected
from amends.worker.context import Context
from amends.worker.names import Task


def tell_one(at: Context) -> bool:
    """Hand one answer over; False where none may go now."""
    with at.pool.transaction() as conn:
        done = tell_affected.hand_over_one(conn, policy=at.policy, now=at.clock())
    if done:
        at.wake(Task.SEND_REPLIES)
    return done
