"""Looks at every source for trouble. Place in the path: beat, a watch that stopped -> here -> alerts of sources -> deliveries."""

from datetime import timedelta

from amends.inbox.actions.source_alarms import watch_over
from amends.inbox.rules.silence import LEARNT_FROM
from amends.inbox.store import rhythm
from amends.worker.context import Context
from amends.worker.names import Task

REMEMBERED = LEARNT_FROM + timedelta(weeks=8)


def watch_sources(at: Context) -> None:
    """Raise and end the alarms of sources, and wake who delivers them."""
    now = at.clock()
    with at.pool.transaction() as conn:
        changed = watch_over(conn, now=now)
        rhythm.drop_old(conn, before=now - REMEMBERED)
    if changed.raised or changed.ended:
        at.wake(Task.RELAY)
