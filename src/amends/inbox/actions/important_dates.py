"""Adds and removes the days that matter to a customer."""

from dataclasses import asdict, replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened, told_of_part
from amends.inbox.rules.customer_record import check_birthday, check_month_and_day, line
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import important_dates
from amends.inbox.store.customer_changes import NewChange, Source
from amends.inbox.store.important_dates import NewDate

FIELD = "important_dates"
KINDS = ("birthday", "anniversary", "renewal", "other")
MOST = 40


def add_date(conn: Connection, *, customer_id: CustomerId, new: NewDate, source: Source, now: datetime) -> tuple[int, int]:
    """Keep a day; return its id and the row of history that takes it back."""
    opened(conn, customer_id)
    kept = checked(new)
    if kept.kind == "birthday":
        check_birthday(kept.year, year_now=now.year)
    before = important_dates.of_customer(conn, customer_id)
    if kept.kind == "birthday" and any(one.kind == "birthday" for one in before):
        raise Refused(_("There is a birthday already; remove it first."))
    if len(before) >= MOST:
        raise Refused(_("These are many days already; remove one first."))
    date_id = important_dates.insert(conn, customer_id, kept, now=now)
    told = NewChange(field=FIELD, was=None, became=asdict(kept) | {"id": date_id})
    return date_id, told_of_part(conn, customer_id, told, source=source, now=now)


def remove_date(conn: Connection, *, customer_id: CustomerId, date_id: int, source: Source, now: datetime) -> int:
    """Forget a day, and return the row of history that brings it back."""
    opened(conn, customer_id)
    found = important_dates.find(conn, date_id, customer_id=customer_id)
    if found is None:
        raise NotFound(_("This customer has no such day."))
    important_dates.delete(conn, date_id)
    was = {"kind": found.kind, "name": found.name, "month": found.month, "day": found.day, "year": found.year, "id": found.id}
    return told_of_part(conn, customer_id, NewChange(field=FIELD, was=was, became=None), source=source, now=now)


def checked(new: NewDate) -> NewDate:
    """Return a day as it is kept; `Refused` says what is wrong with it."""
    if new.kind not in KINDS:
        raise Refused(_("Choose what the day is: a birthday, an anniversary, a renewal or something else."))
    check_month_and_day(new.month, new.day, new.year)
    name = line(new.name, 100)
    if new.kind == "other" and not name:
        raise Refused(_("Say what the day is."))
    return replace(new, name=name)
