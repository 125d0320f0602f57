"""Sources and their watches as the page of sources and the health of an installation show them."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRow:
    """A watched account; its credentials never leave the store through here. The newest post is the one that came last."""

    id: int
    brand: str
    brand_name: str
    network: str
    handle: str
    region: str
    paused_at: datetime | None
    created_at: datetime
    newest_published_at: datetime | None
    newest_seen_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchRow:
    """One thing a source looks at, and how that goes; a feed's hub was asked to call us, and does `hub_calls_until` then."""

    id: int
    source_id: int
    kind: str
    query: str
    state: str
    state_note: str
    state_since: datetime
    failures: int
    next_at: datetime
    last_ok_at: datetime | None
    last_new_at: datetime | None
    reads: int
    stream_state: str
    stream_note: str
    stream_heard_at: datetime | None
    hub_asked_at: datetime | None
    hub_calls_until: datetime | None
    hub_note: str


def sources(conn: Connection) -> list[SourceRow]:
    """Return every source by brand and network."""
    return fetch_all(
        conn,
        SourceRow,
        """
        select s.id, b.slug as brand, b.name as brand_name, s.network, s.handle, s.region, s.paused_at, s.created_at,
          s.newest_published_at, s.newest_seen_at
        from sources s join brands b on b.id = s.brand_id order by b.name, s.network, s.handle
        """,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Options:
    id: int
    options: dict[str, str]


def options(conn: Connection) -> dict[int, dict[str, str]]:
    """Return the options of each source: how it is reached, for whoever may change it."""
    return {row.id: row.options for row in fetch_all(conn, _Options, "select id, options from sources")}


def watches(conn: Connection) -> list[WatchRow]:
    """Return every watch, by source."""
    return fetch_all(
        conn,
        WatchRow,
        """
        select w.id, w.source_id, w.kind, w.query, w.state, w.state_note, w.state_since, w.failures, w.next_at, w.last_ok_at,
          w.last_new_at, w.reads, w.stream_state, w.stream_note, w.stream_heard_at, h.asked_at as hub_asked_at,
          h.calls_until as hub_calls_until, coalesce(h.note, '') as hub_note
        from watches w left join feed_hubs h on h.watch_id = w.id order by w.source_id, w.id
        """,
    )
