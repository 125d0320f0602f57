"""Customers over REST: listed and found, made, read and changed field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.customer_record import change, make
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import customer_list, customer_page, matches_beside
from amends.inbox.store.customer_list import CustomerRow, Listed
from amends.inbox.store.customer_record import Record

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])
PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """A customer's own fields; `attributes` are those that the token may see, `merged_into` is the record that this became part of."""

    version: int
    name: str
    pronoun: str
    languages: Sequence[str]
    zone: str
    loyalty_number: str
    preferences: str
    concerns: str
    tags: Sequence[str]
    attributes: Mapping[str, object]
    owner_id: int | None
    do_not_contact_since: datetime | None
    merged_into: int | None
    erased_at: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """A customer with fields, handles, cases over all networks, and the moods of their last posts."""

    customer: customer_page.CustomerHead
    record: Fields
    handles: list[customer_page.HandleRow]
    cases: list[customer_page.CustomerCase]
    moods: list[customer_page.MoodPoint]
    maybe_the_same: list[matches_beside.Maybe]


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerPage:
    """Customers, the newest known first; ask for the rest with `below`, which is null at the end."""

    customers: list[CustomerRow]
    below: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """The customer that was made."""

    customer_id: CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """The version that the change made, and the rows of history: none where nothing differed."""

    version: int
    change_ids: Sequence[int]


class NewCustomer(Body):
    """A customer to be made by hand, and fields as a change takes them."""

    name: str = Field(max_length=400)
    values: dict[str, object] = Field(default={}, max_length=200)


class ChangeBody(Body):
    """Fields to be changed, by name (`pronoun`, `attributes.cabin`); with `version` only where nobody saved since (409 otherwise)."""

    values: dict[str, object] = Field(min_length=1, max_length=200)
    version: int | None = None


@router.get("", operation_id="list_customers", dependencies=[program_may(Right.SEE)])
def list_customers(
    desk: AtDesk,
    visitor: Bearing,
    q: Annotated[str, Query(max_length=200)] = "",
    tag: Annotated[str, Query(max_length=60)] = "",
    owner_id: Annotated[AgentId | None, Query(ge=0, lt=2**63)] = None,
    below: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> CustomerPage:
    """List customers; `q` is a name, handle, e-mail, phone, loyalty or order number as one types it."""
    listed = Listed(text=q.replace("\0", ""), tag=tag.replace("\0", ""), owner_id=owner_id, below=below, limit=PAGE + 1)
    with desk.pool.transaction() as conn:
        found = customer_list.page(conn, listed, visitor.scope)
    return CustomerPage(customers=found[:PAGE], below=found[PAGE - 1].id if len(found) > PAGE else None)


@router.post("", status_code=201, operation_id="make_customer", dependencies=[program_may(Right.WORK)])
def make_customer(desk: AtDesk, visitor: Bearing, body: NewCustomer) -> Made:
    """Make a customer by hand."""
    now, by, note = desk.clock(), visitor.agent_id, visitor.token
    with desk.pool.transaction() as conn:
        customer_id = make(conn, name=body.name, by=by, origin=Origin.PROGRAM, note=note, now=now)
        if body.values:
            change(conn, customer_id=customer_id, values=body.values, version=None, by=by, origin=Origin.PROGRAM, note=note, now=now)
    return Made(customer_id=customer_id)


@router.get("/{customer_id}", operation_id="get_customer", dependencies=[program_may(Right.SEE)])
def get_customer(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Customer:
    """Return one customer."""
    with desk.pool.transaction() as conn:
        record = opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        head = customer_page.customer(conn, customer_id, visitor.scope)
        if head is None:
            raise NotFound(_("There is no customer %(id)s.") % {"id": customer_id})
        return Customer(
            customer=head,
            record=_fields(record, record.attributes),
            handles=customer_page.handles(conn, customer_id),
            cases=customer_page.cases(conn, customer_id, visitor.scope),
            moods=customer_page.moods(conn, customer_id, visitor.scope),
            maybe_the_same=matches_beside.beside(conn, customer_id, visitor.scope),
        )


@router.patch("/{customer_id}", operation_id="change_customer", dependencies=[program_may(Right.WORK)])
def change_customer(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: ChangeBody) -> Saved:
    """Change fields of a customer; each that differs leaves a row of history."""
    with desk.pool.transaction() as conn:
        done = change(
            conn,
            customer_id=customer_id,
            values=body.values,
            version=body.version,
            by=visitor.agent_id,
            origin=Origin.PROGRAM,
            note=visitor.token,
            now=desk.clock(),
        )
    desk.wake()
    return Saved(version=done.version, change_ids=done.change_ids)


def _fields(record: Record, attributes: Mapping[str, object]) -> Fields:
    return Fields(
        version=record.version,
        name=record.name,
        pronoun=record.pronoun,
        languages=record.languages,
        zone=record.zone,
        loyalty_number=record.loyalty_number,
        preferences=record.preferences,
        concerns=record.concerns,
        tags=record.tags,
        attributes=attributes,
        owner_id=record.owner_id,
        do_not_contact_since=record.do_not_contact_since,
        merged_into=record.merged_into,
        erased_at=record.erased_at,
        changed_at=record.changed_at,
    )
