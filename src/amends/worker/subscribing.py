"""Asks one hub to call us about a feed: claim, hub, record, each on its own. Place in the path: beat -> here -> the hub's calls."""

from typing import cast

from amends.core.errors import NetworkError
from amends.core.log import bound, logger
from amends.core.pushing import Hub, Subscribing
from amends.inbox.actions import hubs
from amends.inbox.store.feed_hubs import HubJob
from amends.worker.context import Context

log = logger(__name__)


def subscribe_one(at: Context) -> bool:
    """Ask the hub that is due longest; False where none is, or where nobody outside could call us."""
    if not at.settings.public_url:
        return False
    with at.pool.transaction() as conn:
        job = hubs.claim_hub(conn, now=at.clock())
    if job is None:
        return False
    with bound(source_id=job.source_id, network=job.network):
        _ask(at, job)
    return True


def _ask(at: Context, job: HubJob) -> None:
    callback = f"{at.public_url.rstrip('/')}/hooks/{job.source_id}"
    try:
        with at.collectors.lent(job) as collector:
            cast("Subscribing", collector).subscribe(Hub(address=job.hub, topic=job.topic), callback)
    except NetworkError as error:
        log.warning("hub_not_asked", trouble=type(error).__name__, words=str(error))
        with at.pool.transaction() as conn:
            hubs.record_hub_trouble(conn, job, error, now=at.clock())
        return
    with at.pool.transaction() as conn:
        hubs.record_asked(conn, job, now=at.clock())
