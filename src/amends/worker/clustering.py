"""Gathers complaints that say the same. Place in the path: triage, sweep -> here -> `actions.clusters` -> suggested incidents."""

from amends.inbox.actions.cluster_growth import settle as settle_clusters
from amends.inbox.actions.clusters import BATCH, cluster_pending
from amends.worker.context import Context

GATHER = 1.0
"""Seconds between a few posts and the next: to count a cluster anew costs the more the larger it is, and a flood makes it grow."""


def cluster_batch(at: Context) -> bool:
    """Place one batch of posts; False where nothing is left, or another worker is at it."""
    with at.pool.transaction() as conn:
        placed = cluster_pending(conn, now=at.clock())
    if 0 < placed < BATCH:
        at.pause(GATHER)
    return placed > 0


def settle(at: Context) -> None:
    """Keep which clusters are quiet, and which have ended."""
    with at.pool.transaction() as conn:
        settle_clusters(conn, now=at.clock())
