"""SQL of the list of customers: the newest first by keyset, or found as one types, with what a care agent needs in a row.

What is typed is looked for in six places, each by an index of its own: number, name and handle, e-mail, phone, loyalty number, order.
A word that is often in names is walked to, any other is gathered: the planner knows only how often it is in texts of all kinds.
An order is found by its beginning and by its end, as people say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.identity import order_key
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.search_words import sought
from amends.inbox.store import scopes
from amends.inbox.store.query_words import NEWEST_CUSTOMERS, escaped, part_of, plan_by_value

FEW = 300
SHOWN_HANDLES = 3
SHORTEST_END = 5
"""So many of an order number's last characters find it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What narrows the list: words, whose customers, a tag; `below` is the id of the last row before."""

    text: str = ""
    owner_id: AgentId | None = None
    tag: str = ""
    below: int | None = None
    limit: int = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerRow:
    """A customer in the list. `handles` are written network:handle; `open_cases` stops counting at a hundred."""

    id: int
    name: str
    pronoun: str
    tags: Sequence[str]
    loyalty_number: str
    owner: str | None
    do_not_contact: bool
    organisation: str | None
    handles: Sequence[str]
    open_cases: int
    heard_at: datetime | None
    mood: str | None


def page(conn: Connection, listed: Listed, scope: Scope) -> list[CustomerRow]:
    """Return the customers that fit, within the scope, the newest known first."""
    plan_by_value(conn)
    params = _params(listed) | scopes.params(scope)
    narrowed = scopes.within(scope)
    rows: LiteralString = _PERSON + narrowed + _GOING
    query: LiteralString = _FOUND + rows if listed.text.strip() else rows
    where: LiteralString = " and u.id in (select id from found)" if listed.text.strip() else ""
    where += " and u.owner_id = %(owner)s" if listed.owner_id is not None else ""
    where += " and u.tags @> array[%(tag)s]" if listed.tag else ""
    where += " and u.id < %(below)s" if listed.below is not None else ""
    return fetch_all(conn, CustomerRow, query + where + _within(scope) + _ORDER + _NEWEST + narrowed + _FACTS, params)


def _within(scope: Scope) -> LiteralString:
    """Return what keeps customers outside the scope out: all their cases are somebody else's."""
    narrowed = scopes.within(scope)
    if not narrowed:
        return ""
    seen: LiteralString = " and (exists (select from cases c where c.customer_id = u.id" + narrowed + ")"
    return seen + " or not exists (select from cases where customer_id = u.id))"


def _params(listed: Listed) -> dict[str, Any]:
    text = " ".join(listed.text.split())
    wanted = sought(text)
    digits = "".join(one for one in text if one.isdecimal() and one.isascii())
    number, order = text.removeprefix("#"), order_key(text)
    return {
        "owner": listed.owner_id,
        "tag": listed.tag,
        "below": listed.below,
        "limit": listed.limit,
        "few": FEW,
        "shown": SHOWN_HANDLES,
        "words": wanted.with_labels(kind="customer") if wanted.words else "",
        "part": part_of(text),
        "begins": _begins(text.lower()),
        "order": _begins(order) if order else "",
        "order_ends": _begins(order[::-1]) if len(order) >= SHORTEST_END and order[-1].isdecimal() else "",
        "phone": _begins("+" + digits.removeprefix("00")) if text.startswith(("+", "00")) else _begins(digits),
        "is_phone": len(digits) >= 5 and not any(one.isalpha() for one in text),  # noqa: PLR2004
        "number": int(number) if number.isdecimal() and number.isascii() and len(number) < 19 else None,  # noqa: PLR2004
    }


def _begins(text: str) -> str:
    return escaped(text) + "%"


_FOUND: LiteralString = (
    """
with often as materialized (
  select count(*) >= 40 as is from ("""
    + NEWEST_CUSTOMERS
    + """) t where %(words)s <> '' and t.words @@ %(words)s::tsquery
), found as materialized (
  select %(number)s::bigint as id where %(number)s::bigint is not null
  union (select row_id from search_texts where (select often.is from often) and kind = 'customer' and words @@ %(words)s::tsquery
         order by row_id desc limit %(few)s)
  union (select row_id from unnest(case when not (select often.is from often) then array(
           select row_id from search_texts where kind = 'customer' and %(words)s <> '' and words @@ %(words)s::tsquery
         ) end) row_id order by row_id desc limit %(few)s)
  union (select row_id from search_texts where kind = 'customer' and %(part)s <> '' and parts like %(part)s
         order by row_id desc limit %(few)s)
  union (select customer_id from contact_ways where removed_at is null and normal like %(begins)s order by customer_id desc limit %(few)s)
  union (select customer_id from contact_ways where removed_at is null and %(is_phone)s and normal like %(phone)s
         order by customer_id desc limit %(few)s)
  union (select id from customers where loyalty_number <> '' and lower(loyalty_number) like %(begins)s order by id desc limit %(few)s)
  union (select customer_id from purchases where order_number <> '' and %(order)s <> '' and order_key(order_number) like %(order)s
         order by customer_id desc limit %(few)s)
  union (select customer_id from purchases
         where order_number <> '' and %(order_ends)s <> '' and reverse(order_key(order_number)) like %(order_ends)s
         order by customer_id desc limit %(few)s)
)
"""
)
_PERSON: LiteralString = """
select u.id, u.name, u.pronoun, u.tags, u.loyalty_number, g.name as owner, u.do_not_contact_since is not null as do_not_contact,
  (select o.name from memberships m join organisations o on o.id = m.organisation_id
   where m.customer_id = u.id and m.until is null order by m.id limit 1) as organisation,
  array(select a.network || ':' || a.handle from customer_links l join authors a on a.id = l.author_id
        where l.customer_id = u.id order by l.created_at, a.id limit %(shown)s) as handles,
  (select count(*)::int from (
     select from cases c where c.customer_id = u.id and c.status in ('open', 'waiting', 'snoozed')
"""
_GOING: LiteralString = """
     limit 100) going) as open_cases,
  c.last_post_at as heard_at, c.sentiment as mood
from (
  select * from customers u where u.merged_into is null and u.erased_at is null
"""
_ORDER: LiteralString = " order by u.id desc limit %(limit)s"
_NEWEST: LiteralString = """
) u left join agents g on g.id = u.owner_id
left join lateral (
  select last_post_at, sentiment from cases c where c.customer_id = u.id
"""
_FACTS: LiteralString = """
  order by opened_at desc limit 1
) c on true
order by u.id desc
"""
