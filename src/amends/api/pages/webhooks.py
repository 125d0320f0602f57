"""Webhooks: who is told of changes to customers, how their last calls went, a test call, and stopping and going on."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.core.translating import _
from amends.inbox.actions import webhooks
from amends.inbox.rules.rights import Right
from amends.inbox.rules.webhooks import TELLS, Tells
from amends.inbox.store import counts
from amends.inbox.store import webhooks as rows

router = APIRouter(prefix="/settings/webhooks", include_in_schema=False)
EXCHANGE = [may(Right.EXCHANGE)]
SHOWN = 10
EXAMPLE = "https://crm.example/hooks/amends"


@router.get("", dependencies=EXCHANGE)
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the webhooks; for htmx only these."""
    values = _values(desk)
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "webhooks.html", ["listed"], values)
    with desk.pool.transaction() as conn:
        values["counts"] = counts.read(conn, visitor.scope)
    return desk.screens.page(request, "webhooks.html", values)


@router.post("", dependencies=[*EXCHANGE, ONCE])
def make(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    url: Annotated[str, Form(max_length=2_000)],
    name: Annotated[str, Form(max_length=80)] = "",
    kind: Annotated[tuple[Tells, ...], Form()] = (),
) -> Response:
    """Make a webhook and show its secret, this once."""
    with desk.pool.transaction() as conn:
        _id, secret = webhooks.make(
            conn,
            name=name,
            url=url,
            kinds=kind,
            secret_key=desk.secret_key,
            agent_id=visitor.agent_id,
            now=desk.clock(),
            inside=visitor.may(Right.SOURCES),
        )
    return _listed(request, desk, secret)


@router.post("/{webhook_id:int}/test", dependencies=EXCHANGE)
def test(request: Request, desk: AtDesk, visitor: Meaning, webhook_id: int) -> Response:  # noqa: ARG001 - names who asks
    """Queue a call that only tries the receiver."""
    with desk.pool.transaction() as conn:
        webhooks.test(conn, webhook_id, now=desk.clock())
    desk.wake()
    return saying(_listed(request, desk), _("A test call is on its way; how it went is shown in a moment"))


@router.post("/{webhook_id:int}/secret", dependencies=EXCHANGE)
def renew_secret(request: Request, desk: AtDesk, visitor: Meaning, webhook_id: int) -> Response:  # noqa: ARG001
    """Give a webhook a new secret and show it, this once."""
    with desk.pool.transaction() as conn:
        secret = webhooks.renew_secret(conn, webhook_id, secret_key=desk.secret_key, now=desk.clock())
    return _listed(request, desk, secret)


@router.post("/{webhook_id:int}/stop", dependencies=EXCHANGE)
def stop(request: Request, desk: AtDesk, visitor: Meaning, webhook_id: int) -> Response:  # noqa: ARG001
    """Tell a webhook nothing for now."""
    with desk.pool.transaction() as conn:
        webhooks.stop(conn, webhook_id, now=desk.clock())
    return saying(_listed(request, desk), _("Stopped; what happens meanwhile is told when it goes on"), undo=_to(webhook_id, "resume"))


@router.post("/{webhook_id:int}/resume", dependencies=EXCHANGE)
def resume(request: Request, desk: AtDesk, visitor: Meaning, webhook_id: int) -> Response:  # noqa: ARG001
    """Go on where it was left."""
    with desk.pool.transaction() as conn:
        webhooks.resume(conn, webhook_id, now=desk.clock())
    desk.wake()
    return saying(_listed(request, desk), _("It goes on where it was left"))


@router.post("/{webhook_id:int}/delete", dependencies=EXCHANGE)
def delete(request: Request, desk: AtDesk, visitor: Meaning, webhook_id: int) -> Response:  # noqa: ARG001
    """Put a webhook away; the toast brings it back."""
    with desk.pool.transaction() as conn:
        webhooks.delete(conn, webhook_id, now=desk.clock())
    return saying(_listed(request, desk), _("Deleted"), undo=_to(webhook_id, "restore"))


@router.post("/{webhook_id:int}/restore", dependencies=EXCHANGE)
def restore(request: Request, desk: AtDesk, visitor: Meaning, webhook_id: int) -> Response:  # noqa: ARG001
    """Bring a webhook back."""
    with desk.pool.transaction() as conn:
        webhooks.restore(conn, webhook_id)
    return saying(_listed(request, desk), _("Here it is again"))


def _to(webhook_id: int, what: str) -> str:
    return f"/settings/webhooks/{webhook_id}/{what}"


def _listed(request: Request, desk: Desk, secret: str = "") -> HTMLResponse:
    return desk.screens.blocks(request, "webhooks.html", ["listed"], _values(desk) | {"secret": secret})


def _values(desk: Desk) -> dict[str, object]:
    with desk.pool.transaction() as conn:
        found = rows.every(conn)
        calls = {one.id: rows.deliveries(conn, one.id, limit=SHOWN) for one in found}
    return {"hooks": found, "calls": calls, "tells": {kind: _(words) for kind, words in TELLS.items()}, "secret": "", "example": EXAMPLE}
