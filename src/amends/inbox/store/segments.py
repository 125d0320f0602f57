"""SQL of segments: one's own and the shared ones, and how many customers each holds, which the worker counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, SegmentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A query of customers that somebody keeps; `n` is None where it was not counted yet, `trouble` says why it cannot be."""

    id: SegmentId
    agent_id: AgentId
    owner: str
    name: str
    query: str
    shared: bool
    changed_at: datetime
    n: int | None
    counted_at: datetime | None
    trouble: str


_SELECT: LiteralString = """
select s.id, s.agent_id, g.name as owner, s.name, s.query, s.shared, coalesce(s.changed_at, s.created_at) as changed_at,
  k.n, k.counted_at, coalesce(k.trouble, '') as trouble
from segments s join agents g on g.id = s.agent_id left join segment_counts k on k.segment_id = s.id
"""
_SEEN: LiteralString = " where s.deleted_at is null and (s.shared or s.agent_id = %(agent_id)s)"


def seen_by(conn: Connection, agent_id: AgentId) -> list[Segment]:
    """Return the segments that an agent sees, shared ones first."""
    return fetch_all(conn, Segment, _SELECT + _SEEN + " order by not s.shared, lower(s.name), s.id", {"agent_id": agent_id})


def find_seen(conn: Connection, segment_id: int, agent_id: AgentId) -> Segment | None:
    """Return a segment that the agent sees, or None."""
    return fetch_maybe(conn, Segment, _SELECT + _SEEN + " and s.id = %(id)s", {"id": segment_id, "agent_id": agent_id})


def find_deleted(conn: Connection, segment_id: int) -> Segment | None:
    """Return a segment that was deleted, or None."""
    return fetch_maybe(conn, Segment, _SELECT + " where s.deleted_at is not null and s.id = %(id)s", {"id": segment_id})


def is_called(conn: Connection, name: str, *, shared: bool, agent_id: AgentId, but: int = 0) -> bool:
    """Tell whether another segment beside it has this name: a shared one, or one of the agent's own."""
    return bool(
        fetch_values(
            conn,
            """
            select exists (select from segments where deleted_at is null and lower(name) = lower(%(name)s) and shared = %(shared)s
                           and (shared or agent_id = %(agent_id)s) and id <> %(but)s)
            """,
            {"name": name, "shared": shared, "agent_id": agent_id, "but": but},
        )[0]
    )


def count_beside(conn: Connection, *, shared: bool, agent_id: AgentId) -> int:
    """Return how many segments there are where a new one would stand."""
    query: LiteralString = """
      select count(*) from segments where deleted_at is null and shared = %(shared)s and (shared or agent_id = %(agent_id)s)
    """
    return fetch_values(conn, query, {"shared": shared, "agent_id": agent_id})[0]


def insert(conn: Connection, *, agent_id: AgentId, name: str, query: str, shared: bool, now: datetime) -> SegmentId:
    """Add a segment and return its id."""
    return fetch_values(
        conn,
        """
        insert into segments (agent_id, name, query, shared, created_at) values (%(agent_id)s, %(name)s, %(query)s, %(shared)s, %(now)s)
        returning id
        """,
        {"agent_id": agent_id, "name": name, "query": query, "shared": shared, "now": now},
    )[0]


def update(conn: Connection, segment_id: int, *, name: str, query: str, shared: bool, now: datetime) -> None:
    """Change a segment; where it asks something else, what was counted is forgotten."""
    params = {"id": segment_id, "name": name, "query": query, "shared": shared, "now": now}
    execute(
        conn,
        "delete from segment_counts k using segments s where s.id = k.segment_id and s.id = %(id)s and s.query <> %(query)s",
        params,
    )
    execute(
        conn, "update segments set name = %(name)s, query = %(query)s, shared = %(shared)s, changed_at = %(now)s where id = %(id)s", params
    )


def set_deleted(conn: Connection, segment_id: int, *, at: datetime | None) -> None:
    """Take a segment away, or, without a time, bring it back."""
    execute(conn, "update segments set deleted_at = %(at)s where id = %(id)s", {"id": segment_id, "at": at})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """A segment whose count is old, and whose it is."""

    id: SegmentId
    agent_id: AgentId
    query: str


def claim_stale(conn: Connection, *, now: datetime, limit: int) -> list[Stale]:
    """Return segments whose count is old, the oldest first; nobody else gets them for the next while.

    One is old after five minutes, or after fifty times what counting it took.
    """
    return fetch_all(
        conn,
        Stale,
        """
        with old as (
          select s.id from segments s left join segment_counts k on k.segment_id = s.id
          where s.deleted_at is null
            and (k.counted_at is null or k.counted_at < %(now)s - greatest(interval '5 minutes', k.cost_ms * interval '50 milliseconds'))
          order by k.counted_at nulls first, s.id limit %(limit)s for update of s skip locked
        ), taken as (
          insert into segment_counts (segment_id, counted_at) select id, %(now)s from old
          on conflict (segment_id) do update set counted_at = excluded.counted_at
          returning segment_id
        )
        select s.id, s.agent_id, s.query from segments s join taken on taken.segment_id = s.id order by s.id
        """,
        {"now": now, "limit": limit},
    )


def keep(conn: Connection, segment_id: int, *, n: int | None, trouble: str, cost: timedelta, now: datetime) -> None:
    """Keep what was counted and what that cost; or why it could not be."""
    execute(
        conn,
        """
        update segment_counts set n = %(n)s, trouble = %(trouble)s, counted_at = %(now)s, cost_ms = %(cost)s where segment_id = %(id)s
        """,
        {"id": segment_id, "n": n, "trouble": trouble[:500], "now": now, "cost": int(cost / timedelta(milliseconds=1))},
    )
