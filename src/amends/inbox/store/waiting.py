"""SQL of waiting time: the points that a case gets while its customer waits for us, and loses when he does not any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.core.database import Connection, execute


def raise_waiting(conn: Connection, *, waits: Sequence[timedelta], points: Sequence[int], now: datetime, limit: int) -> int:
    """Give at most `limit` cases the points that their wait is worth now, and return how many had others before.

    `points` has one more than `waits`: what a case is worth before the first of them. For each stretch of waiting and each number of
    points that is wrong in it one short walk over the index finds the rows, so a desk on which nothing changed costs nothing.
    """
    return execute(
        conn,
        """
        with stretches as (
          select coalesce(%(now)s - least_wait, 'infinity') as until, coalesce(%(now)s - most_wait, '-infinity') as since, points
          from unnest(%(least)s::interval[], %(most)s::interval[], %(points)s::smallint[]) as s(least_wait, most_wait, points)
        ),
        due as (
          select found.id from stretches
          cross join generate_series(0, 50) as wrong(points)
          cross join lateral (
            select id from cases
            where status = 'open' and waiting_since is not null and waiting_points = wrong.points
              and waiting_since <= stretches.until and waiting_since > stretches.since
            limit %(limit)s
          ) found
          where wrong.points <> stretches.points
          union all
          (select id from cases where waiting_points <> 0 and (status <> 'open' or waiting_since is null) limit %(limit)s)
        ),
        ours as (
          select id, status, waiting_since from cases where id in (select id from due) order by id limit %(limit)s for update skip locked
        )
        update cases set waiting_points = coalesce((
          select max(points) from stretches
          where ours.status = 'open' and ours.waiting_since <= until and ours.waiting_since > since
        ), 0)
        from ours where cases.id = ours.id
        """,
        {"least": [None, *waits], "most": [*waits, None], "points": list(points), "now": now, "limit": limit},
    )
