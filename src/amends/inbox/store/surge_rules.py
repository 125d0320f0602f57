"""SQL of the rules that watch rates, and of what they count."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one, fetch_values
from amends.core.written import region_name
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.query import Query
from amends.inbox.rules.surges import Apart, Kind, Rule
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_pieces import REGION
from amends.inbox.store.query_sql import condition


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRule:
    """A rule as it is settled: `least` cases within so many `minutes`, counted apart by something or not."""

    name: str
    kind: str
    condition: str
    apart_by: str
    minutes: int
    least: int
    one_in: int = 10_000
    severity: str = "high"
    escalate_minutes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SurgeRule(NewRule):
    """A rule as it is kept."""

    id: int
    active: bool
    trouble: str
    deleted_at: datetime | None

    @property
    def as_rule(self) -> Rule:
        """The rule as it is judged by."""
        return Rule(kind=Kind(self.kind), minutes=self.minutes, least=self.least, one_in=self.one_in)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many cases of a key were opened within a window."""

    key: str
    window: int
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """The sources and teams (0: none) of some cases, and when the first was opened; None where there is no case."""

    sources: Sequence[int] | None
    teams: Sequence[int] | None
    since: datetime | None


_KEYS: dict[Apart, LiteralString] = {
    Apart.ALL: "''",
    Apart.SOURCE: "c.source_id::text",
    Apart.NETWORK: "c.network",
    Apart.BRAND: "c.brand_id::text",
    Apart.LANGUAGE: "c.language",
    Apart.REGION: "g.name",
    Apart.TOPIC: "t.topic_id::text",
}
_JOINED: dict[Apart, LiteralString] = {
    Apart.TOPIC: """
 join lateral (
   select distinct l.topic_id from posts p join post_topics l on l.post_id = p.id
   where p.case_id = c.id and p.case_number is not null and l.fits
 ) t on true
""",
    # What nobody knows the region of is no region of its own.
    Apart.REGION: " join lateral (select " + REGION + " as name) g on g.name <> ''",
}
_COLUMNS: LiteralString = """
select id, name, kind, condition, apart_by, minutes, least, one_in, severity, escalate_minutes, active, trouble, deleted_at
from surge_rules
"""


def every(conn: Connection) -> list[SurgeRule]:
    """Return the rules, in the order they were made."""
    return fetch_all(conn, SurgeRule, _COLUMNS + " where deleted_at is null order by id")


def find(conn: Connection, rule_id: int) -> SurgeRule | None:
    """Return a rule, or None."""
    return fetch_maybe(conn, SurgeRule, _COLUMNS + " where id = %(id)s", {"id": rule_id})


def insert(conn: Connection, new: NewRule, *, agent_id: AgentId, now: datetime) -> int:
    """Store a rule and return its id."""
    return fetch_values(
        conn,
        """
        insert into surge_rules (name, kind, condition, apart_by, minutes, least, one_in, severity, escalate_minutes, agent_id, created_at)
        values (%(name)s, %(kind)s, %(condition)s, %(apart_by)s, %(minutes)s, %(least)s, %(one_in)s, %(severity)s, %(escalate_minutes)s,
                %(agent)s, %(now)s)
        returning id
        """,
        asdict(new) | {"agent": agent_id, "now": now},
    )[0]


def update(conn: Connection, rule_id: int, new: NewRule) -> None:
    """Settle a rule anew."""
    execute(
        conn,
        """
        update surge_rules set name = %(name)s, kind = %(kind)s, condition = %(condition)s, apart_by = %(apart_by)s, minutes = %(minutes)s,
          least = %(least)s, one_in = %(one_in)s, severity = %(severity)s, escalate_minutes = %(escalate_minutes)s
        where id = %(id)s
        """,
        asdict(new) | {"id": rule_id},
    )


def set_active(conn: Connection, rule_id: int, *, active: bool) -> None:
    """Let a rule watch, or rest."""
    execute(conn, "update surge_rules set active = %(active)s where id = %(id)s", {"id": rule_id, "active": active})


def set_deleted(conn: Connection, rule_id: int, *, at: datetime | None) -> None:
    """Take a rule away, or bring it back."""
    execute(conn, "update surge_rules set deleted_at = %(at)s where id = %(id)s", {"id": rule_id, "at": at})


def claim(conn: Connection, *, looked_before: datetime, now: datetime) -> SurgeRule | None:
    """Return the rule that was not looked at for longest, ours until the transaction ends, or None where all were."""
    return fetch_maybe(
        conn,
        SurgeRule,
        """
        with due as (
          select id from surge_rules
          where active and deleted_at is null and coalesce(looked_at, '-infinity') <= %(before)s
          order by looked_at nulls first, id limit 1 for no key update skip locked
        )
        update surge_rules r set looked_at = %(now)s from due where r.id = due.id
        returning r.id, r.name, r.kind, r.condition, r.apart_by, r.minutes, r.least, r.one_in, r.severity, r.escalate_minutes, r.active,
          r.trouble, r.deleted_at
        """,
        {"before": looked_before, "now": now},
    )


def set_trouble(conn: Connection, rule_id: int, trouble: str) -> None:
    """Keep why a rule cannot count, or that it can."""
    execute(conn, "update surge_rules set trouble = %(trouble)s where id = %(id)s", {"id": rule_id, "trouble": trouble})


def count(conn: Connection, query: Query, apart: Apart, windows: Sequence[tuple[datetime, datetime]], *, now: datetime) -> list[Counted]:
    """Return how many cases that fit the query were opened within each window (by its place), by key; what is none is left out.

    Clock zero is when the complaint was published, so a backlog read late is no surge of now. `NotAQuery`, `TooBroad`.
    """
    asked = condition(conn, query, Asker(agent_id=0, now=now))
    key = _KEYS[apart]
    from_cases: LiteralString = (
        "select " + key + " as key, w.place::int as window, count(*)::int as n"
        " from unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) with ordinality w(since, until, place)"
        " join cases c on c.opened_at > w.since and c.opened_at <= w.until"
    )
    found: LiteralString = from_cases + _JOINED.get(apart, "") + " where " + asked.whole + " group by 1, 2"
    params = asked.params | {"since": [since for since, _until in windows], "until": [until for _since, until in windows]}
    with carefully(conn):
        return fetch_all(conn, Counted, found, params)


def known(conn: Connection, ends: Sequence[datetime], *, span: timedelta, width: timedelta) -> list[datetime]:
    """Return those of the times by which we watched already, or of which cases were brought along (one within the span before)."""
    return fetch_values(
        conn,
        """
        select moment from unnest(%(ends)s::timestamptz[]) as moment
        where moment - 2 * %(width)s::interval >= (select min(created_at) from sources)
          or exists (select from cases where opened_at > moment - %(span)s::interval and opened_at <= moment)
        order by moment desc
        """,
        {"ends": list(ends), "span": span, "width": width},
    )


def places(conn: Connection, query: Query, apart: Apart, key: str, window: tuple[datetime, datetime], *, now: datetime) -> Places:
    """Return where the cases of a key are that were opened within a window."""
    asked = condition(conn, query, Asker(agent_id=0, now=now))
    found: LiteralString = (
        "select array_agg(distinct c.source_id) as sources, array_agg(distinct coalesce(c.team_id, 0)) as teams,"
        " min(c.opened_at) as since from cases c"
        + _JOINED.get(apart, "")
        + " where c.opened_at > %(since)s and c.opened_at <= %(until)s and "
        + _KEYS[apart]
        + " = %(key)s and "
        + asked.whole
    )
    params = asked.params | {"since": window[0], "until": window[1], "key": key}
    with carefully(conn):
        return fetch_one(conn, Places, found, params)


def places_of_cluster(conn: Connection, key: str, *, since: datetime) -> Places:
    """Return where the cases of a cluster are, and when the first was opened after `since`."""
    return fetch_one(
        conn,
        Places,
        """
        select array_agg(distinct c.source_id) as sources, array_agg(distinct coalesce(c.team_id, 0)) as teams,
          min(c.opened_at) filter (where c.opened_at > %(since)s) as since
        from cluster_posts l join posts p on p.id = l.post_id join cases c on c.id = p.case_id
        where l.cluster_id = %(key)s::bigint and l.taken_at is null
        """,
        {"key": key, "since": since},
    )


def name_of(conn: Connection, apart: Apart, key: str) -> str:
    """Return what a key is called on screens and in messages."""
    queries: dict[Apart, LiteralString] = {
        Apart.SOURCE: "select handle || ' · ' || network from sources where id = %(key)s::bigint",
        Apart.BRAND: "select name from brands where id = %(key)s::bigint",
        Apart.TOPIC: "select name from topics where id = %(key)s::bigint",
    }
    if apart not in queries:
        return region_name(key) if apart is Apart.REGION else key
    found = fetch_values(conn, queries[apart], {"key": key})
    return found[0] if found else key
