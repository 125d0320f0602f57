"""Adds, verifies and removes ways to reach somebody. A removed one stays for the log of consent, and can come back."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_record import opened, told_of_part
from amends.inbox.rules.contact import WayKind, kept, normal
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import contact_ways, identity_keys, import_match
from amends.inbox.store.contact_ways import NewWay, Way
from amends.inbox.store.customer_changes import NewChange, Source

FIELD = "contact_ways"
MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """A way that was added; `others` are the customers whose way it is too, who may be the same person."""

    way_id: int
    change_id: int
    others: tuple[CustomerId, ...] = ()


def add_way(  # noqa: PLR0913
    conn: Connection, *, customer_id: CustomerId, kind: WayKind, value: str, label: str = "", source: Source, now: datetime
) -> Added:
    """Keep a way to reach a customer; `Conflict` where it is there already."""
    # An import looks whose address it is, so that one at work is waited for.
    import_match.wait(conn)
    opened(conn, customer_id)
    new = NewWay(kind=kind, value=kept(kind, value), normal=normal(kind, value), label=line(label, 60))
    if not new.normal:
        raise Refused(_("Write the address first."))
    same = contact_ways.same(conn, kind=new.kind, normal=new.normal)
    if any(one.customer_id == customer_id for one in same):
        raise Conflict(_("“%(value)s” is there already.") % {"value": new.value})
    if len(contact_ways.of_customer(conn, customer_id)) >= MOST:
        raise Refused(_("These are many ways already; take one away that is no longer used."))
    way_id = contact_ways.insert(conn, customer_id, new, now=now)
    told = NewChange(field=FIELD, was=None, became={"id": way_id, "kind": kind, "value": new.value})
    change_id = told_of_part(conn, customer_id, told, source=source, now=now)
    return Added(way_id=way_id, change_id=change_id, others=tuple(dict.fromkeys(one.customer_id for one in same)))


def remove_way(conn: Connection, *, customer_id: CustomerId, way_id: int, source: Source, now: datetime) -> int:
    """Take a way away, and return the row of history that brings it back."""
    way = _way(conn, customer_id, way_id)
    if way.removed_at:
        raise NotFound(_("This address is gone already."))
    contact_ways.set_removed(conn, way_id, at=now)
    identity_keys.look_again(conn, [customer_id])
    return told_of_part(conn, customer_id, NewChange(field=FIELD, was=_as_told(way), became=None), source=source, now=now)


def restore_way(conn: Connection, *, customer_id: CustomerId, way_id: int, source: Source, now: datetime) -> int:
    """Bring a removed way back; `Conflict` where the same was entered anew meanwhile."""
    import_match.wait(conn)
    way = _way(conn, customer_id, way_id)
    if any(one.customer_id == customer_id for one in contact_ways.same(conn, kind=way.kind, normal=way.normal)):
        raise Conflict(_("“%(value)s” is there already.") % {"value": way.value})
    contact_ways.set_removed(conn, way_id, at=None)
    return told_of_part(conn, customer_id, NewChange(field=FIELD, was=None, became=_as_told(way)), source=source, now=now)


def verify_way(conn: Connection, *, customer_id: CustomerId, way_id: int, how: str, source: Source, now: datetime) -> int:
    """Say that a way was shown to be theirs, and how; with an empty `how` that it no longer counts as shown."""
    way = _way(conn, customer_id, way_id)
    said = line(how)
    contact_ways.set_verified(conn, way_id, at=now if said else None, how=said)
    before = _as_told(way) | {"verified": way.verified_how}
    one = NewChange(field=FIELD, was=before, became=before | {"verified": said})
    return told_of_part(conn, customer_id, one, source=source, now=now)


def _way(conn: Connection, customer_id: CustomerId, way_id: int) -> Way:
    opened(conn, customer_id)
    found = contact_ways.find(conn, way_id, customer_id=customer_id)
    if found is None:
        raise NotFound(_("This customer has no such address."))
    return found


def _as_told(way: Way) -> dict[str, object]:
    return {"id": way.id, "kind": way.kind, "value": way.value}
