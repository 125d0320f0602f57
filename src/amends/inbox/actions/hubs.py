"""Asks the hubs of feeds to call us, or to call no more.

Place in the path: a fetched feed names its hub -> claim -> hub -> here -> its calls -> `hear`.
"""

import re
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NetworkError, RateLimited
from amends.inbox.rules.alert_text import first_words
from amends.inbox.rules.leases import again_at
from amends.inbox.rules.text import storable
from amends.inbox.store import feed_hubs, hub_farewells
from amends.inbox.store.feed_hubs import HubJob
from amends.inbox.store.hub_farewells import Farewell

LEASE = timedelta(minutes=2)
LONG_PAUSE = timedelta(days=1)
LONGEST = 300
SECRET = re.compile(r"[0-9a-fA-F]{12,}")
"""What we tell a hub to sign with, or a part of it: some say in their refusal what they were asked."""


def claim_hub(conn: Connection, *, now: datetime) -> HubJob | None:
    """Claim the hub that is due to be asked, or None."""
    return feed_hubs.claim_due(conn, now=now, until=now + LEASE)


def claim_farewell(conn: Connection, *, now: datetime) -> Farewell | None:
    """Claim the hub that is to be told that it shall call no more, or None; that of a source that is paused for long is one."""
    hub_farewells.part_unwanted(conn, paused_before=now - LONG_PAUSE, now=now)
    return hub_farewells.claim_due(conn, now=now, until=now + LEASE)


def record_told(conn: Connection, told: Farewell, *, now: datetime) -> None:
    """Keep that a hub was told, or not reached: until it asks us whether we mean it, it is told again, at last until its lease is over."""
    hub_farewells.save_answer(conn, told, next_at=again_at(told.failures, now))


def record_asked(conn: Connection, job: HubJob, *, now: datetime) -> None:
    """Keep that the hub took our request; until it grants a lease it counts as in vain, and is asked again."""
    feed_hubs.save_answer(conn, watch_id=job.watch_id, note="", failures=job.failures + 1, next_at=again_at(job.failures, now))


def record_hub_trouble(conn: Connection, job: HubJob, error: NetworkError, *, now: datetime) -> None:
    """Keep why the hub was not asked, and when it is asked again; the feed is fetched as before."""
    at = again_at(job.failures, now)
    next_at = max(at, error.until) if isinstance(error, RateLimited) else at
    note = storable(first_words(SECRET.sub("…", str(error)), LONGEST))
    feed_hubs.save_answer(conn, watch_id=job.watch_id, note=note, failures=job.failures + 1, next_at=next_at)
