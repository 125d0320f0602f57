"""Gives cases to people. Place in the path: triage -> here -> `cases.assignee_id`."""

from amends.core.log import logger
from amends.inbox.actions.give_out import BATCH, give_out
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


def give_out_batch(at: Context) -> bool:
    """Give out one batch of cases; False where none is left that somebody could take."""
    with at.pool.transaction() as conn:
        done = give_out(conn, now=at.clock())
    if done:
        at.wake(Task.RELAY)
        log.info("given_out", cases=done)
    return done >= BATCH
