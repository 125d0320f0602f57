"""SQL of backfills: the older part of a walk that was parted, read in a lane of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.core.ports import Cursor
from amends.inbox.rules.coverage import Stretch
from amends.inbox.rules.ids import BackfillId, SourceId, WatchId
from amends.inbox.store.watches import WatchJob


@dataclass(frozen=True, kw_only=True, slots=True)
class BackfillJob(WatchJob):
    """A claimed backfill; its `cursor` and claim are its own, the rest is its watch's. It reads from `until` back to `since`."""

    backfill_id: BackfillId
    since: datetime | None
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Backfill:
    """How far a backfill is: posts down to `reached` are read."""

    id: int
    source_id: SourceId
    watch_id: WatchId
    since: datetime | None
    until: datetime
    reached: datetime | None
    pages: int
    posts: int
    note: str
    created_at: datetime
    next_at: datetime


def begin(conn: Connection, *, watch_id: WatchId, cursor: Cursor, behind: Stretch, now: datetime) -> BackfillId:
    """Store a backfill that is due at once, and return its id."""
    values = fetch_values(
        conn,
        """
        insert into backfills (watch_id, cursor, since, until, created_at, next_at)
        values (%(watch_id)s, %(cursor)s, %(since)s, %(until)s, %(now)s, %(now)s)
        returning id
        """,
        {"watch_id": watch_id, "cursor": Jsonb(cursor), "since": behind.since, "until": behind.until, "now": now},
    )
    return BackfillId(values[0])


def claim_next(conn: Connection, *, now: datetime, until: datetime, at_once: Mapping[str, int]) -> BackfillJob | None:
    """Claim the backfill that waits longest on a network that has more places than watches which are due or being read."""
    return fetch_maybe(
        conn,
        BackfillJob,
        """
        with busy as (
          select s.network from watches w join sources s on s.id = w.source_id
          where w.claimed_until > %(now)s or (w.state <> 'stopped' and w.kind <> 'calls' and w.next_at <= %(now)s and s.paused_at is null)
          union all
          select s.network from backfills b join watches w on w.id = b.watch_id join sources s on s.id = w.source_id
          where b.claimed_until > %(now)s
        ), free as (
          select network from unnest(%(networks)s::text[], %(most)s::integer[]) given(network, most)
          where most > (select count(*) from busy where busy.network = given.network)
        ), next as (
          select b.id, b.next_at
          from backfills b join watches w on w.id = b.watch_id join sources s on s.id = w.source_id join free on free.network = s.network
          where b.done_at is null and b.next_at <= %(now)s and (b.claimed_until is null or b.claimed_until <= %(now)s)
            and w.state <> 'stopped' and s.paused_at is null
          order by b.next_at, b.id
          limit 1
          for update of b skip locked
        )
        update backfills b set claimed_until = %(until)s
        from next, watches w, sources s
        where b.id = next.id and w.id = b.watch_id and s.id = w.source_id
        returning b.id as backfill_id, b.since, b.until, b.cursor, b.failures, b.claimed_until, b.pages as walk_pages,
          next.next_at as due_at, %(now)s::timestamptz as claimed_at, w.id as watch_id, w.kind, w.query, w.state,
          s.id as source_id, s.network, s.handle, s.credentials, s.options
        """,
        {"now": now, "until": until, "networks": list(at_once), "most": list(at_once.values())},
    )


def still_ours(conn: Connection, job: BackfillJob) -> bool:
    """Return whether nobody else took the backfill since, and keep it so until the transaction ends."""
    return bool(
        fetch_values(
            conn,
            "select id from backfills where id = %(id)s and claimed_until = %(claimed_until)s for update",
            {"id": job.backfill_id, "claimed_until": job.claimed_until},
        )
    )


def save_page(  # noqa: PLR0913
    conn: Connection,
    job: BackfillJob,
    *,
    cursor: Cursor,
    behind: Stretch,
    reached: datetime | None,
    posts: int,
    next_at: datetime,
    done_at: datetime | None,
) -> None:
    """Move the cursor, count what came, and let the backfill go."""
    execute(
        conn,
        """
        update backfills
        set cursor = %(cursor)s, since = %(since)s, reached = least(reached, %(reached)s), pages = pages + 1, posts = posts + %(posts)s,
          failures = 0, note = '', next_at = %(next_at)s, claimed_until = null, done_at = %(done_at)s
        where id = %(id)s
        """,
        {
            "id": job.backfill_id,
            "cursor": Jsonb(cursor),
            "since": behind.since,
            "reached": reached,
            "posts": posts,
            "next_at": next_at,
            "done_at": done_at,
        },
    )


def count_reads(conn: Connection, job: BackfillJob, *, reads: int) -> None:
    """Count what the network bills with the watch."""
    execute(conn, "update watches set reads = reads + %(reads)s where id = %(id)s", {"id": job.watch_id, "reads": reads})


def put_off(conn: Connection, job: BackfillJob, *, failures: int, note: str, next_at: datetime) -> None:
    """Try again at `next_at`."""
    execute(
        conn,
        """
        update backfills set failures = %(failures)s, note = %(note)s, next_at = %(next_at)s, claimed_until = null where id = %(id)s
        """,
        {"id": job.backfill_id, "failures": failures, "note": note, "next_at": next_at},
    )


def under_way(conn: Connection) -> list[Backfill]:
    """Return the backfills that are not done, by watch."""
    return fetch_all(
        conn,
        Backfill,
        """
        select b.id, w.source_id, b.watch_id, b.since, b.until, b.reached, b.pages, b.posts, b.note, b.created_at, b.next_at
        from backfills b join watches w on w.id = b.watch_id where b.done_at is null order by w.source_id, b.watch_id, b.id
        """,
    )
