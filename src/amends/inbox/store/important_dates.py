"""SQL of birthdays, anniversaries and the like."""

from dataclasses import asdict, dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDate:
    """A day that matters to somebody; many tell it without the year."""

    kind: str
    month: int
    day: int
    year: int | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportantDate(NewDate):
    """A day as it is kept."""

    id: int
    customer_id: CustomerId


def insert(conn: Connection, customer_id: CustomerId, new: NewDate, *, now: datetime) -> int:
    """Store a day and return its id."""
    return fetch_values(
        conn,
        """
        insert into important_dates (customer_id, kind, name, month, day, year, created_at)
        values (%(customer_id)s, %(kind)s, %(name)s, %(month)s, %(day)s, %(year)s, %(now)s) returning id
        """,
        asdict(new) | {"customer_id": customer_id, "now": now},
    )[0]


def of_customer(conn: Connection, customer_id: CustomerId) -> list[ImportantDate]:
    """Return the days of a customer as they lie in the year."""
    return fetch_all(
        conn,
        ImportantDate,
        "select id, customer_id, kind, name, month, day, year from important_dates where customer_id = %(id)s order by month, day, id",
        {"id": customer_id},
    )


def find(conn: Connection, date_id: int, *, customer_id: CustomerId) -> ImportantDate | None:
    """Return a day of a customer, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        ImportantDate,
        """
        select id, customer_id, kind, name, month, day, year from important_dates
        where id = %(id)s and customer_id = %(customer_id)s for update
        """,
        {"id": date_id, "customer_id": customer_id},
    )


def delete(conn: Connection, date_id: int) -> None:
    """Forget a day."""
    execute(conn, "delete from important_dates where id = %(id)s", {"id": date_id})
