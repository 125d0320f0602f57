"""API tokens of one's own: made here, shown once, revoked here."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.inbox.actions.sign_in import make_token, revoke_token
from amends.inbox.store import inbox_list, sessions
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/tokens", include_in_schema=False)


@router.get("")
def tokens(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the tokens of the agent."""
    with desk.pool.transaction() as conn:
        own, counts = sessions.tokens_of(conn, visitor.agent_id), inbox_list.counts(conn)
    return desk.screens.page(request, "tokens.html", {"tokens": own, "counts": counts, "made": ""})


@router.post("")
def make(request: Request, desk: AtDesk, visitor: Meaning, name: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Make a token and show it, this once."""
    with desk.pool.transaction() as conn:
        made = make_token(conn, agent_id=visitor.agent_id, name=name, now=desk.clock())
    return _listed(request, desk, visitor, made)


@router.post("/{token_id}/revoke")
def revoke(request: Request, desk: AtDesk, visitor: Meaning, token_id: int) -> Response:
    """Make a token useless."""
    with desk.pool.transaction() as conn:
        revoke_token(conn, token_id=token_id, agent_id=visitor.agent_id, now=desk.clock())
    return saying(_listed(request, desk, visitor, ""), "Revoked; programs that use it are refused from now on")


def _listed(request: Request, desk: Desk, visitor: Visitor, made: str) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        own = sessions.tokens_of(conn, visitor.agent_id)
    return desk.screens.blocks(request, "tokens.html", ["listed"], {"tokens": own, "made": made})
