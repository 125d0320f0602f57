"""Webhooks over REST: who is told of changes to customers."""

from dataclasses import dataclass, replace

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.kept import told
from amends.inbox.actions import webhooks
from amends.inbox.rules.rights import Right
from amends.inbox.rules.webhooks import Tells
from amends.inbox.store import webhooks as rows
from amends.inbox.store.webhooks import Delivery, Webhook

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"], dependencies=[program_may(Right.EXCHANGE)])


class WebhookBody(Body):
    """Who is told of what."""

    name: str = Field(default="", max_length=80)
    url: str = Field(max_length=2_000)
    kinds: list[Tells] = Field(default=list(Tells))


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A new webhook; its secret is shown this once."""

    id: int
    secret: str


@router.get("", operation_id="list_webhooks")
def every(desk: AtDesk, visitor: Bearing) -> list[Webhook]:  # noqa: ARG001 - names who asks
    """List the webhooks."""
    with desk.pool.transaction() as conn:
        return [replace(one, why=told(one.why), trouble=told(one.trouble)) for one in rows.every(conn)]


@router.post("", status_code=201, operation_id="make_webhook")
def make(desk: AtDesk, visitor: Bearing, body: WebhookBody) -> Made:
    """Make a webhook; only an administrator's may lead inside our own network."""
    with desk.pool.transaction() as conn:
        webhook_id, secret = webhooks.make(
            conn,
            name=body.name,
            url=body.url,
            kinds=body.kinds,
            secret_key=desk.secret_key,
            agent_id=visitor.agent_id,
            now=desk.clock(),
            inside=visitor.may(Right.SOURCES),
        )
    return Made(id=webhook_id, secret=secret)


@router.get("/{webhook_id}/deliveries", operation_id="list_webhook_deliveries")
def deliveries(desk: AtDesk, visitor: Bearing, webhook_id: int) -> list[Delivery]:  # noqa: ARG001
    """List the newest calls of a webhook."""
    with desk.pool.transaction() as conn:
        return [replace(one, error=told(one.error)) for one in rows.deliveries(conn, webhook_id)]


@router.post("/{webhook_id}/test", status_code=204, operation_id="test_webhook")
def test(desk: AtDesk, visitor: Bearing, webhook_id: int) -> None:  # noqa: ARG001
    """Queue a call that only tries the receiver."""
    with desk.pool.transaction() as conn:
        webhooks.test(conn, webhook_id, now=desk.clock())
    desk.wake()


@router.post("/{webhook_id}/secret", operation_id="renew_webhook_secret")
def renew_secret(desk: AtDesk, visitor: Bearing, webhook_id: int) -> Made:  # noqa: ARG001
    """Give a webhook a new secret; for a day its calls are signed with the one before as well."""
    with desk.pool.transaction() as conn:
        return Made(id=webhook_id, secret=webhooks.renew_secret(conn, webhook_id, secret_key=desk.secret_key, now=desk.clock()))


@router.post("/{webhook_id}/stop", status_code=204, operation_id="stop_webhook")
def stop(desk: AtDesk, visitor: Bearing, webhook_id: int) -> None:  # noqa: ARG001
    """Tell a webhook nothing for now."""
    with desk.pool.transaction() as conn:
        webhooks.stop(conn, webhook_id, now=desk.clock())


@router.post("/{webhook_id}/resume", status_code=204, operation_id="resume_webhook")
def resume(desk: AtDesk, visitor: Bearing, webhook_id: int) -> None:  # noqa: ARG001
    """Go on where it was left."""
    with desk.pool.transaction() as conn:
        webhooks.resume(conn, webhook_id, now=desk.clock())
    desk.wake()


@router.delete("/{webhook_id}", status_code=204, operation_id="delete_webhook")
def delete(desk: AtDesk, visitor: Bearing, webhook_id: int) -> None:  # noqa: ARG001
    """Put a webhook away."""
    with desk.pool.transaction() as conn:
        webhooks.delete(conn, webhook_id, now=desk.clock())
