"""SQL of whose case it is, in a query: by how the author's handle begins, or by a part of the customer's name.

As with words: those who fit are looked up first and named where they are few; where they are many, each case that is passed by is asked.
"""

from collections.abc import Mapping, Sequence
from typing import LiteralString

from amends.core.database import Connection, fetch_values
from amends.inbox.rules.query import Query, Term, terms_of
from amends.inbox.store.query_words import FEW, Hold, bare_handle, escaped

People = Mapping[tuple[str, str], Sequence[int] | None]
"""Who fits a field's value, None where they are too many to be named."""

_FOUND: Mapping[str, LiteralString] = {
    "handle": "select id from authors where lower(handle) like %(like)s limit %(few)s",
    "customer": "select id from customers where lower(name) like %(like)s limit %(few)s",
}
_NAMED: Mapping[str, LiteralString] = {"handle": "c.author_id = any({}::bigint[])", "customer": "c.customer_id = any({}::bigint[])"}
_ASKED: Mapping[str, LiteralString] = {
    "handle": "exists (select from authors w where w.id = c.author_id and lower(w.handle) like {})",
    "customer": "exists (select from customers w where w.id = c.customer_id and lower(w.name) like {})",
}
FIELDS = frozenset(_FOUND)


def people_of(conn: Connection, query: Query) -> People:
    """Return who fits each handle and each name that the query asks for."""
    asked = {(term.field, match.value) for term in terms_of(query) if term.field in FIELDS for match in term.matches}
    return {(name, value): _few(conn, name, value) for name, value in asked}


def _few(conn: Connection, name: str, value: str) -> list[int] | None:
    found = fetch_values(conn, _FOUND[name], {"like": _like(name, value), "few": FEW + 1})
    return None if len(found) > FEW else sorted(found)


def _like(name: str, value: str) -> str:
    return f"{bare_handle(value)}%" if name == "handle" else f"%{escaped(value).lower()}%"


def is_of(hold: Hold, name: str, value: str, people: People) -> LiteralString:
    """Return the condition that a case `c` is theirs."""
    few = people[name, value]
    return _ASKED[name].format(hold(_like(name, value))) if few is None else _NAMED[name].format(hold(few))


def are_few(term: Term, people: People) -> bool:
    """Tell whether all who fit the handles of a term are named, so that an index answers it."""
    return term.field == "handle" and all(people[term.field, match.value] is not None for match in term.matches)
