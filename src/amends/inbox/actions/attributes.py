"""Says what is to be known of every customer: attributes are made, changed, archived, brought back and put in order."""

import re
from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.customer_record import Attribute, Kind, line
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.romanising import romanised
from amends.inbox.rules.seen import mark
from amends.inbox.store import attributes, events
from amends.inbox.store.attributes import AttributeRow

MOST = 100
MOST_CHOICES = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def key_of(name: str) -> str:
    """Return a key made of a name in any script that we write in Latin letters; an empty text where it has no such letter."""
    return re.sub(r"[^a-z0-9]+", "_", romanised(name)).lstrip("_0123456789")[:40].strip("_")


def add_attribute(conn: Connection, new: Attribute, *, by: AgentId | None, now: datetime) -> int:
    """Ask for one more attribute of every customer, and return its id; `Refused` says what is wrong with it."""
    named = _checked(replace(new, key=new.key or key_of(new.name)))
    if not _KEY.fullmatch(named.key):
        raise Refused(_("The key begins with a letter and has at most 40 small letters, digits and underscores, such as cabin_class."))
    if len(attributes.every(conn)) >= MOST:
        raise Refused(_("These are many attributes already; archive one first."))
    try:
        with conn.transaction():
            attribute_id = attributes.insert(conn, named, now=now)
    except UniqueViolation as error:
        raise Conflict(_("There is an attribute with the key “%(key)s” already.") % {"key": named.key}) from error
    _tell(conn, named.name, by, now, change="made")
    return attribute_id


def change_attribute(  # noqa: PLR0913
    conn: Connection,
    attribute_id: int,
    *,
    name: str,
    choices: tuple[str, ...],
    sensitive: bool,
    by: AgentId | None,
    now: datetime,
    seen: str = "",
) -> None:
    """Name an attribute anew, change its choices and whether it is sensitive.

    `seen` is the `mark_of` the attribute that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    before = unchanged(conn, f"attribute {attribute_id}", lambda: attribute_of(conn, attribute_id), mark_of, seen)
    if sensitive != before.sensitive and attributes.is_used(conn, before.key):
        raise Refused(_("It has values already, and what is sensitive lies sealed, apart from the others: make another attribute."))
    new = _checked(replace(before.as_rule, name=name, choices=choices, sensitive=sensitive))
    attributes.change(conn, attribute_id, new)
    _tell(conn, new.name, by, now, change="changed")


def mark_of(row: AttributeRow) -> str:
    """Return what tells an attribute as its form shows it from the same attribute changed since."""
    return mark([row.name, list(row.choices), row.sensitive])


def archive_attribute(conn: Connection, attribute_id: int, *, by: AgentId | None, now: datetime) -> AttributeRow:
    """Ask for an attribute no longer; what is known of it stays."""
    found = attribute_of(conn, attribute_id)
    attributes.set_archived(conn, attribute_id, at=now)
    _tell(conn, found.name, by, now, change="archived")
    return found


def restore_attribute(conn: Connection, attribute_id: int, *, by: AgentId | None, now: datetime) -> AttributeRow:
    """Ask for an archived attribute again."""
    found = attribute_of(conn, attribute_id)
    attributes.set_archived(conn, attribute_id, at=None)
    _tell(conn, found.name, by, now, change="restored")
    return found


def put_before(conn: Connection, attribute_id: int, *, before: int) -> None:
    """Put an attribute before another."""
    attribute_of(conn, attribute_id)
    attribute_of(conn, before)
    attributes.set_position(conn, attribute_id, before=before)


def attribute_of(conn: Connection, attribute_id: int) -> AttributeRow:
    """Return an attribute, held until the transaction ends; `NotFound`."""
    found = attributes.lock(conn, attribute_id)
    if found is None:
        raise NotFound(_("There is no such attribute."))
    return found


def _checked(new: Attribute) -> Attribute:
    name = line(new.name, 80)
    if not name:
        raise Refused(_("An attribute needs a name."))
    choices = tuple(dict.fromkeys(found for found in (line(one, 100) for one in new.choices) if found))
    if new.kind is Kind.CHOICE and not choices:
        raise Refused(_("Write at least one choice."))
    if len(choices) > MOST_CHOICES or (choices and new.kind is not Kind.CHOICE):
        raise Refused(_("Only an attribute of the kind “choice” has choices, and %(most)s at most.") % {"most": MOST_CHOICES})
    return replace(new, name=name, choices=choices)


def _tell(conn: Connection, name: str, by: AgentId | None, now: datetime, *, change: str) -> None:
    events.add(conn, EventKind.ATTRIBUTE_CHANGED, now=now, agent_id=by, attribute=name, change=change)
