"""SQL of covered time: one row a stretch, and how far the walk under way has come."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_one
from amends.inbox.rules.coverage import Progress, Stretch
from amends.inbox.rules.ids import WatchId


@dataclass(frozen=True, kw_only=True, slots=True)
class Covered:
    """A stretch of time of which everything was read."""

    watch_id: WatchId
    since: datetime
    until: datetime


def progress(conn: Connection, *, watch_id: WatchId) -> Progress:
    """Return how far the watch has come."""
    return fetch_one(
        conn,
        Progress,
        """
        select w.walk_began_at as began_at, w.walk_pages as pages, greatest(
          (select max(until) from coverage where watch_id = w.id),
          (select max(until) from gaps where watch_id = w.id and lost_note is not null and backfill_id is null)
        ) as floor
        from watches w where w.id = %(watch_id)s
        """,
        {"watch_id": watch_id},
    )


def save_walk(conn: Connection, *, watch_id: WatchId, progress: Progress) -> None:
    """Store the walk under way."""
    execute(
        conn,
        "update watches set walk_began_at = %(began_at)s, walk_pages = %(pages)s where id = %(watch_id)s",
        {"watch_id": watch_id, "began_at": progress.began_at, "pages": progress.pages},
    )


def extend(conn: Connection, *, watch_id: WatchId, covered: Stretch) -> bool:
    """Lengthen the last stretch up to the end of `covered`; False where that does not touch it."""
    return bool(
        execute(
            conn,
            """
            update coverage set until = greatest(until, %(until)s)
            where id = (select id from coverage where watch_id = %(watch_id)s order by until desc, id desc limit 1)
              and %(since)s between since and until
            """,
            {"watch_id": watch_id, "since": covered.since, "until": covered.until},
        )
    )


def cover(conn: Connection, *, watch_id: WatchId, covered: Stretch) -> None:
    """Add a stretch, and make it one with those that it touches."""
    execute(
        conn,
        """
        with touched as (
          delete from coverage where watch_id = %(watch_id)s and since <= %(until)s and until >= %(since)s returning since, until
        )
        insert into coverage (watch_id, since, until)
        select %(watch_id)s, least(%(since)s, min(since)), greatest(%(until)s, max(until)) from touched
        """,
        {"watch_id": watch_id, "since": covered.since, "until": covered.until},
    )


def covered_since(conn: Connection, *, since: datetime) -> list[Covered]:
    """Return the stretches of every watch that reach beyond `since`, oldest first."""
    return fetch_all(
        conn,
        Covered,
        "select watch_id, since, until from coverage where until > %(since)s order by watch_id, since",
        {"since": since},
    )
