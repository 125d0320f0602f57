"""SQL of watches: what is due, and how each one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.core.ports import Cursor
from amends.core.watching import Watch, WatchKind
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.rules.source_health import Health
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchJob(SealedAccount):
    """A claimed watch with all that its collector needs; `credentials` are still sealed.

    `walk_pages` counts the pages of the walk under way, `due_at` is when it should have been visited.
    """

    watch_id: WatchId
    kind: str
    query: str
    cursor: Cursor | None
    state: str
    failures: int
    walk_pages: int
    due_at: datetime
    claimed_at: datetime
    claimed_until: datetime

    @property
    def watch(self) -> Watch:
        """The watch as its collector takes it."""
        return Watch(kind=WatchKind(self.kind), query=self.query)


def add_missing(conn: Connection, *, source_id: SourceId, watches: Sequence[Watch], now: datetime) -> None:
    """Store the watches that the source does not have yet, due at once."""
    execute(
        conn,
        """
        insert into watches (source_id, kind, query, state_since, next_at)
        select %(source_id)s, kind, query, %(now)s, %(now)s from unnest(%(kinds)s::text[], %(queries)s::text[]) given(kind, query)
        on conflict (source_id, kind, query) do nothing
        """,
        {
            "source_id": source_id,
            "kinds": [str(watch.kind) for watch in watches],
            "queries": [watch.query for watch in watches],
            "now": now,
        },
    )


def lock_claims(conn: Connection) -> None:
    """Let nobody else claim until the transaction ends, so that who counts what is under way counts right."""
    execute(conn, "select pg_advisory_xact_lock(hashtext('amends claims'))")


def networks(conn: Connection) -> list[str]:
    """Return the networks that are watched."""
    return fetch_values(conn, "select distinct network from sources order by network")


def claim_due(conn: Connection, *, now: datetime, until: datetime, limit: int, at_once: Mapping[str, int]) -> list[WatchJob]:
    """Mark due watches as ours until `until` and return them.

    Of a network at most as many as `at_once` says are under way. Sources take turns: each one's longest due watch goes first, one of a
    source that has others under way later.
    """
    return fetch_all(
        conn,
        WatchJob,
        """
        with live as (
          select s.network, s.id as source_id from watches w join sources s on s.id = w.source_id where w.claimed_until > %(now)s
          union all
          select s.network, s.id from backfills b join watches w on w.id = b.watch_id join sources s on s.id = w.source_id
          where b.claimed_until > %(now)s
        ), room as (
          select network, most - (select count(*) from live where live.network = given.network) as places
          from unnest(%(networks)s::text[], %(most)s::integer[]) given(network, most)
        ), waiting as (
          select w.id, s.network, w.next_at, (select count(*) from live where live.source_id = s.id)
            + row_number() over (partition by s.id order by w.next_at, w.id) as turn
          from watches w join sources s on s.id = w.source_id
          where w.state <> 'stopped' and w.kind <> 'calls' and w.next_at <= %(now)s and s.paused_at is null
            and (w.claimed_until is null or w.claimed_until <= %(now)s)
        ), ranked as (
          select id, network, turn, row_number() over (partition by network order by turn, next_at, id) as place from waiting
        ), due as (
          select w.id, w.next_at from watches w join ranked r on r.id = w.id join room on room.network = r.network
          where r.place <= room.places
          order by r.turn, w.next_at, w.id
          limit %(limit)s
          for update of w skip locked
        )
        update watches w set claimed_until = %(until)s
        from due, sources s where w.id = due.id and s.id = w.source_id
        returning w.id as watch_id, s.id as source_id, s.network, s.handle, s.credentials, s.options, w.kind, w.query, w.cursor,
          w.state, w.failures, w.walk_pages, due.next_at as due_at, %(now)s::timestamptz as claimed_at, w.claimed_until
        """,
        {"now": now, "until": until, "limit": limit, "networks": list(at_once), "most": list(at_once.values())},
    )


def still_ours(conn: Connection, job: WatchJob) -> bool:
    """Return whether nobody else took the watch since, and keep it so until the transaction ends."""
    return bool(
        fetch_values(
            conn,
            "select id from watches where id = %(id)s and claimed_until = %(claimed_until)s for update",
            {"id": job.watch_id, "claimed_until": job.claimed_until},
        )
    )


def save_page(  # noqa: PLR0913
    conn: Connection, job: WatchJob, health: Health, *, cursor: Cursor, reads: int, new: int, now: datetime
) -> None:
    """Move the cursor, count what was read, and let the watch go."""
    execute(
        conn,
        """
        update watches
        set cursor = %(cursor)s, reads = reads + %(reads)s, last_ok_at = %(now)s,
          last_new_at = case when %(new)s > 0 then %(now)s else last_new_at end
        where id = %(id)s
        """,
        {"id": job.watch_id, "cursor": Jsonb(cursor), "reads": reads, "new": new, "now": now},
    )
    save_health(conn, job, health, now=now)


def save_health(conn: Connection, job: WatchJob, health: Health, *, now: datetime) -> None:
    """Store how the watch is and when it is next due, and let it go."""
    execute(
        conn,
        """
        update watches
        set state = %(state)s, state_note = %(note)s, failures = %(failures)s, next_at = %(next_at)s, claimed_until = null,
          state_since = case when state = %(state)s then state_since else %(now)s end
        where id = %(id)s
        """,
        {
            "id": job.watch_id,
            "state": health.state,
            "note": health.note,
            "failures": health.failures,
            "next_at": health.next_at,
            "now": now,
        },
    )


def drop(conn: Connection, *, watch_id: WatchId) -> SourceId | None:
    """Delete the watch; return its source, or None where there is no such watch."""
    values = fetch_values(conn, "delete from watches where id = %(watch_id)s returning source_id", {"watch_id": watch_id})
    return SourceId(values[0]) if values else None


def make_due(conn: Connection, *, watch_id: WatchId, now: datetime) -> SourceId | None:
    """Make one watch due, also a stopped one; return its source, or None where there is no such watch."""
    values = fetch_values(
        conn,
        """
        update watches
        set next_at = %(now)s, failures = 0, stream_next_at = null,
          state_since = case when state = 'stopped' then %(now)s else state_since end,
          state = case when state = 'stopped' then 'retrying' else state end
        where id = %(watch_id)s
        returning source_id
        """,
        {"watch_id": watch_id, "now": now},
    )
    return SourceId(values[0]) if values else None


def make_all_due(conn: Connection, *, source_id: SourceId, now: datetime) -> None:
    """Make every watch of the source due, also the stopped ones."""
    execute(
        conn,
        """
        update watches
        set next_at = %(now)s, failures = 0, stream_next_at = null,
          state_since = case when state = 'stopped' then %(now)s else state_since end,
          state = case when state = 'stopped' then 'retrying' else state end
        where source_id = %(source_id)s
        """,
        {"source_id": source_id, "now": now},
    )


def ids_of(conn: Connection, *, source_id: SourceId) -> list[WatchId]:
    """Return the watches of the source."""
    return fetch_values(conn, "select id from watches where source_id = %(source_id)s order by id", {"source_id": source_id})
