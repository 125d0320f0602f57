"""Takes one change of a customer back, by its row of history: the toast of each change carries it, and so does the history."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import _
from amends.inbox.actions import contact_ways, customer_files, customer_notes, customer_record, important_dates, organisations, purchases
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import customer_changes, import_match
from amends.inbox.store import customer_files as file_rows
from amends.inbox.store import customer_notes as note_rows
from amends.inbox.store.customer_changes import Change, Source
from amends.inbox.store.important_dates import NewDate
from amends.inbox.store.purchases import NewPurchase

Told = Mapping[str, Any]
Back = Callable[[Connection, Change, Source, datetime], object]


def undo(conn: Connection, *, customer_id: CustomerId, change_id: int, source: Source, now: datetime) -> Change:
    """Take a change back and return it; `Conflict` where the field was changed again since."""
    import_match.wait(conn)
    customer_record.opened(conn, customer_id)
    found = customer_changes.find(conn, change_id)
    if found is None or found.customer_id != customer_id:
        raise NotFound(_("There is no such change."))
    back = _BACK.get(found.field)
    if (customer_changes.is_taken_back if back else customer_changes.is_later)(conn, found):
        raise Conflict(_("This was changed again since; change it by hand."))
    if back:
        back(conn, found, source, now)
        return found
    values = {found.field: found.was}
    customer_record.change(
        conn, customer_id=customer_id, values=values, version=None, by=source.by, origin=source.origin, note=source.note, now=now
    )
    return found


def _way(conn: Connection, change: Change, source: Source, now: datetime) -> None:
    was, became = _told(change)
    if was and became:
        contact_ways.verify_way(conn, customer_id=change.customer_id, way_id=was["id"], how=str(was["verified"]), source=source, now=now)
    elif became:
        contact_ways.remove_way(conn, customer_id=change.customer_id, way_id=became["id"], source=source, now=now)
    else:
        contact_ways.restore_way(conn, customer_id=change.customer_id, way_id=was["id"], source=source, now=now)


def _purchase(conn: Connection, change: Change, source: Source, now: datetime) -> None:
    was, became = _told(change)
    if was and became:
        before, after = _as_purchase(was), _as_purchase(became)
        purchases.put_back(conn, customer_id=change.customer_id, purchase_id=was["id"], was=before, became=after, source=source, now=now)
    elif became:
        purchases.remove_purchase(conn, customer_id=change.customer_id, purchase_id=became["id"], source=source, now=now)
    else:
        purchases.add_purchase(conn, customer_id=change.customer_id, new=_as_purchase(was), source=source, now=now)


def _date(conn: Connection, change: Change, source: Source, now: datetime) -> None:
    was, became = _told(change)
    if became:
        important_dates.remove_date(conn, customer_id=change.customer_id, date_id=became["id"], source=source, now=now)
    else:
        new = NewDate(**{field.name: was[field.name] for field in fields(NewDate)})
        important_dates.add_date(conn, customer_id=change.customer_id, new=new, source=source, now=now)


def _note(conn: Connection, change: Change, source: Source, now: datetime) -> None:
    was, became = _told(change)
    if became:
        customer_notes.remove_note(conn, customer_id=change.customer_id, note_id=became["id"], source=source, now=now)
    elif note := note_rows.find(conn, was["id"], customer_id=change.customer_id):
        customer_notes.check_own(note, source)
        note_rows.set_removed(conn, was["id"], at=None)
        _tell_back(conn, change, source, now)


def _file(conn: Connection, change: Change, source: Source, now: datetime) -> None:
    was, became = _told(change)
    if became:
        customer_files.remove_file(conn, customer_id=change.customer_id, file_id=became["id"], source=source, now=now)
    elif file_rows.find(conn, was["id"], customer_id=change.customer_id):
        file_rows.set_removed(conn, was["id"], at=None)
        _tell_back(conn, change, source, now)


def _membership(conn: Connection, change: Change, source: Source, now: datetime) -> None:
    was, became = _told(change)
    if was:
        wish = organisations.TermsWish(**{field.name: was[field.name] for field in fields(organisations.TermsWish)})
        of = was["organisation_id"], change.customer_id
        organisations.take_back(conn, was["id"], of, wish, source=source, now=now)
    else:
        organisations.remove(conn, became["id"], source=source, now=now)


def _tell_back(conn: Connection, change: Change, source: Source, now: datetime) -> None:
    one = customer_changes.NewChange(field=change.field, was=None, became=change.was)
    customer_record.told_of_part(conn, change.customer_id, one, source=source, now=now)


def _told(change: Change) -> tuple[Told, Told]:
    was: Any = change.was
    became: Any = change.became
    return was or {}, became or {}


def _as_purchase(told: Told) -> NewPurchase:
    return NewPurchase(
        kind=told["kind"],
        name=told["name"],
        order_number=told["order_number"],
        amount=None if told["amount"] is None else Decimal(told["amount"]),
        currency=told["currency"],
        state=told["state"],
        bought_at=datetime.fromisoformat(told["bought_at"]),
        renews_on=date.fromisoformat(told["renews_on"]) if told["renews_on"] else None,
        ended_at=datetime.fromisoformat(told["ended_at"]) if told["ended_at"] else None,
        system=told["system"],
        external_id=told["external_id"],
    )


_BACK: Mapping[str, Back] = {
    contact_ways.FIELD: _way,
    purchases.FIELD: _purchase,
    important_dates.FIELD: _date,
    customer_notes.FIELD: _note,
    customer_files.FIELD: _file,
    organisations.FIELD: _membership,
}
