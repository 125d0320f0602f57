"""SQL of an incident's board: how many write, who hears of it, how they feel, where and in which language, and the loudest posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_one
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """What an incident is by now: `reach` counts the followers of everybody who wrote, each once; `negative` the angry cases."""

    cases: int
    going_on: int
    people: int
    posts: int
    reach: int
    negative: int
    first_seen: datetime | None
    last_post: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How many cases have something in common; `codes` are what queries call it."""

    kind: str
    name: str
    codes: Sequence[str]
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """How many customers' posts were published within one slot of time, counted from the first."""

    slot: int
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Loud:
    """A post of an incident with those who may have read it."""

    case_id: int
    name: str
    handle: str
    network: str
    followers: int
    text: str
    permalink: str
    published_at: datetime


_CASES: LiteralString = " from incident_cases m join cases c on c.id = m.case_id where m.incident_id = %(id)s and m.left_at is null"


def board(conn: Connection, scope: Scope, incident_id: int) -> Board:
    """Return what the incident is by now, as far as the scope sees."""
    query: LiteralString = (
        "with mine as materialized (select c.id, c.status, c.sentiment, c.customer_id, c.author_id"
        + _CASES
        + scopes.within(scope)
        + """
        )
        select (select count(*) from mine)::int as cases,
          (select count(*) from mine where status in ('open', 'waiting', 'snoozed'))::int as going_on,
          (select count(distinct customer_id) from mine)::int as people,
          (select count(*) from mine where sentiment = 'negative')::int as negative,
          (select coalesce(sum(coalesce(followers, 0)), 0) from authors where id in (select author_id from mine))::bigint as reach,
          p.posts::int, p.first_seen, p.last_post
        from (
          select count(*) as posts, min(published_at) as first_seen, max(published_at) as last_post
          from posts where case_id in (select id from mine) and case_number is not null and deleted_at is null
        ) p
        """
    )
    return fetch_one(conn, Board, query, {"id": incident_id} | scopes.params(scope))


def shares(conn: Connection, scope: Scope, incident_id: int) -> list[Share]:
    """Return how many cases are of each network and language, in whatever letters, the most first."""
    query: LiteralString = (
        "with mine as materialized (select c.network, c.language"
        + _CASES
        + scopes.within(scope)
        + """
        )
        select 'network' as kind, network as name, array[network] as codes, count(*)::int as n from mine group by network
        union all
        select 'language', split_part(language, '-', 1), array_agg(distinct language), count(*)::int from mine group by 2
        order by 1 desc, 4 desc, 2
        """
    )
    return fetch_all(conn, Share, query, {"id": incident_id} | scopes.params(scope))


def bins(conn: Connection, scope: Scope, incident_id: int, *, since: datetime, length: timedelta) -> list[Bin]:
    """Return how many posts were published within each slot of this length since then; slots without any are left out."""
    query: LiteralString = (
        """
        select floor(extract(epoch from p.published_at - %(since)s) / %(seconds)s)::int as slot, count(*)::int as n
        from posts p where p.case_number is not null and p.deleted_at is null and p.published_at >= %(since)s and p.case_id in (select c.id
        """
        + _CASES
        + scopes.within(scope)
        + ") group by 1 order by 1"
    )
    return fetch_all(conn, Bin, query, {"id": incident_id, "since": since, "seconds": length.total_seconds()} | scopes.params(scope))


def loudest(conn: Connection, scope: Scope, incident_id: int, *, limit: int = 5) -> Sequence[Loud]:
    """Return the newest post that everybody can read of those whom most people follow, the loudest first."""
    query: LiteralString = (
        """
        select c.id as case_id, coalesce(nullif(h.name, ''), h.handle) as name, h.handle, c.network, coalesce(h.followers, 0) as followers,
          p.text, p.permalink, p.published_at
        from (select c.id, c.author_id, c.network
        """
        + _CASES
        + scopes.within(scope)
        + """
        ) c join authors h on h.id = c.author_id join lateral (
          select text, permalink, published_at from posts
          where case_id = c.id and case_number is not null and deleted_at is null and visibility in ('public', 'unlisted')
          order by case_number desc limit 1
        ) p on true order by h.followers desc nulls last, c.id desc limit %(limit)s
        """
    )
    return fetch_all(conn, Loud, query, {"id": incident_id, "limit": limit} | scopes.params(scope))
