"""SQL of the search: what holds the words, newest first, page by page, within what the reader sees.

The newest are walked first, for a word that many hold, and further where that promises enough; what is found too rarely for that is
gathered by the index of words. What is filtered by lies in that index too, so that a common word in a rare language is as quick as a rare
word. Beside a rare word the index is not asked for a common one, of which it would read every place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.search_words import Sought, all_of
from amends.inbox.store import scopes
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_words import NEWEST, plan_by_value

STEPS = 4_000
FURTHEST = 20_000
"""So many of the newest are walked at most."""


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
    """A text that holds the words; `by` is who wrote it, `agent` whether that is one of us, `customer` whose case it is.

    A post without a case has neither customer nor status, but `why` it has none, and its `permalink`; `waits` while it is being placed.
    """

    case_id: int | None
    text: str
    language: str
    network: str
    status: str
    by: str
    agent: bool
    customer: str
    why: str
    permalink: str
    waits: bool


_ORDER: LiteralString = " order by t.at desc, t.row_id desc, t.kind desc"
_COLUMNS: LiteralString = """
select t.kind, t.row_id, t.case_id, t.at, coalesce(p.text, r.text, n.text, '') as text, coalesce(c.language, v.language, '') as language,
  coalesce(c.network, p.network) as network, coalesce(c.status, '') as status,
  coalesce(g.name, nullif(a.name, ''), a.handle) as by, g.id is not null as agent, coalesce(u.name, '') as customer,
  case when c.id is null then p.route_why else '' end as why, case when c.id is null then p.permalink else '' end as permalink,
  c.id is null and p.triaged_at is null as waits
from (
"""
_PLACES: LiteralString = (
    " left join cases c on c.id = t.case_id left join posts w on t.case_id is null and t.kind = 'post' and w.id = t.row_id"
)
_JOINS: LiteralString = """
) t left join cases c on c.id = t.case_id left join customers u on u.id = c.customer_id
left join posts p on t.kind = 'post' and p.id = t.row_id
left join verdicts v on v.post_id = p.id and t.case_id is null
left join replies r on t.kind = 'reply' and r.id = t.row_id
left join notes n on t.kind = 'note' and n.id = t.row_id
left join agents g on g.id = coalesce(r.agent_id, n.agent_id)
join authors a on a.id = coalesce(p.author_id, c.author_id)
"""


def texts(conn: Connection, wanted: Wanted, scope: Scope, *, limit: int) -> list[Hit]:
    """Return at most `limit` posts, replies and notes that hold the words, newest first. `TooBroad`."""
    parts = wanted.sought.labelled(kind=wanted.kind, network=wanted.network, lang=wanted.language)
    params = {"words": all_of(parts), "limit": limit} | _bounds(wanted) | scopes.params(scope)
    plan_by_value(conn)
    steps = STEPS
    while steps <= FURTHEST:
        found = fetch_all(conn, Hit, _walk(wanted, scope), params | {"steps": steps})
        if len(found) == limit:
            return found
        steps = 2 * steps * limit // max(len(found), 1)
    with carefully(conn):
        return fetch_all(conn, Hit, _gather(wanted, scope), params | {"rare": _rare(conn, parts)})


def post(conn: Connection, post_id: int) -> Hit | None:
    """Return a post as a search shows it, or None."""
    found = "select 'post' as kind, id as row_id, case_id, published_at as at from posts where id = %(post_id)s and deleted_at is null"
    return fetch_maybe(conn, Hit, _COLUMNS + found + _JOINS, {"post_id": post_id})


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
    held = "select t.* from (" + walked + ") t" + _PLACES + " where t.words @@ %(words)s::tsquery" + scopes.texts_within(scope)
    return _COLUMNS + held + _ORDER + " limit %(limit)s" + _JOINS + _ORDER


def _gather(wanted: Wanted, scope: Scope) -> LiteralString:
    """Return the SQL of all that hold the words. What the index is not to be asked for stands in a `coalesce`.

    They are put in order before it is asked which of them are seen: no more are asked about than are shown.
    """
    found = "t.words @@ %(rare)s::tsquery and coalesce(t.words @@ %(words)s::tsquery, false) and " + _between(wanted)
    held = "select t.kind, t.row_id, t.case_id, t.at from search_texts t where " + found + _ORDER
    seen = "select t.* from held t" + _PLACES + " where true" + scopes.texts_within(scope) + _ORDER + " limit %(limit)s"
    return "with held as materialized (" + held + ")" + _COLUMNS + seen + _JOINS + _ORDER


def _rare(conn: Connection, parts: Sequence[str]) -> str:
    """Return the tsquery of those parts that few of the newest texts hold; of all where none is rare."""
    return all_of(fetch_values(conn, _RARE, {"parts": list(parts)}) or parts)


_RARE: LiteralString = (
    """
with newest as materialized ("""
    + NEWEST
    + """)
select part from unnest(%(parts)s::text[]) part where (select count(*) from newest where words @@ part::tsquery) < 40
"""
)
