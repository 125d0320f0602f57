"""What belongs to a customer: contact ways and consent, purchases, days that matter, notes and files."""

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response

from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk
from amends.api.pages._customer_acting import done, source_of
from amends.api.sent_once import ONCE
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import consents, contact_ways, customer_notes, important_dates, purchases
from amends.inbox.rules.consent import Purpose, Target
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store.customer_notes import NewNote
from amends.inbox.store.important_dates import NewDate
from amends.inbox.store.purchases import NewPurchase

router = APIRouter(prefix="/customers/{customer_id:int}", include_in_schema=False, dependencies=[may(Right.WORK)])
Line = Annotated[str, Form(max_length=400)]


@router.post("/ways")
def add_way(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    customer_id: CustomerId,
    kind: Annotated[WayKind, Form()],
    value: Annotated[str, Form(max_length=600)] = "",
    label: Line = "",
) -> Response:
    """Keep a way to reach the customer."""
    source, now = source_of(visitor), desk.clock()

    def act(conn: Connection) -> int:
        added = contact_ways.add_way(conn, customer_id=customer_id, kind=kind, value=value, label=label, source=source, now=now)
        return added.change_id

    return done(request, desk, customer_id, act, _("Kept"), focus="add-way")


@router.post("/ways/{way_id}/remove")
def remove_way(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, way_id: int) -> Response:
    """Take a contact way away."""
    source, now = source_of(visitor), desk.clock()
    return done(
        request,
        desk,
        customer_id,
        lambda conn: contact_ways.remove_way(conn, customer_id=customer_id, way_id=way_id, source=source, now=now),
        _("Removed"),
        focus="add-way",
    )


@router.post("/ways/{way_id}/verify")
def verify_way(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, way_id: int, how: Line = "") -> Response:
    """Say how a contact way was shown to be theirs."""
    source, now = source_of(visitor), desk.clock()
    return done(
        request,
        desk,
        customer_id,
        lambda conn: contact_ways.verify_way(conn, customer_id=customer_id, way_id=way_id, how=how, source=source, now=now),
        _("Kept"),
    )


@router.post("/consents")
def say_consent(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    customer_id: CustomerId,
    purpose: Annotated[Purpose, Form()],
    given: Annotated[bool, Form()],
    basis: Line = "",
    target: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """Write down that the customer wants to hear from us, or no longer does."""
    by, now = visitor.agent_id, desk.clock()

    def act(conn: Connection) -> None:
        consents.say(conn, customer_id=customer_id, purpose=purpose, given=given, basis=basis, target=_target(target), by=by, now=now)

    return done(request, desk, customer_id, act, _("Written into the log of consent"), focus="say-consent")


@router.post("/purchases", dependencies=[ONCE])
def add_purchase(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    customer_id: CustomerId,
    name: Line = "",
    kind: Annotated[str, Form(pattern="^(purchase|subscription)$")] = "purchase",
    order_number: Line = "",
    amount: Annotated[str, Form(max_length=40)] = "",
    currency: Annotated[str, Form(max_length=3)] = "",
    bought_on: Annotated[date | None, Form()] = None,
    renews_on: Annotated[date | None, Form()] = None,
) -> Response:
    """Keep a purchase or a subscription."""
    source, now = source_of(visitor), desk.clock()
    new = NewPurchase(
        kind=kind,
        name=name,
        order_number=order_number,
        amount=_amount(amount),
        currency=currency,
        bought_at=datetime.combine(bought_on, time(12), UTC) if bought_on else now,
        renews_on=renews_on,
    )
    return done(
        request,
        desk,
        customer_id,
        lambda conn: purchases.add_purchase(conn, customer_id=customer_id, new=new, source=source, now=now)[1],
        _("Kept"),
        focus="add-purchase",
    )


@router.post("/purchases/{purchase_id}/end")
def end_purchase(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, purchase_id: int) -> Response:
    """Say that a subscription ended, or that it goes on."""
    source, now = source_of(visitor), desk.clock()
    return done(
        request,
        desk,
        customer_id,
        lambda conn: purchases.end_subscription(conn, customer_id=customer_id, purchase_id=purchase_id, source=source, now=now),
        _("Kept"),
    )


@router.post("/purchases/{purchase_id}/remove")
def remove_purchase(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, purchase_id: int) -> Response:
    """Forget a purchase."""
    source, now = source_of(visitor), desk.clock()
    return done(
        request,
        desk,
        customer_id,
        lambda conn: purchases.remove_purchase(conn, customer_id=customer_id, purchase_id=purchase_id, source=source, now=now),
        _("Removed"),
        focus="add-purchase",
    )


@router.post("/dates", dependencies=[ONCE])
def add_date(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    customer_id: CustomerId,
    kind: Annotated[str, Form(max_length=20)] = "other",
    name: Line = "",
    day: Annotated[int, Form()] = 0,
    month: Annotated[int, Form()] = 0,
    year: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Keep a day that matters."""
    source, now = source_of(visitor), desk.clock()
    if year and not (year.isascii() and year.isdecimal()):
        raise Refused(_("Write the year as four digits, or leave it empty."))
    new = NewDate(kind=kind, name=name, month=month, day=day, year=int(year) if year else None)
    return done(
        request,
        desk,
        customer_id,
        lambda conn: important_dates.add_date(conn, customer_id=customer_id, new=new, source=source, now=now)[1],
        _("Kept"),
        focus="add-date",
    )


@router.post("/dates/{date_id}/remove")
def remove_date(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, date_id: int) -> Response:
    """Forget a day."""
    source, now = source_of(visitor), desk.clock()
    return done(
        request,
        desk,
        customer_id,
        lambda conn: important_dates.remove_date(conn, customer_id=customer_id, date_id=date_id, source=source, now=now),
        _("Removed"),
        focus="add-date",
    )


@router.post("/notes", dependencies=[ONCE])
def add_note(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    customer_id: CustomerId,
    text: Annotated[str, Form(max_length=20_000)] = "",
    kind: Annotated[str, Form(max_length=20)] = "note",
    incoming: Annotated[bool, Form()] = False,
    pinned: Annotated[bool, Form()] = False,
    at: Annotated[str, Form(max_length=30)] = "",
    zone: Annotated[str, Form(max_length=60)] = "UTC",
) -> Response:
    """Keep a note, or what was said in a call, an e-mail, a visit or a letter; `at` is the time on the writer's own clock."""
    source, now = source_of(visitor), desk.clock()
    new = NewNote(kind=kind, text=text, incoming=incoming, pinned=pinned, at=_moment(at, zone) or now)
    return done(
        request,
        desk,
        customer_id,
        lambda conn: customer_notes.add_note(conn, customer_id=customer_id, new=new, source=source, now=now)[1],
        _("Kept"),
        focus="person-note",
    )


@router.post("/notes/{note_id}/remove")
def remove_note(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, note_id: int) -> Response:
    """Take away a note of one's own."""
    source, now = source_of(visitor), desk.clock()
    return done(
        request,
        desk,
        customer_id,
        lambda conn: customer_notes.remove_note(conn, customer_id=customer_id, note_id=note_id, source=source, now=now),
        _("Removed"),
    )


@router.post("/notes/{note_id}/pin")
def pin_note(request: Request, desk: AtDesk, _visitor: Meaning, customer_id: CustomerId, note_id: int) -> Response:
    """Pin a note beside the customer's cases, or take the pin out."""

    def act(conn: Connection) -> None:
        customer_notes.pin_note(conn, customer_id=customer_id, note_id=note_id)

    return done(request, desk, customer_id, act, _("Kept"))


def _target(text: str) -> Target:
    """Return for what consent is: `way-7`, `handle-7`, or empty for all."""
    kind, _dash, row_id = text.partition("-")
    if not text:
        return Target()
    if kind not in {"way", "handle"} or not (row_id.isascii() and row_id.isdecimal() and len(row_id) < 19):  # noqa: PLR2004
        raise Refused(_("Choose for which way the consent is."))
    return Target(contact_way_id=int(row_id)) if kind == "way" else Target(author_id=int(row_id))


def _amount(text: str) -> Decimal | None:
    """Return an amount as it was typed, with a comma or a point; None where the box is empty."""
    plain = text.replace(" ", "").replace("\u00a0", "")
    plain = plain.replace(",", ".") if "." not in plain and plain.count(",") == 1 else plain.replace(",", "")
    try:
        return Decimal(plain) if plain else None
    except InvalidOperation as error:
        raise Refused(_("“%(number)s” is no number.") % {"number": text}) from error


def _moment(text: str, zone: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if text else None
    except (ValueError, OSError, OverflowError) as error:
        raise Refused(_("This is no time; choose one.")) from error
