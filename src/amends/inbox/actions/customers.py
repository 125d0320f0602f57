"""Says which handles are one customer; every link keeps what it stands on and can be undone."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.merge import Pair, check_unchanged, lock_people, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.evidence import Evidence
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import consents, customer_changes, customers, events, identity_keys, link_evidence, merges, moving
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.customers import Link


def link_customer(  # noqa: PLR0913
    conn: Connection,
    *,
    author_id: AuthorId,
    customer_id: CustomerId,
    basis: LinkBasis,
    evidence: Sequence[Evidence],
    agent_id: AgentId,
    now: datetime,
    program: str = "",
) -> None:
    """Make the author a handle of the customer; the author's cases move along, and where it is all of a record, the whole record.

    `program` is the token that the agent did it with.
    """
    before = _link(conn, author_id)
    source = _source(agent_id, program)
    if before.customer_id == customer_id:
        link_evidence.add(conn, [author_id], evidence, source=source, now=now)
    elif customers.handles_of(conn, customer_id=before.customer_id) == [author_id]:
        pair = Pair(survivor_id=customer_id, absorbed_id=before.customer_id, evidence=evidence)
        merge(conn, pair, agent_id=agent_id, program=program, now=now)
    else:
        _move(conn, before, customer_id, basis, now)
        _tell(conn, before, customer_id, source, now)
        link_evidence.add(conn, [author_id], evidence, source=source, now=now)
    events.add(
        conn,
        EventKind.CUSTOMER_LINKED,
        now=now,
        agent_id=agent_id,
        author_id=author_id,
        customer_id=customer_id,
        was=before.customer_id,
        basis=basis,
        evidence=" ".join(one.note for one in evidence),
    )


def unlink(conn: Connection, *, author_id: AuthorId, agent_id: AgentId, now: datetime, program: str = "") -> CustomerId:
    """Give the author a customer of its own again, and return it; a merge that brought this handle alone is taken back."""
    before = _link(conn, author_id)
    if customers.handles_of(conn, customer_id=before.customer_id) == [author_id]:
        raise Refused(_("This is the customer's only handle."))
    brought = [one for one in moving.merges_within(conn, before.customer_id) if moving.moved_authors(conn, one) == [author_id]]
    if brought:
        alone = unmerge(conn, brought[0], agent_id=agent_id, program=program, now=now)
    else:
        alone = _set_apart(conn, before, now)
        _tell(conn, before, alone, _source(agent_id, program), now)
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


def _source(agent_id: AgentId, program: str) -> Source:
    return Source(by=agent_id, origin=Origin.PROGRAM if program else Origin.AGENT, note=program)


def _tell(conn: Connection, before: Link, customer_id: CustomerId, source: Source, now: datetime) -> None:
    """Write into the history of both whose handle it was and is."""
    customer_changes.add_handles(conn, [before.author_id], was=before.customer_id, became=customer_id, source=source, now=now)


def _set_apart(conn: Connection, before: Link, now: datetime) -> CustomerId:
    held = lock_people(conn, [before.customer_id])
    if customers.handles_of(conn, customer_id=before.customer_id) == [before.author_id]:
        raise Refused(_("This is the customer's only handle."))
    check_unchanged(held)
    _forget(conn, before)
    customers.remove_link(conn, author_id=before.author_id)
    name = customers.author_name(conn, author_id=before.author_id) or ""
    alone = customers.make(conn, {before.author_id: name}, now=now)[before.author_id]
    moving.follow(conn, [before.author_id], customer_id=alone)
    _take_consents(conn, before, alone)
    return alone


def _move(conn: Connection, before: Link, customer_id: CustomerId, basis: LinkBasis, now: datetime) -> None:
    """Hand one of several handles over, with its cases."""
    check_unchanged(lock_people(conn, sorted((before.customer_id, customer_id))))
    found = merges.record(conn, customer_id)
    if found is None or found.merged_into is not None:
        raise NotFound(_("There is no such customer."))
    if found.erased_at is not None:
        raise Refused(_("This customer's record was erased; nothing can be added to it."))
    _forget(conn, before)
    customers.link(conn, author_id=before.author_id, customer_id=customer_id, basis=basis, now=now)
    moving.follow(conn, [before.author_id], customer_id=customer_id)
    _take_consents(conn, before, customer_id)


def _take_consents(conn: Connection, before: Link, customer_id: CustomerId) -> None:
    """Let what was said of being written to by this handle go where it goes, whatever merge is undone later."""
    moved = consents.follow(conn, before.author_id, was=before.customer_id, customer_id=customer_id)
    moving.forget(conn, moving.merges_within(conn, before.customer_id), {"consents": moved})


def _forget(conn: Connection, before: Link) -> None:
    """Leave the handle where it goes now, whatever merge is undone later."""
    link_evidence.drop_of_author(conn, before.author_id)
    identity_keys.look_again(conn, [before.customer_id])
    moving.forget(conn, moving.merges_within(conn, before.customer_id), {"customer_links": [before.author_id]})


def _link(conn: Connection, author_id: AuthorId) -> Link:
    found = customers.find_link(conn, author_id=author_id)
    if found is None:
        raise NotFound(_("This author has no customer yet."))
    return found
