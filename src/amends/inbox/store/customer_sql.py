"""A query of customers as SQL on a customer `u` with their facts `f` (`customer_pieces.FROM`).

Place in the path: `query_reading.parse(text, customer_fields)` -> `prepared` (names looked up) -> `written`, alone or in a query of cases.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, LiteralString

from typing_extensions import override

from amends.core.database import Connection, fetch_all, fetch_values
from amends.core.translating import _
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.customer_fields import NONE, Attribute, customer_fields
from amends.inbox.rules.query import All, Match, Node, Not, NotAQuery, Query, Term, Word, terms_of
from amends.inbox.rules.query_fields import ATTRIBUTE
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.search_words import sought_together
from amends.inbox.store import customer_pieces as pieces
from amends.inbox.store import scopes
from amends.inbox.store.query_names import Names, names_of
from amends.inbox.store.query_words import bare_handle, escaped, part_of
from amends.inbox.store.query_writing import Writer, joined


def attributes(conn: Connection) -> list[Attribute]:
    """Return the attributes that can be asked, archived ones too; what is sensitive is kept sealed and cannot be."""
    return fetch_all(
        conn,
        Attribute,
        """
        select key, name, kind, choices, archived_at is not null as archived from attributes where not sensitive order by position, id
        """,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A query of customers with what its names stand for."""

    query: Query
    attributes: Sequence[Attribute]
    names: Names


def read(conn: Connection, text: str) -> Prepared:
    """Return what `text` asks of customers; `NotAQuery` where it cannot be read or names what nobody knows."""
    there = attributes(conn)
    return prepared(conn, parse(text, customer_fields(there)), there)


def prepared(conn: Connection, query: Query, there: Sequence[Attribute]) -> Prepared:
    """Return the query with its names looked up; `NotAQuery` where it names what nobody knows."""
    names = {**names_of(conn, query, customer_fields(there)), **_organisations(conn, query)}
    return Prepared(query=query, attributes=there, names=names)


def _organisations(conn: Connection, query: Query) -> Names:
    """Return the organisations that the query names; they may be many, so each is looked up by itself."""
    asked = {match.value for term in terms_of(query) if term.field == "organisation" for match in term.matches} - {NONE}
    return {("organisation", value): _organisation(conn, value) for value in asked}


def _organisation(conn: Connection, value: str) -> list[int]:
    found = fetch_values(
        conn,
        "select id from organisations where lower(name) = lower(%(value)s) or id = %(number)s",
        {"value": value, "number": int(value) if value.isdecimal() and len(value) < 19 else None},  # noqa: PLR2004
    )
    if not found:
        near = organisations_called(conn, value, limit=1)
        meant = _(" Do you mean “%(name)s”?") % {"name": near[0]} if near else ""
        raise NotAQuery(_("There is no organisation “%(name)s”.") % {"name": value} + meant, at=0)
    return found


def organisations_called(conn: Connection, part: str, *, limit: int = 10) -> list[str]:
    """Return the names of organisations that hold what is typed."""
    return fetch_values(
        conn,
        """
        select name from organisations where lower(name) like %(part)s and archived_at is null order by lower(name), id limit %(limit)s
        """,
        {"part": f"%{escaped(part).lower()}%", "limit": limit},
    )


def tags_of_late(conn: Connection) -> list[str]:
    """Return the tags that the newest customers have, which the box suggests."""
    return fetch_values(
        conn,
        "select distinct tag from (select unnest(tags) as tag from customers order by id desc limit 2000) newest order by tag limit 200",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What the customers `u` must fulfil, with its parameters."""

    sql: LiteralString
    params: dict[str, Any]


def condition(query: Prepared, asker: Asker) -> Condition:
    """Return the condition on the customers that the asker sees: whoever has a case within the scope, or none at all."""
    params = dict[str, Any]()
    written_ = written(query, agent_id=asker.agent_id, now=asker.now, params=params)
    return Condition(sql=pieces.THERE + " and " + written_ + seen_in(asker.scope), params=params | scopes.params(asker.scope))


def seen_in(scope: Scope) -> LiteralString:
    """Return what narrows a condition on customers `u` to those whom a scope shows; `scopes.params` go with it."""
    within = scopes.within(scope)
    if not within:
        return ""
    theirs: LiteralString = "select from cases c where c.customer_id = u.id"
    return " and (not exists (" + theirs + ") or exists (" + theirs + within + "))"


def written(query: Prepared, *, agent_id: int, now: datetime, params: dict[str, Any]) -> LiteralString:
    """Return the query alone; its values are kept in `params`."""
    params |= {"me": agent_id, "now": now, "today": now.astimezone(UTC).date()}
    writer = _Writer(pieces=pieces.PIECES, now=now, params=params, names=query.names, kinds={one.key: one.kind for one in query.attributes})
    return writer.node(All(query.query.parts)) if query.query.parts else "true"


_PARTS = frozenset({"name", "product"})
_LOWERED = frozenset({"role", "lang", "network"})


@dataclass(kw_only=True)
class _Writer(Writer):
    """Writes what is asked of customers."""

    names: Names
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])

    @override
    def node(self, node: Node) -> LiteralString:
        if not isinstance(node, Not):
            return super().node(node)
        asked = self.node(node.node)
        # Whether something is there is never unknown, and by a plain "not" all who lack it come by one join, not one look for each.
        is_one = isinstance(node.node, Term) and len(node.node.matches) == 1
        return "not " + asked if is_one and asked.startswith("(exists (") else "(" + asked + ") is not true"

    @override
    def word(self, word: Word) -> LiteralString:
        wanted = sought_together(word.text).with_labels(kind="customer")
        if not sought_together(word.text).words:
            return pieces.IN_NAME.format(self.hold(f"%{escaped(word.text)}%"))
        part = self.hold(part_of(word.text))
        return pieces.WORDS.format(self.hold(wanted), part, part)

    @override
    def values(self, name: str, plain: list[str]) -> list[int] | list[str]:
        if name in _PARTS:
            return [_part(value) for value in plain]
        if name == "tag":
            return [form for value in plain for form in dict.fromkeys((value, value.lower()))]
        if (name, plain[0]) in self.names:
            return [found for value in plain for found in self.names[name, value]]
        return [value.lower() for value in plain] if name in _LOWERED else plain

    @override
    def term(self, term: Term) -> LiteralString:
        if not term.field.startswith(ATTRIBUTE):
            return super().term(term)
        key = term.field.removeprefix(ATTRIBUTE)
        return joined(" or ", (self.attribute(key, match) for match in term.matches))

    @override
    def otherwise(self, name: str, match: Match) -> LiteralString:
        if name == "handle":
            return pieces.HANDLE.format(self.hold(f"{bare_handle(match.value)}%"))
        if name == "loyalty":
            return pieces.LOYALTY.format(self.hold(f"{escaped(match.value).lower()}%"))
        return pieces.CONSENTS.format(self.hold(match.value))

    def attribute(self, key: str, match: Match) -> LiteralString:
        """Return the condition of one value of an attribute; a value that is none of its kind is never equal, before or after."""
        kind, held = self.kinds[key], self.hold(key)
        if match.value == NONE and not match.op:
            return pieces.ATTRIBUTE_NONE.format(held)
        if kind == "number":
            return self.number(pieces.ATTRIBUTE_NUMBER.format(held), match)
        if kind == "date":
            return self.day(pieces.ATTRIBUTE_DAY.format(held), match, lambda moment: moment.date().isoformat())
        if kind in {"yes_no", "choice"}:
            value = match.value if kind == "choice" else match.value == "yes"
            return pieces.ATTRIBUTE_IS.format(self.hold([json.dumps({key: value}, ensure_ascii=False)]))
        return pieces.ATTRIBUTE_TEXT.format(held, self.hold([_part(match.value)]))


def _part(value: str) -> str:
    return f"%{escaped(value).lower()}%"
