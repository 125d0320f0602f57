"""SQL of the search: what holds the words, newest first, page by page, within what the reader sees.

The newest are walked first, for a word that many hold; what is found too rarely for that is gathered by the index of words. What is
filtered by lies in that index too, so that a common word in a rare language is as quick as a rare word.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.search_words import Sought
from amends.inbox.store import scopes
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_words import plan_by_value

STEPS = 4_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is sought, among what, from `since` until before `until`; `after` is the last hit of the page before."""

    sought: Sought
    kind: str = ""
    network: str = ""
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: "Place | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a hit stands in the order of all."""

    at: datetime
    row_id: int
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit(Place):
    """A text that holds the words; `by` is who wrote it, `agent` whether that is one of us, `customer` whose case it is."""

    case_id: int
    text: str
    language: str
    network: str
    status: str
    by: str
    agent: bool
    customer: str


_ORDER: LiteralString = " order by t.at desc, t.row_id desc, t.kind desc"
_COLUMNS: LiteralString = """
select t.kind, t.row_id, t.case_id, t.at, coalesce(p.text, r.text, n.text, '') as text, c.language, c.network, c.status,
  coalesce(g.name, nullif(a.name, ''), a.handle) as by, g.id is not null as agent, u.name as customer
from (
"""
_JOINS: LiteralString = """
) t join cases c on c.id = t.case_id join customers u on u.id = c.customer_id
left join posts p on t.kind = 'post' and p.id = t.row_id
left join replies r on t.kind = 'reply' and r.id = t.row_id
left join notes n on t.kind = 'note' and n.id = t.row_id
left join agents g on g.id = coalesce(r.agent_id, n.agent_id)
join authors a on a.id = coalesce(p.author_id, c.author_id)
"""


def texts(conn: Connection, wanted: Wanted, scope: Scope, *, limit: int) -> list[Hit]:
    """Return at most `limit` posts, replies and notes that hold the words, newest first. `TooBroad`."""
    words = wanted.sought.with_labels(kind=wanted.kind, network=wanted.network, lang=wanted.language)
    params = {"words": words, "limit": limit, "steps": STEPS} | _bounds(wanted) | scopes.params(scope)
    plan_by_value(conn)
    found = fetch_all(conn, Hit, _walk(wanted, scope), params)
    if len(found) == limit:
        return found
    with carefully(conn):
        return fetch_all(conn, Hit, _gather(wanted, scope), params)


def _bounds(wanted: Wanted) -> dict[str, Any]:
    after = wanted.after
    key = {"key_at": after.at, "key_id": after.row_id, "key_kind": after.kind} if after else {}
    return {"since": wanted.since, "until": wanted.until} | key


def _between(wanted: Wanted) -> LiteralString:
    found: LiteralString = "t.kind <> 'customer'"
    if wanted.since:
        found += " and t.at >= %(since)s"
    if wanted.until:
        found += " and t.at < %(until)s"
    return found + " and (t.at, t.row_id, t.kind) < (%(key_at)s, %(key_id)s, %(key_kind)s)" if wanted.after else found


def _walk(wanted: Wanted, scope: Scope) -> LiteralString:
    walked = "select * from search_texts t where " + _between(wanted) + _ORDER + " limit %(steps)s"
    held = "select t.* from (" + walked + ") t join cases c on c.id = t.case_id where t.words @@ %(words)s::tsquery" + scopes.within(scope)
    return _COLUMNS + held + _ORDER + " limit %(limit)s" + _JOINS + _ORDER


def _gather(wanted: Wanted, scope: Scope) -> LiteralString:
    held = "select t.kind, t.row_id, t.case_id, t.at from search_texts t where t.words @@ %(words)s::tsquery and " + _between(wanted)
    seen = "select t.* from held t join cases c on c.id = t.case_id where true" + scopes.within(scope) + _ORDER + " limit %(limit)s"
    return "with held as materialized (" + held + ")" + _COLUMNS + seen + _JOINS + _ORDER
