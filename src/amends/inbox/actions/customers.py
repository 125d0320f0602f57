"""Says which handles are one customer; every link keeps its ground and can be undone."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import customers, events, untriaged
from amends.inbox.store.customers import Link


def link_customer(  # noqa: PLR0913
    conn: Connection, *, author_id: AuthorId, customer_id: CustomerId, basis: LinkBasis, evidence: str, agent_id: AgentId, now: datetime
) -> None:
    """Make the author a handle of the customer; the author's cases move along."""
    untriaged.lock_authors(conn, [author_id])
    before = _link(conn, author_id)
    if customer_id not in customers.lock(conn, [before.customer_id, customer_id]):
        raise NotFound(_("There is no such customer."))
    customers.link(conn, author_id=author_id, customer_id=customer_id, basis=basis, evidence=evidence, agent_id=agent_id, now=now)
    customers.forget_if_empty(conn, customer_id=before.customer_id)
    events.add(
        conn,
        EventKind.CUSTOMER_LINKED,
        now=now,
        agent_id=agent_id,
        author_id=author_id,
        customer_id=customer_id,
        was=before.customer_id,
        basis=basis,
        evidence=evidence,
    )


def unlink(conn: Connection, *, author_id: AuthorId, agent_id: AgentId, now: datetime) -> CustomerId:
    """Give the author a customer of its own again, and return it; the author's cases move along."""
    untriaged.lock_authors(conn, [author_id])
    before = _link(conn, author_id)
    customers.lock(conn, [before.customer_id])
    if customers.handles_of(conn, customer_id=before.customer_id) == [author_id]:
        raise Refused(_("This is the customer's only handle."))
    customers.remove_link(conn, author_id=author_id)
    name = customers.author_name(conn, author_id=author_id) or ""
    alone = customers.make(conn, {author_id: name}, now=now)[author_id]
    customers.move_cases(conn, author_id=author_id, customer_id=alone)
    events.add(
        conn,
        EventKind.CUSTOMER_UNLINKED,
        now=now,
        agent_id=agent_id,
        author_id=author_id,
        customer_id=alone,
        was=before.customer_id,
    )
    return alone


def _link(conn: Connection, author_id: AuthorId) -> Link:
    found = customers.find_link(conn, author_id=author_id)
    if found is None:
        raise NotFound(_("This author has no customer yet."))
    return found
