"""Gathers complaints that say the same. Place in the path: triage, sweep -> here -> `actions.clusters` -> suggested incidents."""

from amends.inbox.actions.cluster_growth import settle as settle_clusters
from amends.inbox.actions.clusters import cluster_pending
from amends.worker.context import Context


def cluster_batch(at: Context) -> bool:
    """Place one batch of posts; False where nothing is left, or another worker is at it."""
    with at.pool.transaction() as conn:
        return cluster_pending(conn, now=at.clock()) > 0


def settle(at: Context) -> None:
    """Keep which clusters are quiet, and which have ended."""
    with at.pool.transaction() as conn:
        settle_clusters(conn, now=at.clock())
