"""The inbox list: one page of cases in one query, by keyset, within what the reader sees.

The lateral join walks one index per status and stops after a page, however deep the page lies. Where cases have to be looked at one by one
it stops after some steps, and what it found is certain up to where the first of these walks stopped: the next round goes on from there.
What fits too rarely for that is gathered by the indices of the filters (`matching.carefully`), so that a rare combination does not pass by
a million cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Query
from amends.inbox.rules.views import Marker, Sort
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_sql import Condition, condition


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """One row of the list, with all that the next page's marker needs of it."""

    id: int
    brand: str
    network: str
    status: str
    preview: str
    language: str
    sentiment: str
    urgency: int
    reasons: Sequence[str]
    needs_look: bool
    unread: bool
    episode: int
    opened_at: datetime
    last_post_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    resolved_at: datetime | None
    assignee_id: int | None
    assignee: str | None
    author_name: str
    author_handle: str
    followers: int | None
    customer_id: int
    team_id: int | None
    source_id: int
    topics: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Touched:
    case_id: int
    event_id: int


_COLUMNS: LiteralString = """
select c.id, b.slug as brand, c.network, c.status, c.preview, c.language, c.sentiment, c.urgency_now as urgency,
       case when c.waiting_points > 0 then c.reasons || 'waiting time'::text else c.reasons end as reasons, c.needs_look, c.unread,
       c.episode, c.opened_at, c.last_post_at, c.waiting_since, c.due_at, c.resolved_at, c.assignee_id, g.name as assignee,
       coalesce(nullif(a.name, ''), a.handle) as author_name, a.handle as author_handle, a.followers, c.customer_id, c.team_id, c.source_id,
       array(select distinct t.name from posts p join post_topics l on l.post_id = p.id and l.fits
             join topics t on t.id = l.topic_id and t.archived_at is null
             where p.case_id = c.id and p.case_number is not null and p.deleted_at is null order by t.name) as topics
"""
_JOINS: LiteralString = """
join authors a on a.id = c.author_id join brands b on b.id = c.brand_id left join agents g on g.id = c.assignee_id
"""
_AFTER: dict[Sort, LiteralString] = {
    Sort.NEWEST: " and (c.last_post_at, c.id) < (%(key)s::timestamptz, %(id)s)",
    Sort.URGENCY: " and (c.urgency_now, c.id) < (%(key)s::smallint, %(id)s)",
    Sort.DEADLINE: " and (coalesce(c.due_at, 'infinity'), c.id) > (%(key)s::timestamptz, %(id)s)",
    Sort.LONGEST: " and (coalesce(c.waiting_since, 'infinity'), c.id) > (%(key)s::timestamptz, %(id)s)",
}
_ORDER: dict[Sort, LiteralString] = {
    Sort.NEWEST: " order by c.last_post_at desc, c.id desc",
    Sort.URGENCY: " order by c.urgency_now desc, c.id desc",
    Sort.DEADLINE: " order by coalesce(c.due_at, 'infinity'), c.id",
    Sort.LONGEST: " order by coalesce(c.waiting_since, 'infinity'), c.id",
}
_OF_STATUSES: LiteralString = "unnest(%(statuses)s::text[])"
_STATUSES: dict[str, LiteralString] = {
    CaseStatus.OPEN: "('open')",
    CaseStatus.WAITING: "('waiting')",
    CaseStatus.SNOOZED: "('snoozed')",
    CaseStatus.RESOLVED: "('resolved')",
    CaseStatus.DISMISSED: "('dismissed')",
}
_DIGITS: tuple[LiteralString, ...] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
STEPS = 4_000
"""How many rows are looked at in the list's order in one round, over all statuses."""
ROUNDS = 4
"""How many rounds may fill a page. Where the first ones show that it takes more, the few that fit are gathered by their own indices."""


def page(conn: Connection, query: Query, sort: Sort, asker: Asker, *, after: Marker | None = None, limit: int = 50) -> list[CaseRow]:
    """Return at most `limit` cases that fit the query in the order of `sort`, beginning behind `after`; `NotAQuery`, `TooBroad`."""
    asked = condition(conn, query, asker)
    if asked.weak:
        return _looked_through(conn, asked, sort, after, limit)
    return fetch_all(conn, CaseRow, _planned_once(_walk(asked, sort, _behind(sort, after)), asked, limit), _params(asked, after, limit))


def _looked_through(conn: Connection, asked: Condition, sort: Sort, after: Marker | None, limit: int) -> list[CaseRow]:
    """Return a page of what has to be looked at case by case."""
    rows, behind = list[CaseRow](), after
    for turn in range(1, ROUNDS + 1):
        params, beginning = _params(asked, behind, limit), _behind(sort, behind)
        found = fetch_all(conn, CaseRow, _planned_once(_walk(asked, sort, beginning), asked, limit), params)
        if len(found) == limit and len(asked.statuses) == 1:
            return [*rows, *found][:limit]
        stopped = fetch_maybe(conn, CaseRow, _planned_once(_stopped(asked, sort, beginning), asked, limit), params)
        rows += [row for row in found if stopped is None or _place(row, sort) <= _place(stopped, sort)]
        if stopped is None or len(rows) >= limit:
            return rows[:limit]
        if len(rows) * ROUNDS < limit * turn:
            break
        behind = marker_of(stopped, sort)
    with carefully(conn):
        return fetch_all(conn, CaseRow, _gather(asked, sort, _behind(sort, after)), _params(asked, after, limit))


def _behind(sort: Sort, after: Marker | None) -> LiteralString:
    return _AFTER[sort] if after else ""


def _params(asked: Condition, after: Marker | None, limit: int) -> dict[str, Any]:
    place = {"key": after.key, "id": after.id} if after else {}
    return asked.params | {"limit": limit, "steps": _steps(asked)} | place


def _steps(asked: Condition) -> int:
    return STEPS // max(1, len(asked.statuses))


def _place(row: CaseRow, sort: Sort) -> tuple[float, int]:
    """Return what orders the rows of a list as the database does."""
    if sort is Sort.NEWEST:
        return -row.last_post_at.timestamp(), -row.id
    if sort is Sort.URGENCY:
        return -row.urgency, -row.id
    moment = row.due_at if sort is Sort.DEADLINE else row.waiting_since
    return moment.timestamp() if moment else inf, row.id


def _walk(asked: Condition, sort: Sort, behind: LiteralString) -> LiteralString:
    """Return the query that walks one index per status, and passes by what does not fit for some steps at most."""
    ordered = "select c.* from cases c where c.status = s.status" + asked.strong + behind + _ORDER[sort]
    if asked.weak:
        ordered = "select c.* from (" + ordered + " limit %(steps)s) c where true" + asked.weak + _ORDER[sort]
    merged = "(select c.* from " + _OF_STATUSES + " s(status) cross join lateral (" + ordered + " limit %(limit)s) c"
    return _COLUMNS + " from " + merged + _ORDER[sort] + " limit %(limit)s) c" + _JOINS + _ORDER[sort]


def _stopped(asked: Condition, sort: Sort, behind: LiteralString) -> LiteralString:
    """Return the query of the row at which the first walk stopped that had made all its steps; of none where all came to the end.

    Of each row that is passed by the number alone is read, which an index may tell.
    """
    last = "select c.id from cases c where c.status = s.status" + asked.strong + behind + _ORDER[sort] + " offset %(steps)s - 1 limit 1"
    found = "(select c.* from " + _OF_STATUSES + " s(status) cross join lateral (" + last + ") l join cases c using (id)"
    return _COLUMNS + " from " + found + _ORDER[sort] + " limit 1) c" + _JOINS


def _planned_once(query: LiteralString, asked: Condition, limit: int) -> LiteralString:
    """Return the query with its numbers and statuses in the text where nothing but statuses is asked.

    As parameters they look so dear that PostgreSQL plans anew at each page, which takes as long as to walk. It is left to where
    a plan for all values is right for each.
    """
    if not asked.is_bare or not asked.statuses:
        return query
    of_statuses = "(values " + ", ".join(_STATUSES[status] for status in asked.statuses) + ")"
    query = query.replace(_OF_STATUSES, of_statuses).replace("%(limit)s", _digits(limit))
    return query.replace("%(steps)s", _digits(_steps(asked)))


def _digits(number: int) -> LiteralString:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _gather(asked: Condition, sort: Sort, behind: LiteralString) -> LiteralString:
    """Return the query that finds all that fit, which are few, and sorts them."""
    fitting = "select c.id from cases c where " + asked.whole + behind
    sorted_ = "(select c.* from fitting join cases c using (id)" + _ORDER[sort] + " limit %(limit)s) c"
    return "with fitting as materialized (" + fitting + ")" + _COLUMNS + " from " + sorted_ + _JOINS + _ORDER[sort]


def rows_of(conn: Connection, case_ids: Sequence[int]) -> list[CaseRow]:
    """Return the rows of `case_ids`, for screens that show them already."""
    return fetch_all(conn, CaseRow, _COLUMNS + " from cases c " + _JOINS + " where c.id = any(%(ids)s)", {"ids": list(case_ids)})


def marker_of(row: CaseRow, sort: Sort) -> Marker:
    """Return the marker behind which the page after `row` begins."""
    keys: dict[Sort, str] = {
        Sort.NEWEST: row.last_post_at.isoformat(),
        Sort.URGENCY: str(row.urgency),
        Sort.DEADLINE: row.due_at.isoformat() if row.due_at else "infinity",
        Sort.LONGEST: row.waiting_since.isoformat() if row.waiting_since else "infinity",
    }
    return Marker(key=keys[sort], id=row.id)


def last_event(conn: Connection) -> int:
    """Return the newest event's id, from which the stream of news goes on."""
    return fetch_values(conn, "select coalesce(max(id), 0) from events")[0]


def touched_since(conn: Connection, event_id: int, limit: int) -> dict[int, int]:
    """Return at most `limit` cases with events behind `event_id`, each with its newest; commits overtake, so a few come again."""
    found = fetch_all(
        conn,
        _Touched,
        """
        select case_id, max(id) as event_id from (
          select id, case_id from events where id > %(event_id)s - 200 and case_id is not null order by id desc limit 2000
        ) newest group by case_id limit %(limit)s
        """,
        {"event_id": event_id, "limit": limit},
    )
    return {touched.case_id: touched.event_id for touched in found}
