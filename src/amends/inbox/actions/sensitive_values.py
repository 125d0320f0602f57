"""Keeps what is sensitive of a customer sealed, and opens it for who may, who then stands in the log of openings.

Place in the path: customer page, REST -> here -> `sensitive_values`. History and events say that a value changed, never what it was.
"""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.secrets import seal, unseal
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened, told_of_part
from amends.inbox.rules.customer_record import Attribute, Origin, checked_attribute
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.store import attributes, openings, sensitive_values
from amends.inbox.store.customer_changes import NewChange, Source

HIDDEN = "•••"


def set_value(  # noqa: PLR0913
    conn: Connection, customer_id: CustomerId, key: str, value: object, *, by: AgentId | None, secret_key: str, now: datetime
) -> None:
    """Seal and keep a value; an empty one forgets it. `Refused` says what is wrong with it."""
    attribute = _attribute(conn, key)
    opened(conn, customer_id)
    found = checked_attribute(attribute, value)
    there = sensitive_values.find(conn, customer_id, key) is not None
    if found is None and not there:
        return
    if found is None:
        sensitive_values.remove(conn, customer_id, key)
    else:
        sealed = seal({"value": str(found)}, secret_key)
        sensitive_values.put(conn, customer_id, key=key, sealed=sealed, agent_id=by, now=now)
    change = NewChange(field=attribute.field, was=HIDDEN if there else None, became=None if found is None else HIDDEN)
    told_of_part(conn, customer_id, change, source=Source(by=by, origin=Origin.AGENT), now=now)


def reveal(conn: Connection, customer_id: CustomerId, key: str, *, by: AgentId, secret_key: str, now: datetime) -> str:
    """Return a value in the clear; who looked is kept. Empty where there is none."""
    _attribute(conn, key)
    found = sensitive_values.find(conn, customer_id, key)
    openings.add(conn, customer_id=customer_id, agent_id=by, place="sensitive", now=now)
    return unseal(found.sealed, secret_key)["value"] if found else ""


def _attribute(conn: Connection, key: str) -> Attribute:
    found = next((row for row in attributes.every(conn) if row.key == key and row.sensitive), None)
    if found is None:
        raise NotFound(_("There is no such sensitive attribute."))
    return found.as_rule
