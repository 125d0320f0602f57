"""SQL of the names in a query: which brand, source, topic, team or agent is meant; one that nobody knows is told with the nearest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.query import NotAQuery, Query, Term, terms_of
from amends.inbox.rules.query_fields import FIELDS, Fields
from amends.inbox.rules.query_values import unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """One thing that a query can name: its id, and what it may be called, the best name first."""

    id: int
    names: Sequence[str]


_NAMED: Mapping[str, LiteralString] = {
    "brand": "select id, array[slug, name] as names from brands order by slug",
    "source": "select id, array[handle] as names from sources order by handle, id",
    "topic": "select id, array[name] as names from topics where archived_at is null order by name, id",
    "incident": "select id, array[name] as names from incidents order by closed_at is not null, id desc",
    "team": "select id, array[name] as names from teams where archived_at is null order by name",
    "assignee": "select id, array[name, email] as names from agents where active order by name, id",
    "owner": "select id, array[name, email] as names from agents where active order by name, id",
    "segment": "select id, array[name] as names from segments where shared and deleted_at is null order by lower(name)",
    "network": "select min(id) as id, array[network] as names from sources group by network order by network",
}

Names = Mapping[tuple[str, str], Sequence[int]]
"""The ids that a field's value stands for: several where several are called so."""


def known(conn: Connection, field: str) -> list[Named]:
    """Return what there is of a field whose values are names."""
    return fetch_all(conn, Named, _NAMED[field]) if field in _NAMED else []


def names_of(conn: Connection, query: Query, fields: Fields = FIELDS) -> Names:
    """Return the ids of everything that the query names; `NotAQuery` where there is no such thing."""
    terms = [term for term in terms_of(query) if term.field in _NAMED]
    there = {field: known(conn, field) for field in {term.field for term in terms}}
    return {
        (term.field, match.value): _ids(term, match.value, there[term.field])
        for term in terms
        for match in term.matches
        if match.value not in fields[term.field].values
    }


def _ids(term: Term, value: str, there: Sequence[Named]) -> list[int]:
    wanted = value.lower()
    found = [one.id for one in there if wanted in {str(one.id), *(name.lower() for name in one.names)}]
    if not found and term.field != "network":
        raise NotAQuery(unknown(term.field, value, tuple(one.names[0] for one in there)), at=0)
    return found
