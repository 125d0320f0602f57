"""Turns new events into wake-ups. Place in the path: event (written with what happened) -> here -> the task it asks for.

Everything that happens passes here once, so here it is logged: the lines of one post id or case id tell its whole way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from amends.core.log import logger
from amends.inbox.rules.events import EventKind
from amends.inbox.store import undone
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)

BATCH = 500

WAKES: Mapping[str, Task] = {
    EventKind.POST_RECEIVED: Task.TRIAGE,
    EventKind.POST_EDITED: Task.TRIAGE,
    EventKind.POST_BROUGHT_BACK: Task.TRIAGE,
    EventKind.LABEL_CORRECTED: Task.TRIAGE,
    EventKind.CORRECTION_UNDONE: Task.TRIAGE,
    EventKind.TOPIC_CHANGED: Task.READ_EXAMPLES,
    EventKind.TOPIC_GIVEN: Task.READ_EXAMPLES,
    EventKind.TOPIC_TAKEN: Task.READ_EXAMPLES,
    EventKind.TOPIC_TRIED: Task.READ_EXAMPLES,
    EventKind.RELEVANCE_MARKED: Task.READ_EXAMPLES,
    EventKind.CASE_OPENED: Task.LOOK_AGAIN,
    EventKind.POST_JOINED: Task.LOOK_AGAIN,
    EventKind.CASE_REOPENED: Task.LOOK_AGAIN,
    EventKind.CASE_ASSIGNED: Task.GIVE_OUT,
    EventKind.TEAM_CHANGED: Task.GIVE_OUT,
    EventKind.AGENT_BACK: Task.GIVE_OUT,
    EventKind.RULE_SAVED: Task.APPLY_TIMED_RULES,
    EventKind.RULE_SWITCHED: Task.APPLY_TIMED_RULES,
    EventKind.ALERT_RAISED: Task.DELIVER_ALERTS,
    EventKind.ALERT_ENDED: Task.ESCALATE,
    EventKind.ON_CALL_CALLED: Task.NOTIFY,
    EventKind.ROTA_GAP_FOUND: Task.NOTIFY,
    EventKind.REPLY_QUEUED: Task.SEND_REPLIES,
    EventKind.REPLY_APPROVED: Task.SEND_REPLIES,
    EventKind.REPLY_RETRIED: Task.SEND_REPLIES,
    EventKind.NOTE_ADDED: Task.NOTIFY,
    EventKind.REPLY_PROPOSED: Task.NOTIFY,
    EventKind.REPLY_FAILED: Task.NOTIFY,
    EventKind.REPLY_GIVEN_BACK: Task.NOTIFY,
    EventKind.COLLEAGUES_TOLD: Task.NOTIFY,
    EventKind.WATCH_RETRIED: Task.COLLECT_DUE,
    EventKind.WATCH_ADDED: Task.COLLECT_DUE,
    EventKind.SOURCE_ADDED: Task.COLLECT_DUE,
    EventKind.SOURCE_RESUMED: Task.COLLECT_DUE,
    EventKind.SOURCE_STOPPED: Task.WATCH_SOURCES,
    EventKind.SOURCE_RECOVERED: Task.WATCH_SOURCES,
    EventKind.CREDENTIALS_CHANGED: Task.COLLECT_DUE,
    EventKind.JOB_STARTED: Task.JOBS,
}


def tasks_for(kinds: Iterable[str]) -> set[Task]:
    """Return the tasks that events of these kinds ask for; many ask for none."""
    return {WAKES[kind] for kind in kinds if kind in WAKES}


def relay_batch(at: Context) -> bool:
    """Relay one batch of events; False where none is left. A wake-up lost here is made good by the sweep."""
    with at.pool.transaction() as conn:
        relayed = undone.relay_events(conn, now=at.clock(), limit=BATCH)
    for task in sorted(tasks_for(event.kind for event in relayed)):
        at.wake(task)
    for event in relayed:
        log.info(event.kind, **{name: value for name, value in asdict(event).items() if value is not None and name != "kind"})
    return len(relayed) == BATCH
