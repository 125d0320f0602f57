"""Says which handles are one customer; every link keeps its ground and can be undone."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId
from amends.inbox.rules.words import LinkBasis


def link_customer(
    conn: Connection, *, author_id: AuthorId, customer_id: CustomerId, basis: LinkBasis, evidence: str, agent_id: AgentId, now: datetime
) -> None:
    """Make the author a handle of the customer; the author's cases move along."""
    raise NotImplementedError


def unlink(conn: Connection, *, author_id: AuthorId, agent_id: AgentId, now: datetime) -> CustomerId:
    """Give the author a customer of its own again, and return it; the author's cases move along."""
    raise NotImplementedError
