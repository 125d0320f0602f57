"""Asks one hub to call us about a feed, or to call no more: claim, hub, record, each on its own.

Place in the path: beat -> here -> the hub's calls.
"""

from typing import cast

from amends.core.errors import NetworkError
from amends.core.log import bound, logger
from amends.core.pushing import Hub, Subscribing
from amends.inbox.actions import hubs
from amends.inbox.rules.ids import SourceId
from amends.inbox.store.feed_hubs import HubJob
from amends.inbox.store.hub_farewells import Farewell
from amends.worker.context import Context

log = logger(__name__)


def subscribe_one(at: Context) -> bool:
    """Tell or ask the hub that is due longest; False where none is, or where nobody outside could call us."""
    return bool(at.settings.public_url) and (_part_one(at) or _ask_one(at))


def _part_one(at: Context) -> bool:
    with at.pool.transaction() as conn:
        told = hubs.claim_farewell(conn, now=at.clock())
    if told is None:
        return False
    with bound(source_id=told.source_id, network=told.network):
        _tell(at, told)
    with at.pool.transaction() as conn:
        hubs.record_told(conn, told, now=at.clock())
    return True


def _tell(at: Context, told: Farewell) -> None:
    try:
        with at.collectors.lent(told) as collector:
            cast("Subscribing", collector).unsubscribe(Hub(address=told.hub, topic=told.topic), _callback(at, told.source_id))
    except NetworkError as error:
        log.warning("hub_not_told", trouble=type(error).__name__)  # not its words: it may say our secret again


def _ask_one(at: Context) -> bool:
    with at.pool.transaction() as conn:
        job = hubs.claim_hub(conn, now=at.clock())
    if job is None:
        return False
    with bound(source_id=job.source_id, network=job.network):
        _ask(at, job)
    return True


def _ask(at: Context, job: HubJob) -> None:
    try:
        with at.collectors.lent(job) as collector:
            cast("Subscribing", collector).subscribe(Hub(address=job.hub, topic=job.topic), _callback(at, job.source_id))
    except NetworkError as error:
        log.warning("hub_not_asked", trouble=type(error).__name__)
        with at.pool.transaction() as conn:
            hubs.record_hub_trouble(conn, job, error, now=at.clock())
        return
    with at.pool.transaction() as conn:
        hubs.record_asked(conn, job, now=at.clock())


def _callback(at: Context, source_id: SourceId) -> str:
    return f"{at.public_url.rstrip('/')}/hooks/{source_id}"
