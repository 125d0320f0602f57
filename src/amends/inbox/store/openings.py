"""SQL of who opened whose record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.ids import AgentId, CustomerId

AGAIN = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """One time that somebody opened a record."""

    id: int
    at: datetime
    place: str
    agent_id: int
    agent: str
    customer_id: int
    customer: str


def add(conn: Connection, *, customer_id: CustomerId, agent_id: AgentId, place: str, now: datetime) -> None:
    """Keep that the colleague opened the record, unless that stands there of the last quarter of an hour."""
    execute(
        conn,
        """
        insert into openings (customer_id, agent_id, place, at)
        select %(customer)s, %(agent)s, %(place)s, %(now)s
        where not exists (
          select from (select * from openings where agent_id = %(agent)s order by id desc limit 20) o
          where customer_id = %(customer)s and place = %(place)s and at > %(since)s
        ) and exists (select from customers where id = %(customer)s)
        """,
        {"customer": customer_id, "agent": agent_id, "place": place, "now": now, "since": now - AGAIN},
    )


def page(
    conn: Connection, *, customer_ids: Sequence[int] | None = None, agent_id: int | None = None, below: int | None = None, limit: int
) -> list[Opening]:
    """Return at most `limit` openings, the newest first: of some customers and what became part of them, by one colleague, or all."""
    where: LiteralString = "true"
    if customer_ids is not None:
        where += " and o.customer_id in (select unnest(customer_parts(id)) from unnest(%(customers)s::bigint[]) id)"
    if agent_id is not None:
        where += " and o.agent_id = %(agent)s"
    if below is not None:
        where += " and o.id < %(below)s"
    return fetch_all(
        conn,
        Opening,
        "select o.id, o.at, o.place, o.agent_id, g.name as agent, o.customer_id, u.name as customer from (select * from openings o where "
        + where
        + " order by o.id desc limit %(limit)s) o join agents g on g.id = o.agent_id join customers u on u.id = o.customer_id"
        " order by o.id desc",
        {"customers": customer_ids, "agent": agent_id, "below": below, "limit": limit},
    )
