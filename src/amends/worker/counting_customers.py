"""Counts what customers do and whom segments hold, and reminds of renewals.

Place in the path: sweep and beat -> here -> `inbox.actions`.
"""

from amends.inbox.actions import customer_facts, renewals, segments
from amends.worker.context import Context
from amends.worker.names import Task


def count_facts_batch(at: Context) -> bool:
    """Count the facts of one batch of customers; False where little is left."""
    with at.pool.transaction() as conn:
        return customer_facts.count_batch(conn, now=at.clock()) >= customer_facts.BATCH


def count_segments_batch(at: Context) -> bool:
    """Count one batch of segments; False where no count is old."""
    with at.pool.transaction() as conn:
        stale = segments.claim_stale(conn, now=at.clock())
    for one in stale:
        with at.pool.transaction() as conn:
            segments.count_anew(conn, one, now=at.clock())
    return len(stale) == segments.BATCH


def remind_of_renewals(at: Context) -> bool:
    """Tell owners of organisations which memberships renew; False where nothing more is near."""
    with at.pool.transaction() as conn:
        told = renewals.remind(conn, now=at.clock())
    if told:
        at.wake(Task.NOTIFY)
    return told == renewals.BATCH
