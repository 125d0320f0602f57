"""Keeps what people ask of us about themselves, and carries it out. Place in the path: privacy desk -> here -> file or erasure."""

from datetime import datetime, timedelta
from enum import StrEnum

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.erase import Erased, erase
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.store import erasure, events, privacy_requests
from amends.inbox.store.privacy_requests import PrivacyRequest

# GDPR, article 12, paragraph 3: without undue delay and in any event within one month.
MONTH = timedelta(days=30)


class Asked(StrEnum):
    """What somebody may ask for."""

    FILE = "file"
    ERASURE = "erasure"


def ask(conn: Connection, *, customer_id: CustomerId, kind: Asked, how: str, agent_id: AgentId, now: datetime) -> int:
    """Keep what the customer asks, and return its id; asked twice, it is one request."""
    stands = erasure.standing(conn, customer_id)
    if stands is None:
        raise NotFound(_("There is no such customer."))
    if stands.erased_at is not None:
        raise Refused(_("This customer is erased already."))
    asked = privacy_requests.insert(conn, customer_id=customer_id, kind=kind, how=how, agent_id=agent_id, due_at=now + MONTH, now=now)
    events.add(conn, EventKind.PRIVACY_ASKED, now=now, agent_id=agent_id, request_id=asked, customer_id=customer_id, asked=kind)
    return asked


def given_out(conn: Connection, request_id: int, *, agent_id: AgentId, now: datetime) -> None:
    """Keep that the person got their file."""
    _waiting(conn, request_id, Asked.FILE)
    privacy_requests.end(conn, request_id, agent_id=agent_id, now=now)
    events.add(conn, EventKind.PRIVACY_ANSWERED, now=now, agent_id=agent_id, request_id=request_id)


def carry_out(conn: Connection, request_id: int, *, agent_id: AgentId, now: datetime) -> Erased:
    """Erase the customer who asked for it."""
    asked = _waiting(conn, request_id, Asked.ERASURE)
    found = erase(conn, customer_id=CustomerId(asked.customer_id), agent_id=agent_id, now=now)
    outcome = {"records": found.records, "cases": found.cases, "posts": found.posts}
    privacy_requests.end(conn, request_id, agent_id=agent_id, now=now, outcome=outcome)
    events.add(conn, EventKind.PRIVACY_ANSWERED, now=now, agent_id=agent_id, request_id=request_id)
    return found


def refuse(conn: Connection, request_id: int, *, why: str, agent_id: AgentId, now: datetime) -> None:
    """Keep why a request is not carried out."""
    _waiting(conn, request_id)
    if not why.strip():
        raise Refused(_("Say why; the person must be told."))
    privacy_requests.end(conn, request_id, agent_id=agent_id, now=now, refused_why=why.strip())
    events.add(conn, EventKind.PRIVACY_ANSWERED, now=now, agent_id=agent_id, request_id=request_id)


def _waiting(conn: Connection, request_id: int, kind: Asked | None = None) -> PrivacyRequest:
    found = privacy_requests.lock(conn, request_id)
    if found is None or (kind is not None and found.kind != kind):
        raise NotFound(_("There is no such request."))
    if found.done_at is not None:
        raise Conflict(_("This request was answered already."))
    return found
