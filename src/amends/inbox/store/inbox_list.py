"""The inbox list: one page of cases in one query, by keyset, within what the reader sees.

A query is put together from literals only (the type checker sees to it), so that each combination of filters gets a plan of its own.
The lateral join walks one index per status and stops after a page, however deep the page lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.views import STATUSES, Filter, Marker, Sort, View
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """One row of the list; `sort_key` is what the next page's marker needs."""

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
       c.episode, c.opened_at, c.last_post_at, c.waiting_since, c.resolved_at, c.assignee_id, g.name as assignee,
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
    Sort.LONGEST: " and (coalesce(c.waiting_since, 'infinity'), c.id) > (%(key)s::timestamptz, %(id)s)",
}
_ORDER: dict[Sort, LiteralString] = {
    Sort.NEWEST: " order by c.last_post_at desc, c.id desc",
    Sort.URGENCY: " order by c.urgency_now desc, c.id desc",
    Sort.LONGEST: " order by coalesce(c.waiting_since, 'infinity'), c.id",
}
_OF_VIEW: dict[View, LiteralString] = {
    View.MINE: " and c.assignee_id = %(agent_id)s",
    View.UNASSIGNED: " and c.assignee_id is null",
    View.NEEDS_LOOK: " and c.needs_look",
}
_TOPIC: LiteralString = """
 and exists (select from posts p join post_topics l on l.post_id = p.id
             where p.case_id = c.id and p.case_number is not null and l.fits and l.topic_id = %(topic)s)
"""
_NARROWING: dict[str, LiteralString] = {
    "brand": " and c.brand_id = (select id from brands where slug = %(brand)s)",
    "network": " and c.network = %(network)s",
    "language": " and c.language = %(language)s",
    "mood": " and c.sentiment = %(mood)s",
    "topic": _TOPIC,
}
_TEXT: LiteralString = """
 and (c.preview ilike %(like)s or c.author_id = any(array(select id from authors where lower(handle) like %(prefix)s limit 1000)))
"""


def _conditions(view: View, chosen: Filter) -> LiteralString:
    """Return the conditions of `view` and of each filter that is set."""
    found: LiteralString = _OF_VIEW.get(view, "")
    for name, condition in _NARROWING.items():
        if getattr(chosen, name):
            found += condition
    if _number(chosen.text) is not None:
        return found + " and c.id = %(number)s"
    return found + _TEXT if chosen.text else found


def _number(text: str) -> int | None:
    """Return the case that `#17` names."""
    return int(text[1:]) if text.startswith("#") and text[1:].isdecimal() and len(text) < 18 else None  # noqa: PLR2004


def _params(view: View, chosen: Filter, agent_id: int) -> dict[str, Any]:
    quoted = chosen.text.replace("\x00", "").strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    handle = quoted.removeprefix("u/").removeprefix("@").lower()
    return {
        "statuses": list(STATUSES[view]),
        "agent_id": agent_id,
        "brand": chosen.brand,
        "network": chosen.network,
        "language": chosen.language,
        "mood": chosen.mood,
        "topic": int(chosen.topic or 0),
        "number": _number(chosen.text),
        "like": f"%{quoted}%",
        "prefix": f"{handle}%",
    }


def page(  # noqa: PLR0913
    conn: Connection,
    *,
    view: View,
    chosen: Filter,
    sort: Sort,
    agent_id: int,
    scope: Scope,
    after: Marker | None = None,
    limit: int = 50,
) -> list[CaseRow]:
    """Return at most `limit` cases of `view` within `scope`, in the order of `sort`, beginning behind `after`."""
    where = _conditions(view, chosen) + scopes.within(scope) + (_AFTER[sort] if after else "")
    params = _params(view, chosen, agent_id) | scopes.params(scope) | {"limit": limit}
    params |= {"key": after.key, "id": after.id} if after else {}
    picked = "(select c.* from cases c where c.status = s.status" + where + _ORDER[sort] + " limit %(limit)s) c"
    merged = "(select c.* from unnest(%(statuses)s::text[]) s(status) cross join lateral " + picked + _ORDER[sort] + " limit %(limit)s) c"
    return fetch_all(conn, CaseRow, _COLUMNS + " from " + merged + _JOINS + _ORDER[sort], params)


def rows_of(conn: Connection, case_ids: Sequence[int]) -> list[CaseRow]:
    """Return the rows of `case_ids`, for screens that show them already."""
    return fetch_all(conn, CaseRow, _COLUMNS + " from cases c " + _JOINS + " where c.id = any(%(ids)s)", {"ids": list(case_ids)})


def marker_of(row: CaseRow, sort: Sort) -> Marker:
    """Return the marker behind which the page after `row` begins."""
    keys: dict[Sort, str] = {
        Sort.NEWEST: row.last_post_at.isoformat(),
        Sort.URGENCY: str(row.urgency),
        Sort.LONGEST: row.waiting_since.isoformat() if row.waiting_since else "infinity",
    }
    return Marker(key=keys[sort], id=row.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One thing a filter offers: `kind` is brand, network or topic."""

    kind: str
    value: str
    label: str


def choices(conn: Connection, scope: Scope) -> list[Choice]:
    """Return the brands and networks that have a source within the scope, and the topics."""
    return fetch_all(
        conn,
        Choice,
        """
        select 'brand' as kind, slug as value, name as label from brands
        where id in (select brand_id from sources where %(scope_sources)s::bigint[] is null or id = any(%(scope_sources)s))
        union all
        select distinct 'network', network, network from sources
        where %(scope_sources)s::bigint[] is null or id = any(%(scope_sources)s)
        union all
        select 'topic', id::text, name from topics where archived_at is null
        order by kind, label
        """,
        scopes.params(scope),
    )


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
