"""The signals of a customer with their reasons, as the customer's page fetches them; beside a case they come with it."""

from fastapi import APIRouter, Request, Response

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.pages._case_view import signals_beside
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import customer_page

router = APIRouter(include_in_schema=False)


@router.get("/customers/{customer_id}/signals", dependencies=[may(Right.SEE)])
def signals(request: Request, desk: AtDesk, visitor: Reading, customer_id: CustomerId) -> Response:
    """Show what the record says of the time to come, each with why and how much it weighs, from the cases that one sees."""
    with desk.pool.transaction() as conn:
        if customer_page.customer(conn, customer_id, visitor.scope) is None:
            raise NotFound(_("There is no customer %(customer_id)s.") % {"customer_id": customer_id})
        values = signals_beside(conn, customer_id, visitor.scope, now=desk.clock())
    return desk.screens.blocks(request, "customer_signals.html", ["signals"], values)
