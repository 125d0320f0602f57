"""SQL of how the members of an organisation are: counted over at most the newest `LOOKED_AT` of them, and their cases month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all, fetch_one, fetch_values
from amends.inbox.rules.organisations import SILENT, Engagement
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes
from amends.inbox.store.customer_facts import Facts, as_row
from amends.inbox.store.customer_sql import seen_in

LOOKED_AT = 2_000
MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The cases of members that were opened in a month, and how many of them sound negative."""

    begins: date
    opened: int
    negative: int


_THEIRS: LiteralString = """
with theirs as materialized (
  select u.id, min(m.renews_on) filter (where m.renews_on >= %(today)s) as renews_on
  from (
    select customer_id, renews_on, id from memberships
    where organisation_id = %(id)s and (since is null or since <= %(today)s) and (until is null or until >= %(today)s)
    order by customer_id desc limit %(most)s
  ) m join customers u on u.id = m.customer_id
  where u.merged_into is null and u.erased_at is null
"""
_ENDS: LiteralString = " group by u.id) "


_KEPT: LiteralString = " left join customer_facts f on f.customer_id = t.id"
_KNOWN: LiteralString = """
  left join (
    select r.* from unnest(%(known)s::jsonb[]) one(facts), jsonb_to_record(facts) as r(
      customer_id bigint, last_contact_at timestamptz, mood text, risk text, waiting_since timestamptz, outcome text, open_cases int)
  ) f on f.customer_id = t.id
"""


def members(conn: Connection, organisation_id: int, scope: Scope, *, now: datetime) -> list[int]:
    """Return the members whom the scope shows, who are looked at."""
    query: LiteralString = _THEIRS + seen_in(scope) + _ENDS + "select id from theirs"
    return fetch_values(conn, query, _params(organisation_id, scope, now))


def of(conn: Connection, organisation_id: int, scope: Scope, *, now: datetime, known: Sequence[Facts] | None = None) -> Engagement:
    """Return how the members are whom the scope shows, by the facts that are kept of them, or else by those that are `known`."""
    query: LiteralString = (
        _THEIRS
        + seen_in(scope)
        + _ENDS
        + """
        select count(*)::int as members,
          (count(*) filter (where coalesce(f.last_contact_at, '-infinity') < %(silent)s))::int as silent,
          (count(*) filter (where f.mood = 'negative'))::int as unhappy, (count(*) filter (where f.mood = 'positive'))::int as content,
          (count(*) filter (where f.risk = 'high'))::int as at_risk, (count(*) filter (where f.waiting_since is not null))::int as waiting,
          (count(*) filter (where f.outcome = 'relapsed'))::int as relapsed, coalesce(sum(f.open_cases), 0)::int as open_cases,
          max(f.last_contact_at) as last_contact_at,
          (count(*) filter (where t.renews_on <= %(today)s + 30))::int as renewing, min(t.renews_on) as renews_on
        from theirs t
        """
        + (_KEPT if known is None else _KNOWN)
    )
    more = {"silent": now - SILENT, "known": [as_row(one) for one in known or ()]}
    return fetch_one(conn, Engagement, query, _params(organisation_id, scope, now) | more)


def months(conn: Connection, organisation_id: int, scope: Scope, *, now: datetime) -> list[Month]:
    """Return the cases of the last twelve months, the oldest first; a month without any is there too."""
    query: LiteralString = (
        _THEIRS
        + seen_in(scope)
        + _ENDS
        + """
        select b.begins::date as begins, count(c.id)::int as opened, (count(c.id) filter (where c.sentiment = 'negative'))::int as negative
        from generate_series(date_trunc('month', %(today)s::timestamp) - interval '11 months', date_trunc('month', %(today)s::timestamp),
                             interval '1 month') b(begins)
        left join (select c.* from theirs t join cases c on c.customer_id = t.id where c.opened_at > %(today)s::date - 400
        """
        + scopes.within(scope)
        + """
        ) c on date_trunc('month', c.opened_at at time zone 'UTC') = b.begins
        group by b.begins order by b.begins
        """
    )
    return fetch_all(conn, Month, query, _params(organisation_id, scope, now))


def _params(organisation_id: int, scope: Scope, now: datetime) -> dict[str, Any]:
    return {"id": organisation_id, "today": now.astimezone(UTC).date(), "most": LOOKED_AT} | scopes.params(scope)
