"""What is found in the database as one types: cases by a query, customers by name and handle. Bounded, by indexes alone."""

from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, Params, fetch_all
from amends.core.errors import Refused
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.search_words import sought
from amends.inbox.rules.views import Sort
from amends.inbox.store import inbox_list, scopes
from amends.inbox.store.inbox_list import CaseRow
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_words import part_of, plan_by_value

MOST = 5
STEPS = 4_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundCustomer:
    """A customer by name or handle, with the newest case, where the customer is seen, and how many `cases` of theirs one sees."""

    id: int
    name: str
    handle: str
    network: str
    case_id: int
    cases: int


def cases(conn: Connection, text: str, asker: Asker) -> list[CaseRow]:
    """Return a few cases by their number (`#17`, `17`) or by a query of the views, newest first; none for half of one."""
    try:
        by_number = inbox_list.page(conn, parse(f"#{text}"), Sort.NEWEST, asker, limit=1) if text.isdecimal() else []
        by_words = inbox_list.page(conn, parse(text), Sort.NEWEST, asker, limit=MOST)
    except Refused:
        return []
    return [*by_number, *(row for row in by_words if row not in by_number)][:MOST]


def customers(conn: Connection, text: str, scope: Scope, *, limit: int = MOST) -> list[FoundCustomer]:
    """Return at most `limit` customers with a case within the scope, by words of their names or any part of their handles, newest first.

    Where enough are found by whole words and their beginnings, parts within words are not looked for: a part that is in every handle
    takes an index long.
    """
    part = part_of(text)
    wanted = sought(text)
    if not wanted.words:
        return []
    params: Params = {
        "words": wanted.with_labels(kind="customer"),
        "bare": wanted.words,
        "part": part,
        "limit": limit,
        "steps": STEPS,
        **scopes.params(scope),
    }
    plan_by_value(conn)
    found = fetch_all(conn, FoundCustomer, _WALKED + _seen(scope), params)
    if len(found) == limit:
        return found
    with carefully(conn):
        found = fetch_all(conn, FoundCustomer, _BY_WORDS + _seen(scope), params)
        return found if len(found) == limit else fetch_all(conn, FoundCustomer, _BY_WORDS_AND_PARTS + _seen(scope), params)


def _seen(scope: Scope) -> LiteralString:
    return _CASES + scopes.within(scope) + _OF_CUSTOMER + scopes.within(scope) + _NEWEST_CASE


_WALKED: LiteralString = """
with fitting as (
  select t.row_id as id, t.at from (
    select * from search_texts where kind = 'customer' order by at desc, row_id desc limit %(steps)s
  ) t where t.words @@ %(bare)s::tsquery or (%(part)s <> '' and t.parts like %(part)s)
)
"""
_BY_WORDS: LiteralString = """
with fitting as materialized (
  select row_id as id, at from search_texts where kind = 'customer' and words @@ %(words)s::tsquery
)
"""
_BY_WORDS_AND_PARTS: LiteralString = """
with fitting as materialized (
  select row_id as id, at from search_texts where kind = 'customer' and words @@ %(words)s::tsquery
  union
  select row_id, at from search_texts where kind = 'customer' and %(part)s <> '' and parts like %(part)s
)
"""
_CASES: LiteralString = """
select u.id, u.name, a.handle, a.network, c.id as case_id, (select count(*)::int from cases c where c.customer_id = u.id
"""
_OF_CUSTOMER: LiteralString = """
) as cases
from (select * from fitting order by at desc, id desc) f join customers u on u.id = f.id
join lateral (
  select c.id, c.author_id from cases c where c.customer_id = u.id
"""
_NEWEST_CASE: LiteralString = """
  order by c.opened_at desc, c.id desc limit 1
) c on true
join authors a on a.id = c.author_id
order by f.at desc, f.id desc limit %(limit)s
"""
