"""SQL of the ways to reach somebody beside their handles.

Records that became one may both have had an address: it is shown once, as it was verified where it was, and taken away as one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.ids import CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWay:
    """A way as it is entered, with its normal form."""

    kind: WayKind
    value: str
    normal: str
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way as it is kept; it is `verified_at` when it was shown to be theirs."""

    id: int
    customer_id: CustomerId
    kind: str
    value: str
    normal: str
    label: str
    verified_at: datetime | None
    verified_how: str
    created_at: datetime
    removed_at: datetime | None


SHOWN: LiteralString = """
  w.removed_at is null and not exists (
    select from contact_ways t where t.customer_id = w.customer_id and t.kind = w.kind and t.normal = w.normal
      and t.removed_at is null and (t.verified_at is null, t.id) < (w.verified_at is null, w.id))
"""
"""The condition of a way `w` that stands for all of its address."""


def of_customer(conn: Connection, customer_id: CustomerId) -> list[Way]:
    """Return the ways of a customer, each address once, the first entered first."""
    return fetch_all(
        conn,
        Way,
        """
        select id, customer_id, kind, value, normal, label, verified_at, verified_how, created_at, removed_at from contact_ways w
        where customer_id = %(id)s and
        """
        + SHOWN
        + " order by id",
        {"id": customer_id},
    )


def find(conn: Connection, way_id: int, *, customer_id: CustomerId) -> Way | None:
    """Return a way of a customer, removed or not, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Way,
        """
        select id, customer_id, kind, value, normal, label, verified_at, verified_how, created_at, removed_at from contact_ways
        where id = %(id)s and customer_id = %(customer_id)s for update
        """,
        {"id": way_id, "customer_id": customer_id},
    )


def same(conn: Connection, *, kind: str, normal: str) -> list[Way]:
    """Return everybody's ways that are this one."""
    return fetch_all(
        conn,
        Way,
        """
        select id, customer_id, kind, value, normal, label, verified_at, verified_how, created_at, removed_at from contact_ways
        where kind = %(kind)s and normal = %(normal)s and removed_at is null order by id limit 20
        """,
        {"kind": kind, "normal": normal},
    )


def insert(conn: Connection, customer_id: CustomerId, new: NewWay, *, now: datetime) -> int:
    """Store a way and return its id."""
    return fetch_values(
        conn,
        """
        insert into contact_ways (customer_id, kind, value, normal, label, created_at)
        values (%(customer_id)s, %(kind)s, %(value)s, %(normal)s, %(label)s, %(now)s) returning id
        """,
        {"customer_id": customer_id, "kind": new.kind, "value": new.value, "normal": new.normal, "label": new.label, "now": now},
    )[0]


def set_removed(conn: Connection, way_id: int, *, at: datetime | None) -> None:
    """Take a way away, or with None bring it back."""
    execute(conn, "update contact_ways t set removed_at = %(at)s" + _SAME, {"id": way_id, "at": at})


def set_verified(conn: Connection, way_id: int, *, at: datetime | None, how: str) -> None:
    """Say that a way is theirs and how that is known; with None that it is not known."""
    query: LiteralString = "update contact_ways t set verified_at = %(at)s, verified_how = %(how)s" + _SAME
    execute(conn, query, {"id": way_id, "at": at, "how": how})


_SAME: LiteralString = """
  from contact_ways w
  where w.id = %(id)s and t.customer_id = w.customer_id and t.kind = w.kind and t.normal = w.normal
    and t.removed_at is not distinct from w.removed_at
"""
