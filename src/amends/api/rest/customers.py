"""Customers over REST."""

from dataclasses import dataclass

from fastapi import APIRouter

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import customer_page, matches_beside, openings

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """A customer with handles, cases over all networks, and the moods of their last posts."""

    customer: customer_page.CustomerHead
    handles: list[customer_page.HandleRow]
    cases: list[customer_page.CustomerCase]
    moods: list[customer_page.MoodPoint]
    maybe_the_same: list[matches_beside.Maybe]


@router.get("/{customer_id}", operation_id="get_customer", dependencies=[program_may(Right.SEE)])
def get_customer(desk: AtDesk, visitor: Bearing, customer_id: int) -> Customer:
    """Return one customer."""
    with desk.pool.transaction() as conn:
        found = customer_page.customer(conn, customer_id, visitor.scope)
        if found is None:
            raise NotFound(_("There is no customer %(customer_id)s.") % {"customer_id": customer_id})
        openings.add(conn, customer_id=CustomerId(customer_id), agent_id=visitor.agent_id, place="program", now=desk.clock())
        return Customer(
            customer=found,
            handles=customer_page.handles(conn, customer_id),
            cases=customer_page.cases(conn, customer_id, visitor.scope),
            moods=customer_page.moods(conn, customer_id, visitor.scope),
            maybe_the_same=matches_beside.beside(conn, customer_id, visitor.scope),
        )
