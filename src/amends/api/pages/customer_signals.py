"""The signals of a customer with their reasons: fetched by the pane beside a case, and by the customer's page."""

from fastapi import APIRouter, Request, Response

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.customer_facts import signals_now
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.signals import risk_of
from amends.inbox.store import customer_page, memberships

router = APIRouter(include_in_schema=False)


@router.get("/customers/{customer_id}/signals", dependencies=[may(Right.SEE)])
def signals(request: Request, desk: AtDesk, visitor: Reading, customer_id: CustomerId) -> Response:
    """Show what the record says of the time to come, each with why and how much it weighs, from the cases that one sees."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        if customer_page.customer(conn, customer_id, visitor.scope) is None:
            raise NotFound(_("There is no customer %(customer_id)s.") % {"customer_id": customer_id})
        told = signals_now(conn, customer_id, visitor.scope, now=now)
        belongs = memberships.of_customer(conn, customer_id, now=now)
    values = {"told": told, "risk": risk_of(told), "belongs": belongs}
    return desk.screens.blocks(request, "customer_signals.html", ["signals"], values)
