"""Opens a customer for somebody, on a screen or for a program.

Whoever shows a customer's record goes through `opened_by`: it is the one place where somebody opens a customer.
"""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.rules.customer_record import Attribute
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import attributes, customer_record, openings
from amends.inbox.store.customer_record import Record
from amends.inbox.store.sessions import Visitor


def opened_by(conn: Connection, visitor: Visitor, customer_id: CustomerId, *, place: str, now: datetime) -> Record:
    """Return a customer's record, which somebody opens at a `place`, as the log of openings says; `NotFound` where there is none."""
    found = customer_record.find(conn, customer_id)
    if found is None:
        raise NotFound(_("There is no customer %(id)s.") % {"id": customer_id})
    openings.add(conn, customer_id=customer_id, agent_id=visitor.agent_id, place=place, now=now)
    return found


def asked_for(conn: Connection) -> list[Attribute]:
    """Return the attributes that the administrator wants to know, in their order; what is sensitive lies sealed, apart from them."""
    return [row.as_rule for row in attributes.every(conn) if not row.sensitive]
