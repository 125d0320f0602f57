"""The net under the wake-ups: asks the database what is undone and wakes it, folds the counters, clears away what is over."""

from datetime import timedelta

from amends.inbox.actions.sweep import fold_counts
from amends.inbox.rules import knocking
from amends.inbox.store import (
    attachments,
    calls,
    customer_feed,
    drafts,
    exports,
    heartbeats,
    idempotent_answers,
    imports,
    notifications,
    presence,
    reply_keys,
    saved_views,
    undone,
    view_counts,
    webhooks,
)
from amends.inbox.store.near import drop_trials
from amends.inbox.store.undone import Undone
from amends.worker.context import Context
from amends.worker.names import Lane, Task

REMEMBER_FAILURES = timedelta(days=1)
REMEMBER_TRIALS = timedelta(hours=1)
REMEMBER_DELIVERIES = timedelta(days=7)
REMEMBER_VIEWS = timedelta(days=30)
REMEMBER_COUNTS = timedelta(days=1)
REMEMBER_NOTIFICATIONS = timedelta(days=60)
KEEP_UNSENT = timedelta(days=1)
KEEP_EXPORTS = timedelta(days=1)
REMEMBER_IMPORTS = timedelta(days=30)
REMEMBER_CHANGES = timedelta(days=90)
REMEMBER_KEYS = timedelta(days=30)


def sweep(at: Context) -> None:
    """Wake every task whose work is waiting, and fold the counters."""
    now = at.clock()
    with at.pool.transaction() as conn:
        found = undone.undone(conn, now=now)
        fold_counts(conn)
        heartbeats.beat(conn, Lane.DESK, now=now)
    for task in tasks_for(found):
        at.wake(task)


def tasks_for(found: Undone) -> list[Task]:
    """Return the tasks that `found` asks for."""
    asked = {
        Task.RELAY: found.events,
        Task.TRIAGE: found.triage,
        Task.GIVE_OUT: found.wanting,
        Task.READ_EXAMPLES: found.examples,
        Task.SEND_REPLIES: found.replies,
        Task.PROVE_REPLIES: found.proofs,
        Task.DELIVER_ALERTS: found.deliveries,
        Task.CALL_WEBHOOKS: found.calls,
        Task.SYNC_CUSTOMERS: found.syncs,
        Task.CONCLUDE_FOLLOW_UPS: found.follow_ups,
        Task.SEND_SURVEYS: found.surveys,
        Task.TELL_AFFECTED: found.tellings,
        Task.LOOK_AGAIN: found.looks,
        Task.WAKE_CASES: found.asleep,
        Task.KEEP_CLOCKS: found.clocks,
        Task.NOTIFY: found.untold,
        Task.APPLY_RULES: found.ruled,
        Task.JOBS: found.jobs,
        Task.BACKFILL: found.backfills,
        Task.READ_SEARCHED: found.searched,
        Task.COUNT_FACTS: found.facts,
        Task.FIND_SAME: found.same,
        Task.CLUSTER: found.unclustered,
    }
    return [task for task, waiting in asked.items() if waiting]


def tidy(at: Context) -> None:
    """Delete what is over: sessions, failed sign-ins, unsent pictures and dropped drafts of yesterday, tried sentences, old calls."""
    now = at.clock()
    with at.pool.transaction() as conn:
        saved_views.drop_deleted(conn, before=now - REMEMBER_VIEWS)
        view_counts.drop_unwanted(conn, before=now - REMEMBER_COUNTS)
        undone.drop_expired_sessions(conn, now=now)
        undone.drop_old_failures(conn, before=now - REMEMBER_FAILURES)
        drop_trials(conn, before=now - REMEMBER_TRIALS)
        calls.drop_old_deliveries(conn, before=now - REMEMBER_DELIVERIES)
        calls.drop_old_knocks(conn, before=now - knocking.REMEMBERED)
        presence.drop_stale(conn, now=now)
        attachments.drop_forgotten(conn, before=now - KEEP_UNSENT)
        notifications.drop_old(conn, before=now - REMEMBER_NOTIFICATIONS)
        drafts.drop_forgotten(conn, before=now - KEEP_UNSENT)
        imports.clear_old(conn, before=now - REMEMBER_IMPORTS)
        exports.clear_old(conn, before=now - KEEP_EXPORTS)
        webhooks.drop_old(conn, before=now - REMEMBER_IMPORTS)
        customer_feed.clear_old(conn, before=now - REMEMBER_CHANGES)
        idempotent_answers.drop_old(conn, before=now - KEEP_EXPORTS)
        reply_keys.drop_forgotten(conn, before=now - REMEMBER_KEYS)
