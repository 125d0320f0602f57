"""SQL of the rhythm: how many posts of others a source published in each hour, added up as pages come in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.ids import SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """An hour of a source that brought something; `last_at` is its last post."""

    source_id: SourceId
    hour: datetime
    posts: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LastPost:
    """When a source last published something that we saw."""

    source_id: SourceId
    at: datetime


def add(conn: Connection, *, source_id: SourceId, published: Sequence[datetime]) -> None:
    """Count new posts by the hours in which they were published."""
    if not published:
        return
    last = {_hour_of(moment): moment for moment in sorted(published)}
    counts = Counter(map(_hour_of, published))
    execute(
        conn,
        """
        insert into rhythm (source_id, hour, posts, last_at)
        select %(source_id)s, hour, posts, last_at
        from unnest(%(hours)s::timestamptz[], %(posts)s::int[], %(last)s::timestamptz[]) given(hour, posts, last_at)
        on conflict (source_id, hour)
        do update set posts = rhythm.posts + excluded.posts, last_at = greatest(rhythm.last_at, excluded.last_at)
        """,
        {"source_id": source_id, "hours": list(last), "posts": [counts[hour] for hour in last], "last": list(last.values())},
    )


def _hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def last_posts(conn: Connection) -> list[LastPost]:
    """Return the newest post of every source that ever brought one."""
    return fetch_all(
        conn,
        LastPost,
        """
        select s.id as source_id, newest.last_at as at from sources s
        cross join lateral (select last_at from rhythm where source_id = s.id order by hour desc limit 1) newest
        """,
    )


def hours(conn: Connection, source_ids: Sequence[SourceId], *, since: datetime) -> list[Hour]:
    """Return the hours of these sources from `since` on that brought something."""
    return fetch_all(
        conn,
        Hour,
        "select source_id, hour, posts, last_at from rhythm where source_id = any(%(ids)s) and hour >= %(since)s order by source_id, hour",
        {"ids": list(source_ids), "since": since},
    )


def drop_old(conn: Connection, *, before: datetime) -> int:
    """Forget hours that no habit is learnt from any more, save each source's last; return how many."""
    return execute(
        conn,
        """
        delete from rhythm r
        where hour < %(before)s and exists (select from rhythm later where later.source_id = r.source_id and later.hour > r.hour)
        """,
        {"before": before},
    )
