"""The numbers, and the rows behind each of them: both use the same condition, so that the rows recount to the number.

Times are seconds. A median or p90 is taken over all episodes of the denominator; where it falls among those without an answer (or
end), it is None, which the screen tells as "—".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.figures import Figure, Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """Cases that are going on now on one network: `open` wait for us, `waiting` for the customer."""

    network: str
    open: int
    waiting: int
    unassigned: int
    oldest: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """How fast the episodes begun in a period went; `network` is empty for all of them together."""

    network: str
    episodes: int
    answered: int
    ended: int
    first_median: float | None
    first_p90: float | None
    end_median: float | None
    end_p90: float | None
    seen_median: float | None
    triaged_median: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar of the chart: episodes that began, and episodes that were resolved, between `since` and `until`."""

    since: datetime
    until: datetime
    begun: int
    resolved: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcomes:
    """What the follow-ups concluded in a period found, and how many are planned from now on."""

    held: int
    relapsed: int
    silent: int
    unknown: int
    planned: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EpisodeRow:
    """One row behind a number; `id` is the episode's."""

    id: int
    case_id: int
    number: int
    network: str
    brand: str
    author_name: str
    preview: str
    published_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    outcome: str | None


_BRAND: LiteralString = " and (%(brand)s = '' or c.brand_id = (select id from brands where slug = %(brand)s))"
_NETWORK: LiteralString = " and (%(network)s = '' or c.network = %(network)s)"
_BEGUN: LiteralString = "e.published_at >= %(since)s and e.published_at < %(until)s and e.dismissed_at is null"
_CONCLUDED: LiteralString = "f.concluded_at >= %(since)s and f.concluded_at < %(until)s"
_EPISODES: LiteralString = " from episodes e join cases c on c.id = e.case_id "
_FOLLOWED: LiteralString = (
    " from (select * from follow_ups f where not exists"
    " (select from follow_ups x where x.episode_id = f.episode_id and x.days < f.days)) f"
    " join episodes e on e.id = f.episode_id join cases c on c.id = e.case_id "
)
_BEHIND: dict[Figure, LiteralString] = {
    Figure.BEGUN: _EPISODES + "where " + _BEGUN,
    Figure.ANSWERED: _EPISODES + "where " + _BEGUN + " and e.answered_at is not null",
    Figure.UNANSWERED: _EPISODES + "where " + _BEGUN + " and e.answered_at is null",
    Figure.ENDED: _EPISODES + "where " + _BEGUN + " and e.resolved_at is not null",
    Figure.UNENDED: _EPISODES + "where " + _BEGUN + " and e.resolved_at is null",
    Figure.RESOLVED: _EPISODES + "where e.resolved_at >= %(since)s and e.resolved_at < %(until)s",
    Figure.HELD: _FOLLOWED + "where " + _CONCLUDED + " and f.outcome = 'held'",
    Figure.RELAPSED: _FOLLOWED + "where " + _CONCLUDED + " and f.outcome = 'relapsed'",
    Figure.SILENT: _FOLLOWED + "where " + _CONCLUDED + " and f.outcome = 'silent'",
    Figure.UNKNOWN: _FOLLOWED + "where " + _CONCLUDED + " and f.outcome = 'unknown'",
}


def backlog(conn: Connection, brand: str) -> list[Backlog]:
    """Return the cases going on now, by network."""
    return fetch_all(
        conn,
        Backlog,
        """
        select c.network, count(*) filter (where c.status = 'open') as open, count(*) filter (where c.status = 'waiting') as waiting,
               count(*) filter (where c.status = 'open' and c.assignee_id is null) as unassigned,
               min(c.waiting_since) filter (where c.status = 'open') as oldest
        from cases c where c.status in ('open', 'waiting')
        """
        + _BRAND
        + " group by c.network order by open desc, c.network",
        {"brand": brand},
    )


def speeds(conn: Connection, period: Period, brand: str) -> list[Speed]:
    """Return how fast we were, over all networks (empty name, first) and on each."""
    return fetch_all(
        conn,
        Speed,
        """
        select coalesce(network, '') as network, count(*) as episodes, count(first) as answered, count(ending) as ended,
               nullif(percentile_disc(0.5) within group (order by coalesce(first, 'infinity')), 'infinity') as first_median,
               nullif(percentile_disc(0.9) within group (order by coalesce(first, 'infinity')), 'infinity') as first_p90,
               nullif(percentile_disc(0.5) within group (order by coalesce(ending, 'infinity')), 'infinity') as end_median,
               nullif(percentile_disc(0.9) within group (order by coalesce(ending, 'infinity')), 'infinity') as end_p90,
               percentile_disc(0.5) within group (order by seen) as seen_median,
               percentile_disc(0.5) within group (order by triaged) as triaged_median
        from (
          select c.network, extract(epoch from e.answered_at - e.published_at)::float8 as first,
                 extract(epoch from e.resolved_at - e.published_at)::float8 as ending,
                 extract(epoch from e.seen_at - e.published_at)::float8 as seen,
                 extract(epoch from e.triaged_at - e.seen_at)::float8 as triaged
        """
        + _BEHIND[Figure.BEGUN]
        + _BRAND
        + ") spans group by grouping sets ((network), ()) order by grouping(network) desc, count(*) desc, network",
        {"brand": brand, "since": period.since, "until": period.until},
    )


def bars(conn: Connection, period: Period, width: timedelta, brand: str) -> list[Bar]:
    """Return the chart's bars in order, the empty ones too; the first and the last one are cut where the period is."""
    return fetch_all(
        conn,
        Bar,
        """
        with slots as (
          select at
          from generate_series(date_bin(%(width)s, %(since)s::timestamptz, '2000-01-01'), %(until)s::timestamptz, %(width)s) s (at)
          where at < %(until)s::timestamptz
        ), begun as (
          select date_bin(%(width)s, e.published_at, '2000-01-01') as at, count(*) as n
        """
        + _BEHIND[Figure.BEGUN]
        + _BRAND
        + """
          group by 1
        ), resolved as (
          select date_bin(%(width)s, e.resolved_at, '2000-01-01') as at, count(*) as n
        """
        + _BEHIND[Figure.RESOLVED]
        + _BRAND
        + """
          group by 1
        )
        select greatest(slots.at, %(since)s::timestamptz) as since, least(slots.at + %(width)s, %(until)s::timestamptz) as until,
               coalesce(begun.n, 0) as begun, coalesce(resolved.n, 0) as resolved
        from slots left join begun on begun.at = slots.at left join resolved on resolved.at = slots.at order by slots.at
        """,
        {"brand": brand, "since": period.since, "until": period.until, "width": width},
    )


def outcomes(conn: Connection, period: Period, brand: str) -> Outcomes:
    """Return what the follow-ups concluded in the period found."""
    return fetch_all(
        conn,
        Outcomes,
        """
        select count(*) filter (where f.outcome = 'held') as held, count(*) filter (where f.outcome = 'relapsed') as relapsed,
               count(*) filter (where f.outcome = 'silent') as silent, count(*) filter (where f.outcome = 'unknown') as unknown,
               (select count(distinct p.episode_id) from follow_ups p join cases c on c.id = p.case_id where p.concluded_at is null"""
        + _BRAND
        + ") as planned "
        + _FOLLOWED
        + "where "
        + _CONCLUDED
        + _BRAND,
        {"brand": brand, "since": period.since, "until": period.until},
    )[0]


def count(conn: Connection, figure: Figure, period: Period, *, brand: str, network: str) -> int:
    """Return the number that `figure` is."""
    return fetch_values(conn, "select count(*)" + _BEHIND[figure] + _BRAND + _NETWORK, _params(period, brand, network))[0]


def rows(  # noqa: PLR0913
    conn: Connection, figure: Figure, period: Period, *, brand: str, network: str, below: int | None, limit: int
) -> Sequence[EpisodeRow]:
    """Return at most `limit` of the rows that `figure` counts, the newest episodes first, beginning below the id `below`."""
    after: LiteralString = " and e.id < %(below)s" if below is not None else ""
    return fetch_all(
        conn,
        EpisodeRow,
        "select e.id, c.id as case_id, e.number, c.network, b.name as brand, coalesce(nullif(a.name, ''), a.handle) as author_name,"
        " c.preview, e.published_at, e.answered_at, e.resolved_at, e.outcome from (select e.*"
        + _BEHIND[figure]
        + _BRAND
        + _NETWORK
        + after
        + " order by e.id desc limit %(limit)s) e join cases c on c.id = e.case_id join authors a on a.id = c.author_id"
        " join brands b on b.id = c.brand_id order by e.id desc",
        _params(period, brand, network) | {"below": below, "limit": limit},
    )


def _params(period: Period, brand: str, network: str) -> dict[str, Any]:
    return {"brand": brand, "network": network, "since": period.since, "until": period.until}
