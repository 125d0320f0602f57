"""What is sensitive of a customer: shown as set or not, read by one press that stands in the log, and set."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.actions.sensitive_values import reveal, set_value
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import sensitive_values
from amends.inbox.store.customer_changes import Source

router = APIRouter(prefix="/customers/{customer_id:int}/sensitive", include_in_schema=False)
SENSITIVE = [may(Right.SENSITIVE)]


@router.post("/{key}/show", dependencies=SENSITIVE)
def show(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, key: str) -> Response:
    """Read a value; that somebody did stands in the log of openings."""
    with desk.pool.transaction() as conn:
        text = reveal(conn, customer_id, key, by=visitor.agent_id, secret_key=desk.secret_key, now=desk.clock())
    return _shown(request, desk, customer_id, {key: text})


@router.post("/{key}/value", dependencies=SENSITIVE)
def show_alone(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, key: str) -> Response:
    """Read a value in the place of the button that asked for it; that stands in the log of openings too."""
    with desk.pool.transaction() as conn:
        text = reveal(conn, customer_id, key, by=visitor.agent_id, secret_key=desk.secret_key, now=desk.clock())
    return desk.screens.blocks(request, "sealed_value.html", ["value"], {"value": text})


@router.post("/{key}", dependencies=SENSITIVE)
def keep(
    request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, key: str, value: Annotated[str, Form(max_length=5_000)] = ""
) -> Response:
    """Set a value; an empty one forgets it."""
    with desk.pool.transaction() as conn:
        set_value(conn, customer_id, key, value, source=Source(by=visitor.agent_id), secret_key=desk.secret_key, now=desk.clock())
    return saying(_shown(request, desk, customer_id, {}), _("Sealed and kept") if value.strip() else _("Forgotten"))


def _shown(request: Request, desk: Desk, customer_id: CustomerId, read: dict[str, str]) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values: dict[str, Any] = {"customer_id": customer_id, "sealed": sensitive_values.of_customer(conn, customer_id), "read": read}
    return desk.screens.blocks(request, "customer_sensitive.html", ["sealed"], values)
