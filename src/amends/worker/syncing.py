"""Keeps one outside system the same as ours, a round at a time. Place in the path: sweep -> here -> `actions.sync_customers`."""

from amends.core.log import bound, logger
from amends.inbox.actions import sync_customers
from amends.inbox.actions.sync_customers import Crms, build
from amends.worker.context import Context

log = logger(__name__)


def sync_one(at: Context, crms: Crms = build) -> bool:
    """Do one round with one system; False where none is due. No transaction is open while it is asked."""
    with at.pool.transaction() as conn:
        one = sync_customers.claim(conn, now=at.clock())
    if one is None:
        return False
    with bound(system=one.system):
        told = sync_customers.round_of(at.pool, one, crms(one, at.secret_key), clock=at.clock)
        log.info("synced", pulled=told.pulled, pushed=told.pushed, words=told.error)
    return True
