"""SQL of customers and the handles that belong to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AuthorId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A handle of a customer, and on what ground."""

    author_id: AuthorId
    customer_id: CustomerId
    basis: str


def of_authors(conn: Connection, author_ids: Sequence[AuthorId]) -> dict[AuthorId, CustomerId]:
    """Return the customer of each author who has one."""
    if not author_ids:
        return {}
    links = fetch_all(
        conn, Link, "select author_id, customer_id, basis from customer_links where author_id = any(%(ids)s)", {"ids": list(author_ids)}
    )
    return {link.author_id: link.customer_id for link in links}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    id: CustomerId
    name: str


def names(conn: Connection, customer_ids: Sequence[CustomerId]) -> dict[CustomerId, str]:
    """Return what these customers are called."""
    found = fetch_all(conn, _Called, "select id, name from customers where id = any(%(ids)s)", {"ids": list(customer_ids)})
    return {one.id: one.name for one in found}


def find_link(conn: Connection, *, author_id: AuthorId) -> Link | None:
    """Return the author's link, or None."""
    return fetch_maybe(conn, Link, "select author_id, customer_id, basis from customer_links where author_id = %(id)s", {"id": author_id})


def lock(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[CustomerId]:
    """Return those of the customers that there are; until the transaction ends nobody else gives them a handle or takes one away.

    Not by their rows: whoever changes a case asks for its customer's row while holding the case, which a link needs next.
    """
    execute(
        conn,
        """
        select pg_advisory_xact_lock(hashtextextended('customer', id))
        from (select distinct id from unnest(%(ids)s::bigint[]) given(id) order by id) sorted
        """,
        {"ids": list(customer_ids)},
    )
    return fetch_values(conn, "select id from customers where id = any(%(ids)s)", {"ids": list(customer_ids)})


def make(conn: Connection, names: Mapping[AuthorId, str], *, now: datetime) -> dict[AuthorId, CustomerId]:
    """Make a customer for each author, tied by the handle alone, and return them."""
    if not names:
        return {}
    links = fetch_all(
        conn,
        Link,
        """
        with given as (
          select author_id, name, nextval(pg_get_serial_sequence('customers', 'id')) as customer_id
          from unnest(%(authors)s::bigint[], %(names)s::text[]) given(author_id, name)
        ), made as (
          insert into customers (id, name, created_at) overriding system value select customer_id, name, %(now)s from given
        )
        insert into customer_links (author_id, customer_id, basis, created_at)
        select author_id, customer_id, 'handle', %(now)s from given
        returning author_id, customer_id, basis
        """,
        {"authors": list(names), "names": list(names.values()), "now": now},
    )
    return {link.author_id: link.customer_id for link in links}


def link(conn: Connection, *, author_id: AuthorId, customer_id: CustomerId, basis: str, now: datetime) -> None:
    """Make the author the customer's; `moving.follow` hands over the cases."""
    execute(
        conn,
        "update customer_links set customer_id = %(customer_id)s, basis = %(basis)s, created_at = %(now)s where author_id = %(author_id)s",
        {"author_id": author_id, "customer_id": customer_id, "basis": basis, "now": now},
    )


def remove_link(conn: Connection, *, author_id: AuthorId) -> None:
    """Take the author's link away."""
    execute(conn, "delete from customer_links where author_id = %(id)s", {"id": author_id})


def author_name(conn: Connection, *, author_id: AuthorId) -> str | None:
    """Return what the author is called, or None where there is no such author."""
    values = fetch_values(conn, "select coalesce(nullif(name, ''), handle) from authors where id = %(id)s", {"id": author_id})
    return values[0] if values else None


def handles_of(conn: Connection, *, customer_id: CustomerId) -> list[AuthorId]:
    """Return the authors that are this customer."""
    return fetch_values(conn, "select author_id from customer_links where customer_id = %(id)s order by author_id", {"id": customer_id})
