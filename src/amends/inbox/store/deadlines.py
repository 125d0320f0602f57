"""SQL of deadlines: what was promised, what other promises would make late, and open cases whose deadline is not what it should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_one, fetch_values
from amends.inbox.rules.deadlines import Target
from amends.inbox.rules.ids import BrandId


@dataclass(frozen=True, kw_only=True, slots=True)
class Late:
    """How many open cases wait for us, and how many of them are late now and would be late then."""

    waiting: int
    now: int
    then: int


def of_brand(conn: Connection, brand_id: BrandId | None) -> list[Target]:
    """Return the brand's own targets, the most urgent first; without a brand, those of all others."""
    return fetch_all(
        conn,
        Target,
        """
        select least_urgency, minutes from answer_targets where brand_id is not distinct from %(brand_id)s order by least_urgency desc
        """,
        {"brand_id": brand_id},
    )


def with_own(conn: Connection) -> list[int]:
    """Return the brands that have targets of their own."""
    return fetch_values(conn, "select distinct brand_id from answer_targets where brand_id is not null order by 1")


def replace(conn: Connection, brand_id: BrandId | None, targets: Sequence[Target]) -> None:
    """Let these targets count for the brand; none at all: it follows the others again."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('answer_targets', 0))")
    execute(conn, "delete from answer_targets where brand_id is not distinct from %(brand_id)s", {"brand_id": brand_id})
    execute(
        conn,
        """
        insert into answer_targets (brand_id, least_urgency, minutes)
        select %(brand_id)s, least, minutes from unnest(%(least)s::smallint[], %(minutes)s::integer[]) t(least, minutes)
        """,
        {"brand_id": brand_id, "least": [one.least_urgency for one in targets], "minutes": [one.minutes for one in targets]},
    )


def late(conn: Connection, brand_id: BrandId | None, targets: Sequence[Target], *, now: datetime) -> Late:
    """Return what these targets would make late, among the open cases that they are for."""
    return fetch_one(
        conn,
        Late,
        """
        select count(*) as waiting, count(*) filter (where due_at <= %(now)s) as now,
               count(*) filter (where waiting_since <= %(now)s - interval '1 minute' * (
                 select minutes from unnest(%(least)s::smallint[], %(minutes)s::integer[]) t(least, minutes)
                 where least <= urgency order by least desc limit 1)) as then
        from cases
        where status = 'open' and waiting_since is not null
          and case when %(brand_id)s::bigint is null
              then brand_id not in (select brand_id from answer_targets where brand_id is not null) else brand_id = %(brand_id)s end
        """,
        {
            "brand_id": brand_id,
            "least": [one.least_urgency for one in targets],
            "minutes": [one.minutes for one in targets],
            "now": now,
        },
    )


def count_open(conn: Connection) -> int:
    """Return how many open cases wait for us."""
    return fetch_values(conn, "select count(*) from cases where status = 'open' and waiting_since is not null")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """How far a portion looked: the last case, and how many."""

    last: int
    n: int


def set_anew(conn: Connection, *, after: int, limit: int) -> Looked:
    """Give the next `limit` open cases behind `after` the deadline that the targets say; doing it twice changes nothing."""
    return fetch_one(
        conn,
        Looked,
        """
        with next as (
          select id, answer_due(brand_id, urgency, waiting_since) as due from cases
          where status = 'open' and waiting_since is not null and id > %(after)s order by id limit %(limit)s for update
        ),
        changed as (
          update cases set due_at = next.due from next where cases.id = next.id and cases.due_at is distinct from next.due
        )
        select coalesce(max(id), %(after)s) as last, count(*) as n from next
        """,
        {"after": after, "limit": limit},
    )
