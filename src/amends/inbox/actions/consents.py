"""Writes down whether a customer wants to hear from us: by which way, for what, and on what ground. Nothing is ever taken out."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened
from amends.inbox.rules.consent import EVERY_WAY, Purpose, Target, permits
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.store import consents, contact_ways, customer_record, customers, events


def say(  # noqa: PLR0913
    conn: Connection,
    *,
    customer_id: CustomerId,
    purpose: Purpose,
    given: bool,
    basis: str,
    target: Target = EVERY_WAY,
    by: AgentId | None,
    now: datetime,
    program: str = "",
) -> int:
    """Write down that consent was given or withdrawn, and how that is known; return the row's id.

    `program` is the token that the agent did it with.
    """
    opened(conn, customer_id)
    _check_target(conn, customer_id, target)
    known = line(basis)
    if given and not known:
        raise Refused(_("Say how the customer agreed: where, and in what words."))
    row_id = consents.add(
        conn, customer_id, target=target, purpose=purpose, given=given, basis=known, agent_id=by, program=program, now=now
    )
    customer_record.touch(conn, customer_id, now=now)
    kind = EventKind.CONSENT_GIVEN if given else EventKind.CONSENT_WITHDRAWN
    events.add(
        conn,
        kind,
        now=now,
        agent_id=by,
        customer_id=customer_id,
        purpose=purpose,
        contact_way_id=target.contact_way_id,
        author_id=target.author_id,
    )
    return row_id


def may_write(conn: Connection, *, customer_id: CustomerId, purpose: Purpose, target: Target) -> bool:
    """Tell whether we may write to this customer now, this way and for this purpose."""
    record = customer_record.find(conn, customer_id)
    if record is None or record.erased_at:
        return False
    said = consents.in_force(conn, customer_id)
    return permits(said, purpose, target, do_not_contact=record.do_not_contact_since is not None)


def _check_target(conn: Connection, customer_id: CustomerId, target: Target) -> None:
    if target.contact_way_id is not None:
        way = contact_ways.find(conn, target.contact_way_id, customer_id=customer_id)
        if way is None or way.removed_at:
            raise NotFound(_("This customer has no such address."))
    if target.author_id is not None and target.author_id not in customers.handles_of(conn, customer_id=customer_id):
        raise NotFound(_("This customer has no such handle."))
