"""SQL of whose day it is: who may have an occasion around a day, by the index of each kind; the rule asks each person's own calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.occasions import Kind, days_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Somebody with a day: `year` is when it began where that is known, `on` the day itself where it comes once."""

    customer_id: CustomerId
    zone: str
    month: int
    day: int
    year: int | None
    on: date | None


_LIVING: LiteralString = """u.merged_into is null and u.erased_at is null and u.do_not_contact_since is null
  and (%(whom)s::bigint is null or u.id = %(whom)s)"""
_OF: dict[Kind, LiteralString] = {
    Kind.BIRTHDAY: """
        select u.id as customer_id, u.zone, d.month::int as month, d.day::int as day, d.year::int as year, null::date as on
        from important_dates d join customers u on u.id = d.customer_id
        where d.kind = 'birthday' and (d.month * 100 + d.day) = any(%(days)s) and """
    + _LIVING,
    Kind.ANNIVERSARY: """
        select u.id as customer_id, u.zone, d.month::int as month, d.day::int as day, d.year::int as year, null::date as on
        from important_dates d join customers u on u.id = d.customer_id
        where d.kind = 'anniversary' and (d.month * 100 + d.day) = any(%(days)s) and """
    + _LIVING,
    Kind.FIRST_PURCHASE: """
        select distinct u.id as customer_id, u.zone, extract(month from p.bought_at)::int as month,
          extract(day from p.bought_at)::int as day, extract(year from p.bought_at)::int as year, null::date as on
        from unnest(%(dates)s::date[]) t(day), generate_series(1, 30) years,
          lateral (
            select * from purchases where bought_at >= t.day - make_interval(years => years)
              and bought_at < t.day + 1 - make_interval(years => years)
          ) p join customers u on u.id = p.customer_id
        where not exists (select from purchases b where b.customer_id = p.customer_id and b.bought_at < p.bought_at) and """
    + _LIVING,
    Kind.RENEWAL: """
        select u.id as customer_id, u.zone, extract(month from r.on)::int as month, extract(day from r.on)::int as day,
          null::int as year, r.on
        from (
          select customer_id, renews_on as on from purchases where renews_on = any(%(dates)s::date[]) and ended_at is null
          union select customer_id, renews_on from memberships where renews_on = any(%(dates)s::date[]) and until is null
        ) r join customers u on u.id = r.customer_id where """
    + _LIVING,
}


def around(conn: Connection, kind: Kind, days: Sequence[date], *, whom: CustomerId | None = None) -> list[Turn]:
    """Return who has such a day on one of these, of all or of one person; the 28th of February asks for the 29th where there is none."""
    asked = sorted({yearly for day in days for yearly in days_on(day)})
    return fetch_all(conn, Turn, _OF[kind], {"days": asked, "dates": list(days), "whom": whom})
