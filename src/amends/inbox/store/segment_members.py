"""Whom a query of customers finds: how many as one types, a page of them, and each of them for a file.

A count as one types never reads through all customers: it reads a sample of blocks first. Where enough fits, the sample says the size;
what is rare is counted by the indices, and where that takes too long, the sample's word stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Params, execute, fetch_all, fetch_one, fetch_values
from amends.inbox.rules.segments import Size, Sure, estimated
from amends.inbox.store.customer_pieces import FROM
from amends.inbox.store.customer_sql import Condition
from amends.inbox.store.matching import TooBroad, carefully
from amends.inbox.store.query_words import plan_by_value

SAMPLED = 3_000
ENOUGH = 25
SMALL = 20_000
MOST_EXACT = 20_000
PATIENCE_MS = 90
LONGEST_MS = 5_000
HOPELESS = 180_000
"""What the planner calls the cost of about a second, ten times our patience: it does not know which conditions go together."""
WALKED = 50_000
"""Among so many of the newest customers a page looks one by one, which takes about a tenth of a second."""
SHOWN = 10
PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """How many there are, and some of them, the newest first."""

    size: Size
    ids: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A customer of a segment, as a list shows them."""

    id: int
    name: str
    languages: Sequence[str]
    tags: Sequence[str]
    owner: str | None
    mood: str
    risk: str
    open_cases: int
    cases: int
    last_contact_at: datetime | None
    created_at: datetime
    do_not_contact: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Members, the newest first; `below` asks for the next page, None at the end. One that fell short may hold nobody and have a next."""

    members: Sequence[Member]
    below: int | None
    fell_short: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sample:
    sampled: int
    hits: int
    ids: Sequence[int] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counted:
    n: int
    ids: Sequence[int] | None


_MEMBER: LiteralString = """
select u.id, u.name, u.languages, u.tags, g.name as owner, coalesce(f.mood, '') as mood, coalesce(f.risk, 'none') as risk,
       coalesce(f.open_cases, 0) as open_cases, coalesce(f.cases, 0) as cases, f.last_contact_at, u.created_at,
       u.do_not_contact_since is not null as do_not_contact
from customers u left join customer_facts f on f.customer_id = u.id left join agents g on g.id = u.owner_id
"""


def found(conn: Connection, asked: Condition, *, small: int = SMALL, patience_ms: int = PATIENCE_MS) -> Found:
    """Return the size of a query as one types, with some whom it finds; `TooBroad` where even a sample takes too long."""
    plan_by_value(conn)
    total = about_all(conn)
    if total <= small:
        return _counted(conn, asked, most=small * 2, patience_ms=3_000)
    sample = _sample(conn, asked, total)
    if sample.hits < ENOUGH:
        try:
            counted = _counted(conn, asked, most=MOST_EXACT, patience_ms=patience_ms)
        except TooBroad:
            counted = None
        if counted and counted.size.n < MOST_EXACT:
            return counted
    size = estimated(hits=sample.hits, sampled=sample.sampled, total=total)
    return Found(size=size, ids=sorted(sample.ids or (), reverse=True)[:SHOWN])


def about_all(conn: Connection) -> int:
    """Return how many customers there are, as the planner knows it; from the size of the table where nobody told the planner yet."""
    query: LiteralString = """
      select (case when reltuples > 0 and relpages > 0 then reltuples / relpages else 40 end
              * (pg_relation_size(oid) / 8192))::bigint
      from pg_class where oid = 'customers'::regclass
    """
    return int(fetch_values(conn, query)[0])


def _sample(conn: Connection, asked: Condition, total: int) -> _Sample:
    """Read blocks here and there, the same ones each time so that a size does not flicker while one types."""
    query = (
        "select count(*) as sampled, count(*) filter (where s.fits) as hits, array_agg(s.id) filter (where s.fits) as ids"
        " from (select u.id, ("
        + asked.sql
        + ") as fits from customers u tablesample system (%(percent)s) repeatable (7)"
        + " left join customer_facts f on f.customer_id = u.id) s"
    )
    with carefully(conn):
        return fetch_one(conn, _Sample, query, asked.params | {"percent": min(100.0, 100 * SAMPLED / total)})


def _counted(conn: Connection, asked: Condition, *, most: int, patience_ms: int) -> Found:
    query = (
        "select count(*) as n, (array_agg(s.id order by s.id desc))[1:%(shown)s] as ids from (select u.id"
        + FROM
        + "where "
        + asked.sql
        + " limit %(most)s) s"
    )
    with carefully(conn, milliseconds=patience_ms):
        counted = fetch_one(conn, _Counted, query, asked.params | {"most": most, "shown": SHOWN})
    return Found(size=Size(n=counted.n, sure=Sure.EXACT), ids=counted.ids or ())


def count_exactly(conn: Connection, asked: Condition) -> int:
    """Return how many customers a query finds, however long that takes (a minute at most); for the worker. `TooBroad`."""
    with carefully(conn, milliseconds=60_000):
        execute(conn, "set local enable_seqscan = on")
        return fetch_values(conn, "select count(*)" + FROM + "where " + asked.sql, asked.params)[0]


def some(conn: Connection, ids: Iterable[int]) -> list[Member]:
    """Return these customers, the newest first."""
    return fetch_all(conn, Member, _MEMBER + " where u.id = any(%(ids)s::bigint[]) order by u.id desc", {"ids": list(ids)})


def page(
    conn: Connection, asked: Condition, *, below: int | None = None, limit: int = PAGE, walked: int = WALKED, dear: float = HOPELESS
) -> Page:
    """Return the newest customers of a query, those below an id, and where the next page goes on.

    What is frequent is met among the newest `walked` customers. What is not is gathered by the indices; where that is `dear` or they do
    not tell it soon, the page holds whom was met, be it nobody, and the next one goes on from there: no page looks at all customers.
    """
    plan_by_value(conn)
    top = fetch_values(conn, "select coalesce(max(id) + 1, 0) from customers")[0] if below is None else below
    reach = {"above": max(top - walked, 0), "below": top}
    there: LiteralString = asked.sql + " and u.id < %(below)s"
    met = _fetched(conn, there + " and u.id >= %(above)s", asked.params | reach, limit)
    if len(met) == limit:
        return Page(members=met, below=met[-1].id)
    if reach["above"] == 0:
        return Page(members=met, below=None)
    ids = _gathered(conn, there, asked.params | reach, dear)
    if ids is None:
        return Page(members=met, below=reach["above"], fell_short=True)
    return Page(members=some(conn, ids[:limit]), below=ids[limit - 1] if len(ids) > limit else None)


def _fetched(conn: Connection, wanted: LiteralString, params: Params, limit: int) -> list[Member]:
    with carefully(conn, milliseconds=LONGEST_MS):
        return fetch_all(conn, Member, _MEMBER + " where " + wanted + " order by u.id desc limit %(limit)s", {**params, "limit": limit})


def _gathered(conn: Connection, wanted: LiteralString, params: Params, dear: float) -> list[int] | None:
    """Return all whom a query finds, the newest first; None where they are too many or, to the planner or by the clock, too dear."""
    query: LiteralString = "select u.id" + FROM + "where " + wanted + " limit %(most)s"
    given = {**params, "most": MOST_EXACT}
    try:
        with carefully(conn, milliseconds=PATIENCE_MS):
            planned = fetch_values(conn, "explain (format json) " + query, given)
            ids = fetch_values(conn, query, given) if planned[0][0]["Plan"]["Total Cost"] < dear else None
    except TooBroad:
        return None
    return sorted(ids, reverse=True) if ids is not None and len(ids) < MOST_EXACT else None


def batch(conn: Connection, asked: Condition, *, above: int, limit: int) -> list[Member]:
    """Return the next customers of a query in the order of their ids, for a file."""
    query = _MEMBER + " where " + asked.sql + " and u.id > %(above)s order by u.id limit %(limit)s"
    return fetch_all(conn, Member, query, asked.params | {"above": above, "limit": limit})


def those_in(conn: Connection, asked: Condition, customer_ids: Sequence[int]) -> set[int]:
    """Return which of some customers a query finds."""
    query = "select u.id" + FROM + "where u.id = any(%(ids)s::bigint[]) and " + asked.sql
    return set(fetch_values(conn, query, asked.params | {"ids": list(customer_ids)}))
