"""What belongs to a customer over REST: the timeline, contact ways, consent, notes and purchases."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import consents, contact_ways, customer_notes, purchases
from amends.inbox.rules.consent import Purpose, Target
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import consents as consent_rows
from amends.inbox.store import contact_ways as way_rows
from amends.inbox.store import customer_timeline, customers
from amends.inbox.store import purchases as purchase_rows
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.customer_notes import NewNote
from amends.inbox.store.customer_timeline import Asked, Entry, Place
from amends.inbox.store.purchases import NewPurchase
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])
SEE, WORK = [program_may(Right.SEE)], [program_may(Right.WORK)]
PAGE = 50


class WayBody(Body):
    """A way to reach somebody."""

    kind: WayKind
    value: str = Field(max_length=600)
    label: str = Field(default="", max_length=60)


class ConsentBody(Body):
    """What the customer said of being written to: by one way, by one handle, or with neither by all."""

    purpose: Purpose
    given: bool
    basis: str = Field(max_length=200)
    contact_way_id: int | None = Field(default=None, ge=1, lt=2**63)
    author_id: int | None = Field(default=None, ge=1, lt=2**63)


class CustomerNoteBody(Body):
    """A note on the person, or what was said in a call, an e-mail, a visit or a letter, at that moment (null: now)."""

    text: str = Field(min_length=1, max_length=10_000)
    kind: Literal["note", "call", "email", "visit", "letter"] = "note"
    incoming: bool | None = None
    pinned: bool = False
    at: AwareDatetime | None = None


class PurchaseBody(Body):
    """A purchase or subscription; with `system` and `external_id` it is kept once, however often it is told (409)."""

    name: str = Field(max_length=200)
    bought_at: AwareDatetime
    kind: Literal["purchase", "subscription"] = "purchase"
    order_number: str = Field(default="", max_length=80)
    amount: Decimal | None = None
    currency: str = Field(default="", max_length=3)
    state: str = Field(default="", max_length=60)
    renews_on: date | None = None
    ended_at: AwareDatetime | None = None
    system: str = Field(default="", max_length=60)
    external_id: str | None = Field(default=None, max_length=200)


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelinePage:
    """Entries of a timeline, the newest first; for the rest ask with what names the last one. `ended` says that there are no more."""

    entries: list[Entry]
    ended: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """The contact ways of a customer."""

    contact_ways: list[way_rows.Way]


@dataclass(frozen=True, kw_only=True, slots=True)
class Consents:
    """The log of consent, the newest first."""

    consents: list[consent_rows.Consent]


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchases:
    """What a customer bought, the newest first."""

    purchases: list[purchase_rows.Purchase]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """The row that was kept."""

    id: int


@router.get("/timeline", operation_id="get_customer_timeline", dependencies=SEE)
def get_timeline(  # noqa: PLR0913
    desk: AtDesk,
    visitor: Bearing,
    customer_id: CustomerId,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[list[str] | None, Query(max_length=20)] = None,
    at: AwareDatetime | None = None,
    below_kind: str = "",
    below_id: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> TimelinePage:
    """Return a page of what happened, of all kinds or those asked for; `at`, `below_kind` and `below_id` name the last entry before it."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        asked = Asked(
            customer_id=customer_id,
            authors=customers.handles_of(conn, customer_id=customer_id),
            scope=visitor.scope,
            text=q.replace("\0", ""),
            after=Place(at=at, kind=below_kind, id=below_id) if at else None,
            limit=PAGE + 1,
        )
        found = customer_timeline.page(conn, asked, only=_known(kind or []))
    return TimelinePage(entries=found[:PAGE], ended=len(found) <= PAGE)


@router.get("/contact_ways", operation_id="list_contact_ways", dependencies=SEE)
def list_ways(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Ways:
    """List the ways to reach a customer beside their handles."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Ways(contact_ways=way_rows.of_customers(conn, [customer_id]))


@router.post("/contact_ways", status_code=201, operation_id="add_contact_way", dependencies=WORK)
def add_way(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: WayBody) -> Kept:
    """Keep a way to reach a customer."""
    source, now = _source(visitor), desk.clock()
    with desk.pool.transaction() as conn:
        added = contact_ways.add_way(
            conn, customer_id=customer_id, kind=body.kind, value=body.value, label=body.label, source=source, now=now
        )
    return Kept(id=added.way_id)


@router.delete("/contact_ways/{way_id}", status_code=204, operation_id="remove_contact_way", dependencies=WORK)
def remove_way(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, way_id: int) -> None:
    """Take a contact way away."""
    with desk.pool.transaction() as conn:
        contact_ways.remove_way(conn, customer_id=customer_id, way_id=way_id, source=_source(visitor), now=desk.clock())


@router.get("/consents", operation_id="list_consents", dependencies=SEE)
def list_consents(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Consents:
    """List what the customer said of being written to."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Consents(consents=consent_rows.log(conn, customer_id))


@router.post("/consents", status_code=201, operation_id="say_consent", dependencies=WORK)
def say_consent(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: ConsentBody) -> Kept:
    """Write down that consent was given or withdrawn."""
    if body.contact_way_id is not None and body.author_id is not None:
        raise Refused(_("Consent is for one way, for one handle, or for all."))
    target = Target(contact_way_id=body.contact_way_id, author_id=body.author_id)
    with desk.pool.transaction() as conn:
        row_id = consents.say(
            conn,
            customer_id=customer_id,
            purpose=body.purpose,
            given=body.given,
            basis=body.basis,
            target=target,
            by=visitor.agent_id,
            now=desk.clock(),
        )
    return Kept(id=row_id)


@router.post("/notes", status_code=201, operation_id="add_customer_note", dependencies=WORK)
def add_note(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: CustomerNoteBody) -> Kept:
    """Keep a note on the person, or a call, an e-mail, a visit or a letter."""
    now = desk.clock()
    new = NewNote(kind=body.kind, text=body.text, incoming=body.incoming, pinned=body.pinned, at=body.at or now)
    with desk.pool.transaction() as conn:
        note_id, _change_id = customer_notes.add_note(conn, customer_id=customer_id, new=new, source=_source(visitor), now=now)
    return Kept(id=note_id)


@router.get("/purchases", operation_id="list_purchases", dependencies=SEE)
def list_purchases(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Purchases:
    """List what a customer bought last."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Purchases(purchases=purchase_rows.newest(conn, customer_id, limit=200))


@router.post("/purchases", status_code=201, operation_id="add_purchase", dependencies=WORK)
def add_purchase(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: PurchaseBody) -> Kept:
    """Keep a purchase or a subscription."""
    new = NewPurchase(**body.model_dump())
    with desk.pool.transaction() as conn:
        made, _change_id = purchases.add_purchase(conn, customer_id=customer_id, new=new, source=_source(visitor), now=desk.clock())
    return Kept(id=made)


def _source(visitor: Visitor) -> Source:
    return Source(by=visitor.agent_id, origin=Origin.PROGRAM, note=visitor.token)


def _known(asked: list[str]) -> list[str]:
    unknown = set(asked) - set(customer_timeline.kinds())
    if unknown:
        kinds = ", ".join(customer_timeline.kinds())
        raise Refused(_("There is no such kind of entry; there are: %(kinds)s.") % {"kinds": kinds})
    return asked
