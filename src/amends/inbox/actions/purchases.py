"""Adds, changes, ends and removes what a customer bought or subscribed to."""

import re
from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened, told_of_part
from amends.inbox.rules.customer_record import EARLIEST_YEAR, LATEST_YEAR, line
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import identity_keys, purchases
from amends.inbox.store.customer_changes import NewChange, Source
from amends.inbox.store.purchases import NewPurchase, Purchase

FIELD = "purchases"
A_DAY = timedelta(days=1)
"""So far apart are the days of the same moment in two zones."""
MOST_AMOUNT = Decimal(10) ** 12
_CENT = Decimal("0.01")
_CURRENCY = re.compile(r"[A-Z]{3}")


def add_purchase(conn: Connection, *, customer_id: CustomerId, new: NewPurchase, source: Source, now: datetime) -> tuple[int, int]:
    """Keep a purchase; return its id and the row of history that takes it back. `Conflict` where its system told of it before."""
    opened(conn, customer_id)
    kept = checked(new)
    try:
        with conn.transaction():
            purchase_id = purchases.insert(conn, customer_id, kept, now=now)
    except UniqueViolation as error:
        raise Conflict(_("This purchase is there already.")) from error
    told = NewChange(field=FIELD, was=None, became=as_told(kept) | {"id": purchase_id})
    return purchase_id, told_of_part(conn, customer_id, told, source=source, now=now)


def change_purchase(
    conn: Connection, *, customer_id: CustomerId, purchase_id: int, new: NewPurchase, source: Source, now: datetime
) -> int | None:
    """Let a purchase be as it is told now, and return the row of history that takes it back, None where nothing differs."""
    found, kept = _purchase(conn, customer_id, purchase_id), checked(new)
    return None if kept == as_new(found) else _become(conn, found, kept, source=source, now=now)


def end_subscription(conn: Connection, *, customer_id: CustomerId, purchase_id: int, source: Source, now: datetime) -> int:
    """Say that a subscription ended; said again, that it goes on."""
    found = _purchase(conn, customer_id, purchase_id)
    return _become(conn, found, replace(as_new(found), ended_at=None if found.ended_at else now), source=source, now=now)


def put_back(  # noqa: PLR0913
    conn: Connection, *, customer_id: CustomerId, purchase_id: int, was: NewPurchase, became: NewPurchase, source: Source, now: datetime
) -> None:
    """Let a purchase be as it was before a change; `Conflict` where it is not as that change left it."""
    found = _purchase(conn, customer_id, purchase_id)
    if as_new(found) != became:
        raise Conflict(_("This was changed again since; change it by hand."))
    _become(conn, found, was, source=source, now=now)


def _become(conn: Connection, found: Purchase, kept: NewPurchase, *, source: Source, now: datetime) -> int:
    try:
        with conn.transaction():
            purchases.update(conn, found.id, kept)
    except UniqueViolation as error:
        raise Conflict(_("This purchase is there already.")) from error
    told = NewChange(field=FIELD, was=as_told(found) | {"id": found.id}, became=as_told(kept) | {"id": found.id})
    return told_of_part(conn, found.customer_id, told, source=source, now=now)


def remove_purchase(conn: Connection, *, customer_id: CustomerId, purchase_id: int, source: Source, now: datetime) -> int:
    """Forget a purchase, and return the row of history that brings it back."""
    found = _purchase(conn, customer_id, purchase_id)
    purchases.delete(conn, purchase_id)
    identity_keys.look_again(conn, [customer_id])
    told = NewChange(field=FIELD, was=as_told(found) | {"id": found.id}, became=None)
    return told_of_part(conn, customer_id, told, source=source, now=now)


def checked(new: NewPurchase) -> NewPurchase:
    """Return a purchase as it is kept; `Refused` says what is wrong with it."""
    name, currency = line(new.name), line(new.currency, 3).upper()
    if not name:
        raise Refused(_("Say what was bought."))
    amount = None if new.amount is None else _amount(new.amount)
    if currency and not _CURRENCY.fullmatch(currency):
        raise Refused(_("Write the currency as three letters, such as LKR or EUR."))
    _check_days(new)
    order_number, state = line(new.order_number, 80), line(new.state, 60)
    return replace(new, name=name, amount=amount, currency=currency, order_number=order_number, state=state)


def _amount(amount: Decimal) -> Decimal:
    """Return an amount as the database rounds it."""
    rounded = amount.quantize(_CENT, ROUND_HALF_UP) if amount.is_finite() and abs(amount) < MOST_AMOUNT else MOST_AMOUNT
    if abs(rounded) >= MOST_AMOUNT:
        raise Refused(_("This amount cannot be kept."))
    return rounded


def _check_days(new: NewPurchase) -> None:
    if not EARLIEST_YEAR <= new.bought_at.year <= LATEST_YEAR:
        raise Refused(_("The year must lie between %(first)s and %(last)s.") % {"first": EARLIEST_YEAR, "last": LATEST_YEAR})
    if new.renews_on and new.kind != "subscription":
        raise Refused(_("Only a subscription renews."))
    first = new.bought_at.date() - A_DAY
    if (new.ended_at and new.ended_at < new.bought_at) or (new.renews_on and new.renews_on < first):
        raise Refused(_("A subscription cannot end or renew before it begins."))


def as_new(one: NewPurchase) -> NewPurchase:
    """Return what is said of a purchase, without what it is to us."""
    return NewPurchase(**{field.name: getattr(one, field.name) for field in fields(NewPurchase)})


def as_told(one: NewPurchase) -> dict[str, object]:
    """Return a purchase as the history keeps it."""
    return {
        "kind": one.kind,
        "name": one.name,
        "order_number": one.order_number,
        "amount": None if one.amount is None else str(one.amount),
        "currency": one.currency,
        "state": one.state,
        "bought_at": one.bought_at.isoformat(),
        "renews_on": one.renews_on.isoformat() if one.renews_on else None,
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "system": one.system,
        "external_id": one.external_id,
    }


def _purchase(conn: Connection, customer_id: CustomerId, purchase_id: int) -> Purchase:
    opened(conn, customer_id)
    found = purchases.find(conn, purchase_id, customer_id=customer_id)
    if found is None:
        raise NotFound(_("This customer has no such purchase."))
    return found
