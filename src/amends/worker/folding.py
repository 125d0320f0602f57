"""Keeps the facts of the numbers true. Place in the path: beat -> here -> `actions.facts` -> `episode_facts`, `fact_slices`."""

from amends.inbox.actions import facts
from amends.worker.context import Context


def fold_facts_batch(at: Context) -> bool:
    """Count one batch of touched cases anew; False where nothing waits."""
    with at.pool.transaction() as conn:
        return facts.fold(conn)
