"""Customers for tests of identity and merging: records with handles, notes and whatever else a test cares about."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.ids import AuthorId, CustomerId
from amends.inbox.store import customers
from tests.cast import NOON, ada

_NUMBERS = itertools.count(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A customer with one handle."""

    id: CustomerId
    author_id: AuthorId


def an_author(conn: Connection, handle: str, *, network: str = "x", name: str = "") -> AuthorId:
    """Return an account on a network."""
    return fetch_values(
        conn,
        "insert into authors (network, external_id, handle, name) values (%(network)s, %(external_id)s, %(handle)s, %(name)s) returning id",
        {"network": network, "external_id": f"person-{next(_NUMBERS)}", "handle": handle, "name": name},
    )[0]


def a_person(conn: Connection, name: str = "Cy Fernando", *, handle: str = "", network: str = "x", now: datetime = NOON) -> Person:
    """Return a customer with one handle."""
    author_id = an_author(conn, handle or f"handle_{next(_NUMBERS)}", network=network, name=name)
    return Person(id=customers.make(conn, {author_id: name}, now=now)[author_id], author_id=author_id)


def a_note(conn: Connection, customer_id: CustomerId, text: str = "called") -> int:
    """Return a note about a customer."""
    return fetch_values(
        conn,
        """
        insert into customer_notes (customer_id, kind, text, at, created_at)
        values (%(id)s, 'note', %(text)s, %(now)s, %(now)s) returning id
        """,
        {"id": customer_id, "text": text, "now": NOON},
    )[0]


def a_way(conn: Connection, customer_id: CustomerId, value: str, *, kind: str = "email", verified: bool = False) -> int:
    """Return a contact way of a customer."""
    return fetch_values(
        conn,
        """
        insert into contact_ways (customer_id, kind, value, normal, verified_at, created_at)
        values (%(id)s, %(kind)s, %(value)s, lower(%(value)s), case when %(verified)s then %(now)s::timestamptz end, %(now)s) returning id
        """,
        {"id": customer_id, "kind": kind, "value": value, "verified": verified, "now": NOON},
    )[0]


def a_purchase(conn: Connection, customer_id: CustomerId, order_number: str) -> int:
    """Return a purchase of a customer."""
    return fetch_values(
        conn,
        """
        insert into purchases (customer_id, kind, name, order_number, bought_at, created_at)
        values (%(id)s, 'purchase', 'a flight', %(order_number)s, %(now)s, %(now)s) returning id
        """,
        {"id": customer_id, "order_number": order_number, "now": NOON},
    )[0]


def consent(conn: Connection, customer_id: CustomerId, *, given: bool, way_id: int | None = None, at: datetime = NOON) -> int:
    """Return a row of the log of consent, for occasions."""
    return fetch_values(
        conn,
        """
        insert into consents (customer_id, contact_way_id, purpose, given, basis, at)
        values (%(id)s, %(way_id)s, 'occasion', %(given)s, 'said so', %(at)s) returning id
        """,
        {"id": customer_id, "way_id": way_id, "given": given, "at": at},
    )[0]


BELONGINGS: Mapping[LiteralString, LiteralString] = {
    "contact_ways": "(customer_id, kind, value, normal, created_at) values (%(id)s, 'email', 'c@mail.example', 'c@mail.example', %(now)s)",
    "consents": "(customer_id, purpose, given, basis, at) values (%(id)s, 'care', true, 'said so', %(now)s)",
    "purchases": "(customer_id, kind, name, bought_at, created_at) values (%(id)s, 'purchase', 'a flight', %(now)s, %(now)s)",
    "important_dates": "(customer_id, kind, month, day, created_at) values (%(id)s, 'birthday', 3, 2, %(now)s)",
    "customer_files": "(customer_id, name, media_type, size, body, created_at) values (%(id)s, 'bill', 'text/plain', 1, 'x', %(now)s)",
    "memberships": "(customer_id, organisation_id, created_at) select %(id)s, max(id), %(now)s from organisations",
    "customer_refs": "(customer_id, system, external_id, seen_at) values (%(id)s, 'crm', 'no. ' || %(id)s, %(now)s)",
    "occasion_messages": """
      (customer_id, occasion_id, turn, state, planned_at, due_at) select %(id)s, max(id), '2026', 'queued', %(now)s, %(now)s from occasions
    """,
}


def belongings(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[dict[str, int]]:
    """Return, for each of these customers, a row of each table that lists what somebody has: the same things for everybody."""
    execute(conn, "insert into organisations (name, kind, created_at) values ('Club', 'association', %(now)s)", {"now": NOON})
    occasion: LiteralString = "insert into occasions (name, kind, agent_id, created_at) values ('Wishes', 'birthday', %(id)s, %(now)s)"
    execute(conn, occasion, {"id": ada(conn), "now": NOON})
    return [
        {
            table: fetch_values(conn, "insert into " + table + row + " returning id", {"id": customer_id, "now": NOON})[0]
            for table, row in BELONGINGS.items()
        }
        for customer_id in customer_ids
    ]


def set_field(conn: Connection, customer_id: CustomerId, **fields: Any) -> None:
    """Change fields of a record as a colleague would: `name`, `zone`, `tags`, `do_not_contact_since`."""
    execute(
        conn,
        """
        update customers set name = coalesce(%(name)s, name), zone = coalesce(%(zone)s, zone), tags = coalesce(%(tags)s, tags),
          do_not_contact_since = coalesce(%(do_not_contact_since)s, do_not_contact_since)
        where id = %(id)s
        """,
        {"id": customer_id, "name": None, "zone": None, "tags": None, "do_not_contact_since": None} | fields,
    )


def owner_of(conn: Connection, note_id: int) -> CustomerId:
    """Return whose a note is."""
    return fetch_values(conn, "select customer_id from customer_notes where id = %(id)s", {"id": note_id})[0]
