"""SQL of what customers bought and subscribed to."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPurchase:
    """A purchase or subscription; `system` and `external_id` say what another system calls it, so that it is never there twice."""

    kind: str
    name: str
    bought_at: datetime
    order_number: str = ""
    amount: Decimal | None = None
    currency: str = ""
    state: str = ""
    renews_on: date | None = None
    ended_at: datetime | None = None
    system: str = ""
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase(NewPurchase):
    """A purchase as it is kept."""

    id: int
    customer_id: CustomerId
    created_at: datetime


def insert(conn: Connection, customer_id: CustomerId, new: NewPurchase, *, now: datetime) -> int:
    """Store a purchase and return its id."""
    return fetch_values(
        conn,
        """
        insert into purchases (customer_id, kind, name, order_number, amount, currency, state, bought_at, renews_on, ended_at, system,
                               external_id, created_at)
        values (%(customer_id)s, %(kind)s, %(name)s, %(order_number)s, %(amount)s, %(currency)s, %(state)s, %(bought_at)s, %(renews_on)s,
                %(ended_at)s, %(system)s, %(external_id)s, %(now)s)
        returning id
        """,
        asdict(new) | {"customer_id": customer_id, "now": now},
    )[0]


def newest(conn: Connection, customer_id: CustomerId, *, limit: int = 50) -> list[Purchase]:
    """Return what a customer bought last."""
    return fetch_all(
        conn,
        Purchase,
        """
        select id, customer_id, kind, name, order_number, amount, currency, state, bought_at, renews_on, ended_at, system, external_id,
               created_at
        from purchases where customer_id = %(customer_id)s order by bought_at desc, id desc limit %(limit)s
        """,
        {"customer_id": customer_id, "limit": limit},
    )


def find(conn: Connection, purchase_id: int, *, customer_id: CustomerId) -> Purchase | None:
    """Return a purchase of a customer, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Purchase,
        """
        select id, customer_id, kind, name, order_number, amount, currency, state, bought_at, renews_on, ended_at, system, external_id,
               created_at
        from purchases where id = %(id)s and customer_id = %(customer_id)s for update
        """,
        {"id": purchase_id, "customer_id": customer_id},
    )


def update(conn: Connection, purchase_id: int, new: NewPurchase) -> None:
    """Let a purchase be as it is told."""
    execute(
        conn,
        """
        update purchases set kind = %(kind)s, name = %(name)s, order_number = %(order_number)s, amount = %(amount)s,
          currency = %(currency)s, state = %(state)s, bought_at = %(bought_at)s, renews_on = %(renews_on)s, ended_at = %(ended_at)s,
          system = %(system)s, external_id = %(external_id)s
        where id = %(id)s
        """,
        asdict(new) | {"id": purchase_id},
    )


def delete(conn: Connection, purchase_id: int) -> None:
    """Forget a purchase."""
    execute(conn, "delete from purchases where id = %(id)s", {"id": purchase_id})
