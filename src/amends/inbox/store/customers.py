"""SQL of customers and the handles that belong to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId


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


def link(  # noqa: PLR0913
    conn: Connection, *, author_id: AuthorId, customer_id: CustomerId, basis: str, evidence: str, agent_id: AgentId, now: datetime
) -> None:
    """Make the author, and the author's cases, the customer's."""
    execute(
        conn,
        """
        insert into customer_links (author_id, customer_id, basis, evidence, agent_id, created_at)
        values (%(author_id)s, %(customer_id)s, %(basis)s, %(evidence)s, %(agent_id)s, %(now)s)
        on conflict (author_id) do update set customer_id = excluded.customer_id, basis = excluded.basis,
          evidence = excluded.evidence, agent_id = excluded.agent_id, created_at = excluded.created_at
        """,
        {
            "author_id": author_id,
            "customer_id": customer_id,
            "basis": basis,
            "evidence": evidence,
            "agent_id": agent_id,
            "now": now,
        },
    )
    move_cases(conn, author_id=author_id, customer_id=customer_id)


def move_cases(conn: Connection, *, author_id: AuthorId, customer_id: CustomerId) -> None:
    """Hand the author's cases to the customer."""
    execute(
        conn,
        """
        with theirs as (select id from cases where author_id = %(author_id)s order by id for no key update)
        update cases c set customer_id = %(customer_id)s from theirs where c.id = theirs.id
        """,
        {"author_id": author_id, "customer_id": customer_id},
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


def forget_if_empty(conn: Connection, *, customer_id: CustomerId) -> None:
    """Remove a customer to whom no handle and no case belongs any more, and of whom nothing else was ever kept."""
    execute(
        conn,
        """
        delete from customers c where id = %(id)s
          and not exists (select from customer_links where customer_id = c.id)
          and not exists (select from cases where customer_id = c.id)
          and changed_at is null and merged_into is null
          and not exists (select from customers where merged_into = c.id)
          and not exists (select from customer_changes where customer_id = c.id)
          and not exists (select from consents where customer_id = c.id)
          and not exists (select from purchases where customer_id = c.id)
          and not exists (select from contact_ways where customer_id = c.id)
          and not exists (select from important_dates where customer_id = c.id)
          and not exists (select from memberships where customer_id = c.id)
          and not exists (select from customer_refs where customer_id = c.id)
        """,
        {"id": customer_id},
    )
