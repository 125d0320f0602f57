"""From where a request comes, as the audit log keeps it."""

from fastapi import Request

from amends.inbox.rules.auditing import LONGEST_BROWSER, Origin
from amends.inbox.rules.text import storable
from amends.inbox.store.sessions import Visitor

SAFE = {"GET", "HEAD", "OPTIONS"}


def address_of(request: Request) -> str:
    """Return the network address of whoever asks."""
    return request.client.host if request.client else ""


def origin_of(request: Request) -> Origin:
    """Return who asks, as far as a guard has found out, and from where."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return Origin(
        agent_id=visitor.agent_id if visitor else None,
        who=visitor.name if visitor else "",
        via=(f"token {visitor.token}" if visitor.token else "session") if visitor else "",
        address=address_of(request),
        browser=storable(request.headers.get("user-agent", ""))[:LONGEST_BROWSER],
    )
