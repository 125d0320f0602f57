"""What is told beside a post of a thread: what it said before it was edited, who shared it, and which watches there are to have met it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import PostId, SourceId, WatchId

MOST_COUNTED = 1_000
"""Shares are counted as far as this: a post that went around the world costs no more than one that a thousand shared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """Words that stood in a post from `written_at` until `replaced_at`."""

    post_id: PostId
    written_at: datetime
    replaced_at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """How often a post was shared (one more than `MOST_COUNTED` where it was more often), and the names of the last who did."""

    external_id: str
    times: int
    names: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedWatch:
    """What a watch looks at."""

    id: WatchId
    kind: str
    query: str


def versions(conn: Connection, post_ids: Sequence[PostId]) -> list[Version]:
    """Return what these posts said before, the oldest words first."""
    if not post_ids:
        return []
    return fetch_all(
        conn,
        Version,
        """
        select post_id, written_at, replaced_at, text from post_versions where post_id = any(%(ids)s)
        order by post_id, replaced_at, written_at
        """,
        {"ids": list(post_ids)},
    )


def shares(conn: Connection, *, source_id: SourceId, external_ids: Sequence[str]) -> list[Shares]:
    """Return those of the posts that were shared."""
    if not external_ids:
        return []
    return fetch_all(
        conn,
        Shares,
        """
        select given.external_id, counted.times, last.names
        from unnest(%(external_ids)s::text[]) given(external_id)
        cross join lateral (
          select count(*) as times from (
            select from posts p where p.source_id = %(source_id)s and p.shared_id = given.external_id and p.deleted_at is null
            limit %(most)s
          ) first
        ) counted
        cross join lateral (
          select array_agg(named.name) as names from (
            select coalesce(nullif(a.name, ''), a.handle) as name from posts p join authors a on a.id = p.author_id
            where p.source_id = %(source_id)s and p.shared_id = given.external_id and p.deleted_at is null
            order by p.published_at desc limit 3
          ) named
        ) last
        where counted.times > 0
        """,
        {"source_id": source_id, "external_ids": list(external_ids), "most": MOST_COUNTED + 1},
    )


def watches(conn: Connection, *, source_id: SourceId) -> list[NamedWatch]:
    """Return the watches that the source has now."""
    return fetch_all(conn, NamedWatch, "select id, kind, query from watches where source_id = %(source_id)s", {"source_id": source_id})
