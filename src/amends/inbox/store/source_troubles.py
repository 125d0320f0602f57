"""SQL of what alarms of sources are decided by: every source with its watches and the end of its credentials."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.source_alarms import WatchSeen


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """A source that watches something."""

    source_id: SourceId
    paused: bool
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchState(WatchSeen):
    """A watch with the source that it belongs to."""

    source_id: SourceId


def sources(conn: Connection) -> list[SourceState]:
    """Return every source that watches something; one that only holds imported posts has no trouble."""
    return fetch_all(
        conn,
        SourceState,
        """
        select s.id as source_id, s.paused_at is not null as paused, t.expires_at
        from sources s left join standings t on t.source_id = s.id
        where exists (select from watches w where w.source_id = s.id) order by s.id
        """,
    )


def watches(conn: Connection) -> list[WatchState]:
    """Return how every watch is."""
    return fetch_all(
        conn,
        WatchState,
        "select source_id, id, kind, query, state, state_note as note, state_since, last_ok_at from watches order by source_id, id",
    )
