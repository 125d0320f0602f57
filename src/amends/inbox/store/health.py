"""What doctor reads: the server's age and extensions, how the sources are, and for how long work has been waiting."""

from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, fetch_all, fetch_one


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """The database server: `version` as PostgreSQL counts (150004 is 15.4), `at` its clock."""

    version: int
    at: datetime
    has_trigrams: bool
    offers_trigrams: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """A source with its sealed credentials, and the notes of its watches that stopped or wait."""

    network: str
    handle: str
    credentials: bytes = field(repr=False)
    options: dict[str, str]
    paused: bool
    stopped: list[str]
    waiting: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Seconds for which the oldest undone row of each kind has waited; None where there is none."""

    triage: float | None
    replies: float | None
    deliveries: float | None
    events: float | None


def about_server(conn: Connection) -> Server:
    """Return what the server says of itself; works before any migration."""
    return fetch_one(
        conn,
        Server,
        """
        select current_setting('server_version_num')::int as version, clock_timestamp() as at,
          exists (select from pg_extension where extname = 'pg_trgm') as has_trigrams,
          exists (select from pg_available_extensions where name = 'pg_trgm') as offers_trigrams
        """,
    )


def sources(conn: Connection) -> list[SourceState]:
    """Return every source that watches something, with how that goes; one that only holds imported posts needs no account."""
    return fetch_all(
        conn,
        SourceState,
        """
        select s.network, s.handle, s.credentials, s.options, s.paused_at is not null as paused,
          coalesce(array_agg(w.state_note order by w.id) filter (where w.state = 'stopped'), '{}') as stopped,
          coalesce(array_agg(w.state_note order by w.id) filter (where w.state in ('waiting', 'retrying')), '{}') as waiting
        from sources s join watches w on w.source_id = s.id
        group by s.id order by s.network, s.handle
        """,
    )


def waiting(conn: Connection, *, now: datetime) -> Waiting:
    """Return for how long each kind of work has waited at `now`."""
    return fetch_one(
        conn,
        Waiting,
        """
        select
          (select extract(epoch from %(now)s - min(seen_at))::float from posts where triaged_at is null) as triage,
          (select extract(epoch from %(now)s - min(created_at))::float from replies where state in ('queued', 'sending')) as replies,
          (
            select extract(epoch from %(now)s - min(alerts.raised_at))::float
            from alert_deliveries join alerts on alerts.id = alert_deliveries.alert_id
            where alert_deliveries.state = 'queued'
          ) as deliveries,
          (select extract(epoch from %(now)s - min(at))::float from events where relayed_at is null) as events
        """,
        {"now": now},
    )
