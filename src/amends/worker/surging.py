"""Looks whether more complaints come than usual. Place in the path: beat -> here -> `actions.surges` -> deliveries."""

from amends.inbox.actions import alert_calls, on_call, surges
from amends.worker.context import Context
from amends.worker.names import Task


def look(at: Context) -> bool:
    """Look at one rule; False where all were looked at a moment ago."""
    with at.pool.transaction() as conn:
        looked = surges.look(conn, now=at.clock())
    if looked:
        at.wake(Task.DELIVER_ALERTS)
    return looked


def escalate(at: Context) -> bool:
    """Tell again of what nobody has seen to, call the next in line, and tell what is over; False where nothing of it is left."""
    with at.pool.transaction() as conn:
        now = at.clock()
        told = surges.escalate(conn, now=now) + alert_calls.call_next(conn, now=now) + alert_calls.tell_over(conn, now=now)
    if told:
        at.wake(Task.DELIVER_ALERTS)
        at.wake(Task.RELAY)
    return bool(told)


def watch_rotas(at: Context) -> None:
    """Tell of times that nobody is on call for."""
    with at.pool.transaction() as conn:
        found = on_call.watch_gaps(conn, now=at.clock())
    if found:
        at.wake(Task.RELAY)
