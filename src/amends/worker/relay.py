"""Turns new events into wake-ups. Place in the path: event (written with what happened) -> here -> the task it asks for."""

from collections.abc import Iterable, Mapping

from amends.inbox.rules.events import EventKind
from amends.inbox.store import undone
from amends.worker.context import Context
from amends.worker.names import Task

BATCH = 500

WAKES: Mapping[str, Task] = {
    EventKind.POST_RECEIVED: Task.TRIAGE,
    EventKind.POST_EDITED: Task.TRIAGE,
    EventKind.ALERT_RAISED: Task.DELIVER_ALERTS,
    EventKind.REPLY_QUEUED: Task.SEND_REPLIES,
    EventKind.REPLY_RETRIED: Task.SEND_REPLIES,
    EventKind.WATCH_RETRIED: Task.COLLECT_DUE,
    EventKind.SOURCE_ADDED: Task.COLLECT_DUE,
    EventKind.SOURCE_RESUMED: Task.COLLECT_DUE,
    EventKind.CREDENTIALS_CHANGED: Task.COLLECT_DUE,
}


def tasks_for(kinds: Iterable[str]) -> set[Task]:
    """Return the tasks that events of these kinds ask for; many ask for none."""
    return {WAKES[kind] for kind in kinds if kind in WAKES}


def relay_batch(at: Context) -> bool:
    """Relay one batch of events; False where none is left. A wake-up lost here is made good by the sweep."""
    with at.pool.transaction() as conn:
        kinds = undone.relay_events(conn, now=at.clock(), limit=BATCH)
    for task in sorted(tasks_for(kinds)):
        at.wake(task)
    return len(kinds) == BATCH
