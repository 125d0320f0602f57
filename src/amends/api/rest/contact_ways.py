"""Ways to reach a customer beside their handles, over REST."""

from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._customer import Kept, source_of
from amends.inbox.actions import contact_ways
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import contact_ways as way_rows

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])
SEE, WORK = [program_may(Right.SEE)], [program_may(Right.WORK)]


class WayBody(Body):
    """A way to reach somebody."""

    kind: WayKind
    value: str = Field(max_length=600)
    label: str = Field(default="", max_length=60)


class VerifiedBody(Body):
    """How it was shown that a way is theirs; empty: it no longer counts as shown."""

    how: str = Field(max_length=200)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """The contact ways of a customer."""

    contact_ways: list[way_rows.Way]


@router.get("/contact_ways", operation_id="list_contact_ways", dependencies=SEE)
def list_ways(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Ways:
    """List the ways to reach a customer beside their handles."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Ways(contact_ways=way_rows.of_customer(conn, customer_id))


@router.post("/contact_ways", status_code=201, operation_id="add_contact_way", dependencies=WORK)
def add_way(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: WayBody) -> Kept:
    """Keep a way to reach a customer."""
    source, now = source_of(visitor), desk.clock()
    with desk.pool.transaction() as conn:
        added = contact_ways.add_way(
            conn, customer_id=customer_id, kind=body.kind, value=body.value, label=body.label, source=source, now=now
        )
    return Kept(id=added.way_id)


@router.delete("/contact_ways/{way_id}", status_code=204, operation_id="remove_contact_way", dependencies=WORK)
def remove_way(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, way_id: int) -> None:
    """Take a contact way away."""
    with desk.pool.transaction() as conn:
        contact_ways.remove_way(conn, customer_id=customer_id, way_id=way_id, source=source_of(visitor), now=desk.clock())


@router.put("/contact_ways/{way_id}/verified", status_code=204, operation_id="verify_contact_way", dependencies=WORK)
def verify_way(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, way_id: int, body: VerifiedBody) -> None:
    """Say that a contact way was shown to be theirs, and how."""
    source, now = source_of(visitor), desk.clock()
    with desk.pool.transaction() as conn:
        contact_ways.verify_way(conn, customer_id=customer_id, way_id=way_id, how=body.how, source=source, now=now)
