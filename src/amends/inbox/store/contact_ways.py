"""SQL of the ways to reach somebody beside their handles."""

from dataclasses import dataclass
from datetime import datetime

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


def of_customer(conn: Connection, customer_id: CustomerId) -> list[Way]:
    """Return the ways of a customer, the first entered first."""
    return fetch_all(
        conn,
        Way,
        """
        select id, customer_id, kind, value, normal, label, verified_at, verified_how, created_at, removed_at from contact_ways
        where customer_id = %(id)s and removed_at is null order by id
        """,
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
    execute(conn, "update contact_ways set removed_at = %(at)s where id = %(id)s", {"id": way_id, "at": at})


def set_verified(conn: Connection, way_id: int, *, at: datetime | None, how: str) -> None:
    """Say that a way is theirs and how that is known; with None that it is not known."""
    execute(
        conn, "update contact_ways set verified_at = %(at)s, verified_how = %(how)s where id = %(id)s", {"id": way_id, "at": at, "how": how}
    )
