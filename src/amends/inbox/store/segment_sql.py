"""Customers inside a query of cases: shared segments (`segment:"VIP"`) and attributes (`attr-tier:gold`), as conditions on a case."""

from collections.abc import Mapping
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_values
from amends.core.translating import _
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import NotAQuery, Query, terms_of
from amends.inbox.rules.query_fields import ATTRIBUTE
from amends.inbox.store import customer_pieces as pieces
from amends.inbox.store import customer_sql
from amends.inbox.store.customer_sql import Prepared

MOST = 20
Meant = Mapping[str, Prepared]
"""What each name of a segment asks, or each condition on an attribute."""


def meant(conn: Connection, query: Query) -> Meant:
    """Return the segments that a query of cases names; `NotAQuery` where one of them cannot be read any more."""
    asked = {match.value for term in terms_of(query) if term.field == "segment" for match in term.matches}
    if len(asked) > MOST:
        raise NotAQuery(_("A query can name at most %(most)s segments.") % {"most": MOST}, at=0)
    return {value: _read(conn, value) for value in asked}


def attributes(conn: Connection, query: Query) -> Meant:
    """Return the conditions on attributes in a query of cases; `NotAQuery` where there is no such attribute, or it has no such value."""
    asked = {str(term) for term in terms_of(query) if term.field.startswith(ATTRIBUTE)}
    return {text: customer_sql.read(conn, text) for text in asked}


def _read(conn: Connection, value: str) -> Prepared:
    texts = fetch_values(
        conn,
        """
        select query from segments where shared and deleted_at is null and (lower(name) = lower(%(value)s) or id::text = %(value)s)
        order by lower(name) = lower(%(value)s) desc limit 1
        """,
        {"value": value},
    )
    try:
        return customer_sql.read(conn, texts[0])
    except NotAQuery as error:
        raise NotAQuery(_("The segment “%(name)s” cannot be read any more: %(why)s") % {"name": value, "why": error}, at=0) from error


def holds_case(segment: Prepared, asker: Asker, params: dict[str, Any]) -> LiteralString:
    """Return the condition that the customer of a case `c` belongs to a segment or has an attribute; its values are kept in `params`."""
    written = customer_sql.written(segment, agent_id=asker.agent_id, now=asker.now, params=params)
    return "exists (select" + pieces.FROM + "where u.id = c.customer_id and " + pieces.THERE + " and " + written + ")"
