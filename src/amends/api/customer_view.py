"""Opens a customer for somebody, on a screen or for a program, and says what of the record they may see.

Whoever shows a customer's record goes through `opened_by`: it is the one place where somebody opens a customer.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotAllowed, NotFound
from amends.core.translating import _
from amends.inbox.rules.customer_record import ATTRIBUTES, Attribute
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
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
    """Return the attributes that the administrator wants to know, in their order."""
    return [row.as_rule for row in attributes.every(conn)]


def hidden_from(visitor: Visitor, known: Sequence[Attribute]) -> frozenset[str]:
    """Return the fields whose values somebody may not see."""
    return frozenset() if visitor.may(Right.SENSITIVE) else frozenset(one.field for one in known if one.sensitive)


def without(record: Record, hidden: Collection[str]) -> Mapping[str, object]:
    """Return the attributes of a record without those that are hidden."""
    return {key: value for key, value in record.attributes.items() if ATTRIBUTES + key not in hidden}


def check_fields(conn: Connection, visitor: Visitor, fields: Collection[str]) -> None:
    """Refuse what somebody may not see, and so may not change."""
    if hidden_from(visitor, asked_for(conn)) & set(fields):
        raise NotAllowed(_("This is kept from your role; ask a team lead."))
