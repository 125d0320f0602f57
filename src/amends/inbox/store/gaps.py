"""SQL of gaps: stretches of time that a watch has not read, why, and what became of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.coverage import GapKind, Stretch
from amends.inbox.rules.ids import BackfillId, SourceId, WatchId


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A stretch that was not read: `until` None while it grows, `lost_note` says why it can never be filled."""

    source_id: SourceId
    watch_id: WatchId
    kind: str
    note: str
    since: datetime | None
    until: datetime | None
    filled_at: datetime | None
    lost_note: str | None
    filling: bool


def is_growing(conn: Connection, *, watch_id: WatchId, kind: GapKind) -> bool:
    """Tell whether such a gap grows at the moment."""
    found = fetch_values(
        conn,
        "select id from gaps where watch_id = %(watch_id)s and until is null and kind = %(kind)s",
        {"watch_id": watch_id, "kind": kind},
    )
    return bool(found)


def any_growing(conn: Connection, *, watch_id: WatchId) -> bool:
    """Tell whether a gap grows at the moment."""
    return bool(fetch_values(conn, "select id from gaps where watch_id = %(watch_id)s and until is null", {"watch_id": watch_id}))


def close(conn: Connection, *, watch_id: WatchId, at: datetime) -> None:
    """End the gap that grows, where one does."""
    execute(
        conn,
        "update gaps set until = greatest(since, %(at)s) where watch_id = %(watch_id)s and until is null",
        {"watch_id": watch_id, "at": at},
    )


def begin(conn: Connection, *, watch_id: WatchId, kind: GapKind, note: str, until: datetime | None, now: datetime) -> None:
    """Store a gap that begins where covered time, or the gap before, ends; `until` None: it grows."""
    execute(
        conn,
        """
        insert into gaps (watch_id, kind, note, until, since)
        select %(watch_id)s, %(kind)s, %(note)s, %(until)s::timestamptz, coalesce(
          greatest(
            (select max(until) from coverage where watch_id = %(watch_id)s), (select max(until) from gaps where watch_id = %(watch_id)s)
          ), %(now)s)
        """,
        {"watch_id": watch_id, "kind": kind, "note": note, "until": until, "now": now},
    )


def fill(conn: Connection, *, watch_id: WatchId, until: datetime, shortest: timedelta, now: datetime) -> None:
    """Mark gaps up to `until` as filled by the walk that ends; where all of them together are shorter than `shortest`, forget them."""
    execute(
        conn,
        """
        with ended as (
          select id, max(until) over () - min(since) over () as length from gaps
          where watch_id = %(watch_id)s and filled_at is null and lost_note is null and backfill_id is null and until <= %(until)s
        ), forgotten as (
          delete from gaps where id in (select id from ended where length < %(shortest)s)
        )
        update gaps set filled_at = %(now)s where id in (select id from ended where length >= %(shortest)s)
        """,
        {"watch_id": watch_id, "until": until, "shortest": shortest, "now": now},
    )


def forget(conn: Connection, *, watch_id: WatchId) -> None:
    """Forget the gaps that ended before anything was covered: nothing was promised then."""
    execute(conn, "delete from gaps where watch_id = %(watch_id)s and until is not null and lost_note is null", {"watch_id": watch_id})


def lose(conn: Connection, *, watch_id: WatchId, lost: Stretch, note: str, backfill_id: BackfillId | None = None) -> None:
    """Store what can never be filled, with the cause of the gap that it was part of; of that gap the rest stays."""
    values = {"watch_id": watch_id, "since": lost.since, "until": lost.until, "note": note, "backfill_id": backfill_id}
    execute(
        conn,
        """
        with struck as (
          select id, kind, note, since, until from gaps
          where watch_id = %(watch_id)s and filled_at is null and lost_note is null and since < %(until)s
            and backfill_id is not distinct from %(backfill_id)s::bigint
        ), shortened as (
          update gaps g set since = %(until)s from struck where g.id = struck.id and (struck.until is null or struck.until > %(until)s)
        ), swallowed as (
          delete from gaps g using struck where g.id = struck.id and struck.until <= %(until)s
        )
        insert into gaps (watch_id, kind, note, since, until, lost_note, backfill_id)
        select %(watch_id)s, coalesce((select kind from struck order by since limit 1), 'unseen'),
          coalesce((select note from struck order by since limit 1), ''), %(since)s::timestamptz, %(until)s, %(note)s,
          %(backfill_id)s::bigint
        """,
        values,
    )


def hand_over(conn: Connection, *, watch_id: WatchId, behind: Stretch, backfill_id: BackfillId) -> None:
    """Leave the gaps in `behind` to a backfill; where there is none, what it has to read is one."""
    execute(
        conn,
        """
        with handed as (
          update gaps set backfill_id = %(backfill_id)s
          where watch_id = %(watch_id)s and filled_at is null and lost_note is null and backfill_id is null and until <= %(until)s
          returning id
        )
        insert into gaps (watch_id, kind, since, until, backfill_id)
        select %(watch_id)s, 'backlog', %(since)s::timestamptz, %(until)s, %(backfill_id)s
        where %(since)s::timestamptz is not null and not exists (select from handed)
        """,
        {"watch_id": watch_id, "since": behind.since, "until": behind.until, "backfill_id": backfill_id},
    )


def fill_behind(conn: Connection, *, backfill_id: BackfillId, now: datetime) -> None:
    """Mark the gaps of a backfill as filled."""
    execute(
        conn,
        "update gaps set filled_at = %(now)s where backfill_id = %(backfill_id)s and filled_at is null and lost_note is null",
        {"backfill_id": backfill_id, "now": now},
    )


def all_gaps(conn: Connection, *, since: datetime) -> list[Gap]:
    """Return the gaps of every watch, newest first: all that grow, wait or are lost, and those that were filled after `since`."""
    return fetch_all(
        conn,
        Gap,
        """
        select w.source_id, g.watch_id, g.kind, g.note, g.since, g.until, g.filled_at, g.lost_note,
          g.filled_at is null and g.lost_note is null and g.backfill_id is not null as filling
        from gaps g join watches w on w.id = g.watch_id
        where g.filled_at is null or g.filled_at > %(since)s
        order by w.source_id, g.watch_id, coalesce(g.until, 'infinity') desc, g.id desc
        """,
        {"since": since},
    )


def overdue(conn: Connection, *, before: datetime, now: datetime) -> list[Gap]:
    """Return a gap for every watch that was due before `before` and that nobody looked at since, though nothing hinders it."""
    return fetch_all(
        conn,
        Gap,
        """
        select w.source_id, w.id as watch_id, 'late' as kind, '' as note, null::timestamptz as until, null::timestamptz as filled_at,
          null as lost_note, false as filling, coalesce((select max(until) from coverage where watch_id = w.id), w.next_at) as since
        from watches w join sources s on s.id = w.source_id
        where s.paused_at is null and w.state <> 'stopped' and w.kind <> 'calls' and w.next_at < %(before)s
          and (w.claimed_until is null or w.claimed_until < %(now)s)
          and not exists (select from gaps g where g.watch_id = w.id and g.until is null)
        order by w.id
        """,
        {"before": before, "now": now},
    )
