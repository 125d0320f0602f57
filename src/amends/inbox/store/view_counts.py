"""SQL of the counters beside the views that no trigger keeps: those of time, by a short walk over an index, and those of saved views."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_one
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

MOST = 1_000
WANTED_FOR = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeCounts:
    """How many cases are due within the hour, late, or to be followed up, each counted up to `MOST`."""

    due_soon: int
    breached: int
    follow_ups: int


def of_time(conn: Connection, scope: Scope, *, now: datetime) -> TimeCounts:
    """Return the counters that time alone can change, within the scope, each from a stretch of one index."""
    seen = scopes.within(scope)
    query = (
        """
        select (select count(*) from (select from cases c where due_at between %(now)s and %(now)s + interval '1 hour'
        """
        + seen
        + """
                limit %(most)s) s) as due_soon,
               (select count(*) from (select from cases c where due_at <= %(now)s
        """
        + seen
        + """
                limit %(most)s) b) as breached,
               (select count(distinct case_id) from (select c.case_id from follow_ups c
                where c.concluded_at is null and c.due_at <= %(now)s + interval '1 day'
        """
        + seen
        + " limit %(most)s) f) as follow_ups"
    )
    return fetch_one(conn, TimeCounts, query, {"now": now, "most": MOST} | scopes.params(scope))


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A count that somebody looks at and that is old: of which view, for whom (0: the same for everybody)."""

    view_id: int
    agent_id: int
    query: str


def want(conn: Connection, view_ids: list[int], agent_ids: list[int], *, now: datetime) -> None:
    """Say that somebody looks at these counts; written at most every half minute."""
    execute(
        conn,
        """
        insert into saved_view_counts (view_id, agent_id, wanted_at)
        select view_id, agent_id, %(now)s from unnest(%(view_ids)s::bigint[], %(agent_ids)s::bigint[]) w(view_id, agent_id)
        where not exists (select from saved_view_counts s where (s.view_id, s.agent_id) = (w.view_id, w.agent_id)
                          and s.wanted_at > %(now)s - interval '30 seconds')
        order by view_id, agent_id
        on conflict (view_id, agent_id) do update set wanted_at = excluded.wanted_at
        """,
        {"view_ids": view_ids, "agent_ids": agent_ids, "now": now},
    )


def claim_stale(conn: Connection, *, now: datetime, limit: int) -> list[Wanted]:
    """Return counts that somebody looks at and that are old, the oldest first; nobody else gets them for the next while.

    One is old after ten seconds, or after twenty times what counting it took, so that a dear one keeps no more than a twentieth of a core.
    """
    return fetch_all(
        conn,
        Wanted,
        """
        with old as (
          select s.view_id, s.agent_id, v.query from saved_view_counts s join saved_views v on v.id = s.view_id and v.deleted_at is null
          where s.wanted_at > %(now)s - %(wanted_for)s
            and (s.counted_at is null or s.counted_at < %(now)s - greatest(interval '10 seconds', s.cost_ms * interval '20 milliseconds'))
          order by s.counted_at nulls first limit %(limit)s for update of s skip locked
        )
        update saved_view_counts s set counted_at = %(now)s from old where (s.view_id, s.agent_id) = (old.view_id, old.agent_id)
        returning s.view_id, s.agent_id, old.query
        """,
        {"now": now, "wanted_for": WANTED_FOR, "limit": limit},
    )


def keep(conn: Connection, wanted: Wanted, *, n: int | None, cost: timedelta, now: datetime) -> None:
    """Keep what was counted, and what that cost."""
    execute(
        conn,
        """
        update saved_view_counts set n = %(n)s, counted_at = %(now)s, cost_ms = %(cost)s
        where view_id = %(view_id)s and agent_id = %(agent_id)s
        """,
        {"n": n, "now": now, "cost": int(cost / timedelta(milliseconds=1)), "view_id": wanted.view_id, "agent_id": wanted.agent_id},
    )


def forget(conn: Connection, view_id: int) -> None:
    """Drop the counts of a view that asks something else now."""
    execute(conn, "delete from saved_view_counts where view_id = %(view_id)s", {"view_id": view_id})


def drop_unwanted(conn: Connection, *, before: datetime) -> None:
    """Drop counts that nobody has looked at since `before`."""
    execute(conn, "delete from saved_view_counts where wanted_at < %(before)s", {"before": before})
