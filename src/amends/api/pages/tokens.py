"""API tokens of one's own: made here with as much of one's rights as a program needs, shown once, revoked here."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.core.translating import N_, _
from amends.inbox.actions.tokens import make_token, revoke_token
from amends.inbox.rules.rights import Carries, Right
from amends.inbox.store import counts
from amends.inbox.store import tokens as token_rows
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/tokens", include_in_schema=False)

CARRIES = {
    Carries.READ: N_("Read only: cases, customers and what else you may look at"),
    Carries.WORK: N_("Work: read, answer, note, assign, resolve"),
    Carries.EVERYTHING: N_("Everything that you may do"),
}
LIVES = {30: N_("30 days"), 90: N_("90 days"), 365: N_("One year"), 0: N_("Until I revoke it")}


@router.get("", dependencies=[may(Right.SELF)])
def tokens(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the tokens of the agent."""
    with desk.pool.transaction() as conn:
        values = _values(token_rows.of_agent(conn, visitor.agent_id), "") | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "tokens.html", values)


@router.post("", dependencies=[may(Right.SELF), ONCE])
def make(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    name: Annotated[str, Form(max_length=200)] = "",
    carries: Annotated[Carries, Form()] = Carries.READ,
    days: Annotated[int, Form(ge=0, le=3660)] = 0,
) -> Response:
    """Make a token and show it, this once."""
    life = timedelta(days=days) if days else None
    with desk.pool.transaction() as conn:
        made = make_token(conn, agent_id=visitor.agent_id, name=name, carries=carries, life=life, now=desk.clock())
    return _listed(request, desk, visitor, made)


@router.post("/{token_id}/revoke", dependencies=[may(Right.SELF)])
def revoke(request: Request, desk: AtDesk, visitor: Meaning, token_id: int) -> Response:
    """Make a token useless."""
    with desk.pool.transaction() as conn:
        revoke_token(conn, token_id=token_id, agent_id=visitor.agent_id, now=desk.clock())
    return saying(_listed(request, desk, visitor, ""), _("Revoked; programs that use it are refused from now on"))


def _listed(request: Request, desk: Desk, visitor: Visitor, made: str) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(token_rows.of_agent(conn, visitor.agent_id), made)
    return desk.screens.blocks(request, "tokens.html", ["listed"], values)


def _values(own: list[token_rows.TokenRow], made: str) -> dict[str, object]:
    return {"tokens": own, "made": made, "carries": CARRIES, "lives": LIVES}
