"""Asks once a day who we are on each network. Place in the path: beat -> due source -> `collector.check` -> here -> Sources, alarms."""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NetworkError, RateLimited
from amends.core.ports import Standing
from amends.inbox.rules.alert_text import first_words
from amends.inbox.rules.ids import SourceId
from amends.inbox.store import standings
from amends.inbox.store.sources import SealedAccount

DAILY = timedelta(days=1)
AFTER_TROUBLE = timedelta(hours=1)
LEASE = timedelta(minutes=2)
LONGEST = 300


def claim_check(conn: Connection, *, now: datetime) -> SealedAccount | None:
    """Claim the source whose standing is due to be asked for, or None."""
    return standings.claim_due(conn, now=now, lease=LEASE)


def record_standing(conn: Connection, source_id: SourceId, standing: Standing, *, now: datetime) -> None:
    """Keep what the network told, and ask again tomorrow."""
    standings.save(conn, source_id, standing, now=now, next_at=now + DAILY)


def record_check_trouble(conn: Connection, source_id: SourceId, error: NetworkError, *, now: datetime) -> None:
    """Keep why it did not tell, and ask again in an hour, or when the network says."""
    until = error.until if isinstance(error, RateLimited) else now
    standings.save_trouble(
        conn, source_id, trouble=first_words(str(error), LONGEST), next_at=min(max(until, now + AFTER_TROUBLE), now + DAILY)
    )
