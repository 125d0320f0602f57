"""SQL of the free words in a query: whether a case holds them in a post, a reply, a note or its customer's name and handles.

A word that few hold is looked up first, and those few are named; a word that many hold is asked of each case that is passed by.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_one
from amends.inbox.rules.query import Query, Word, words_of
from amends.inbox.rules.search_words import Sought, sought_together
from amends.inbox.store.query_originals import named_by

Hold = Callable[[object], LiteralString]
"""Keeps a value among the query's parameters and returns its place in the SQL."""
FEW = 1_000
SHORTEST_PART = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """Who holds a word: the cases by their texts and the customers, None where they are too many to be named."""

    sought: Sought
    part: str
    cases: Sequence[int] | None
    customers: Sequence[int] | None


Holders = Mapping[str, Holding]


def holders_of(conn: Connection, query: Query) -> Holders:
    """Return who holds each free word of the query."""
    found = {word.text for word in words_of(query)}
    if found:
        plan_by_value(conn)
    return {text: _holding(conn, text) for text in found}


def plan_by_value(conn: Connection) -> None:
    """Let the planner see which word is sought until the transaction ends: one is in every text, another in none."""
    execute(conn, "select set_config('plan_cache_mode', 'force_custom_plan', true)")


def _holding(conn: Connection, text: str) -> Holding:
    wanted, part = sought_together(text), part_of(text)
    params = {"words": wanted.words, "of_customers": wanted.with_labels(kind="customer"), "part": part, "few": FEW + 1}
    found = fetch_one(conn, _Holders, _HOLDERS, params) if wanted.words else _Holders(cases=[], customers=[])
    few = _few(found.cases)
    cases = few if few is None else sorted({*few, *named_by(conn, text)})  # what is in every text is no number
    return Holding(sought=wanted, part=part, cases=cases, customers=_few(found.customers))


def _few(found: Sequence[int] | None) -> list[int] | None:
    return None if found is None or len(found) > FEW else sorted(set(found))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Holders:
    cases: Sequence[int] | None
    customers: Sequence[int] | None


NEWEST: LiteralString = "select words from search_texts where kind <> 'customer' order by at desc, row_id desc, kind desc limit 2000"
"""The newest texts, by which it is told whether a word is often: it is where 40 of them hold it."""
NEWEST_CUSTOMERS: LiteralString = "select * from search_texts where kind = 'customer' order by at desc, row_id desc limit 2000"
"""The same of customers."""

# What is frequent among the newest is not looked up, since the index would read through all of it. Customers are cut to a few only when
# they are found: the planner knows how often a word is in texts of all kinds, and for a few of many would read customer after customer.
_HOLDERS: LiteralString = (
    """
select
  case when (
    select count(*) from ("""
    + NEWEST
    + """) t
    where t.words @@ %(words)s::tsquery
  ) < 40 then array(
    select case_id from search_texts where kind <> 'customer' and case_id is not null and words @@ %(words)s::tsquery limit %(few)s
  ) end as cases,
  case when (
    select count(*) from ("""
    + NEWEST_CUSTOMERS
    + """) t
    where t.words @@ %(words)s::tsquery or (%(part)s <> '' and t.parts like %(part)s)
  ) < 40 then (array(
    select row_id from search_texts where kind = 'customer' and words @@ %(of_customers)s::tsquery
    union all
    select row_id from search_texts where kind = 'customer' and %(part)s <> '' and parts like %(part)s
  ))[1:%(few)s::int] end as customers
"""
)


def holds_words(hold: Hold, word: Word, holders: Holders) -> LiteralString:
    """Return the condition that a case `c` holds `word`; what has no letter is looked for in the case's first words as it is."""
    holding = holders[word.text]
    if not holding.sought.words:
        return "c.preview like " + hold(f"%{escaped(word.text)}%")
    return "(" + _in_texts(hold, holding) + " or " + _in_customer(hold, holding) + ")"


def is_rare(word: Word, holders: Holders) -> bool:
    """Tell whether all that hold the word are named, so that it is answered by an index."""
    holding = holders[word.text]
    return bool(holding.sought.words) and holding.cases is not None and holding.customers is not None


def _in_texts(hold: Hold, holding: Holding) -> LiteralString:
    if holding.cases is not None:
        return "c.id = any(" + hold(list(holding.cases)) + "::bigint[])"
    return _first("t.case_id = c.id and t.words @@ " + hold(holding.sought.words) + "::tsquery")


def _in_customer(hold: Hold, holding: Holding) -> LiteralString:
    if holding.customers is not None:
        return "c.customer_id = any(" + hold(list(holding.customers)) + "::bigint[])"
    words = "t.words @@ " + hold(holding.sought.words) + "::tsquery"
    either = "(" + words + " or t.parts like " + hold(holding.part) + ")" if holding.part else words
    return _first("t.kind = 'customer' and t.row_id = c.customer_id and " + either)


def _first(condition: LiteralString) -> LiteralString:
    """Return whether a text fulfils the condition, asked case by case: of an `exists` the planner would gather all that do."""
    return "(select true from search_texts t where " + condition + " limit 1)"


def part_of(text: str) -> str:
    """Return the pattern of any part of a handle, empty where `text` can be none or is too short."""
    bare = bare_handle(text)
    return f"%{bare}%" if len(bare) >= SHORTEST_PART and bare.isascii() and not bare.count(" ") else ""


def escaped(text: str) -> str:
    r"""Return `text` so that `like` takes it as it stands."""
    return text.replace("\x00", "").strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def bare_handle(text: str) -> str:
    """Return the beginning of a handle as it is kept, without its network's sign."""
    return escaped(text).removeprefix("u/").removeprefix("@").lower()
