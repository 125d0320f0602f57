"""Keeps, changes and takes away segments, and asks whom they find.

Place in the path: a query of customers -> a segment -> cases, rules, files.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import kept_queries
from amends.inbox.actions.customer_figures import as_seen
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import SegmentId
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.segments import check_asks, check_may_change, check_room, named
from amends.inbox.store import customer_sql, events, segment_members, segments
from amends.inbox.store.customer_sql import Condition
from amends.inbox.store.kept_queries import Use
from amends.inbox.store.segment_members import Found, Member
from amends.inbox.store.segments import Segment, Stale
from amends.inbox.store.sessions import Visitor

BATCH = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a segment shall be."""

    name: str
    query: str
    shared: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a query finds as one types: how many, and the newest of them."""

    found: Found
    members: list[Member]


def asked(conn: Connection, text: str, asker: Asker) -> Condition:
    """Return the condition of a query of customers for who asks; `NotAQuery` where it cannot be read."""
    return customer_sql.condition(customer_sql.read(conn, text), asker)


def previewed(conn: Connection, text: str, asker: Asker) -> Shown:
    """Return the size of a query and some whom it finds, fast enough for typing. `NotAQuery`, `TooBroad`."""
    found = segment_members.found(conn, asked(conn, text, asker))
    return Shown(found=found, members=as_seen(conn, segment_members.some(conn, found.ids), asker.scope, now=asker.now))


def save_segment(conn: Connection, wish: Wish, *, visitor: Visitor, now: datetime) -> SegmentId:
    """Keep a new segment and return its id; what its query names must be there."""
    check_may_change(role=visitor.role, agent_id=visitor.agent_id, owner_id=visitor.agent_id, shared=wish.shared)
    check_room(segments.count_beside(conn, shared=wish.shared, agent_id=visitor.agent_id), shared=wish.shared)
    kept = _checked(conn, wish, visitor)
    segment_id = segments.insert(conn, agent_id=visitor.agent_id, name=kept.name, query=kept.query, shared=kept.shared, now=now)
    _tell(conn, EventKind.SEGMENT_SAVED, segment_id, kept, visitor, now)
    return segment_id


def change_segment(conn: Connection, segment_id: int, wish: Wish, *, visitor: Visitor, now: datetime, seen_at: str = "") -> Segment:
    """Rename a segment, share it, or let it ask something else; return what it was. Kept queries that name it follow a new name.

    `seen_at` is when it was changed last, as its writer saw it, if they say so: `Conflict` where somebody changed it since.
    """

    def read() -> Segment:
        return segment_to_change(conn, segment_id, visitor)

    before = unchanged(conn, f"segment {segment_id}", read, lambda segment: segment.changed_at.isoformat(), seen_at)
    check_may_change(role=visitor.role, agent_id=visitor.agent_id, owner_id=before.agent_id, shared=wish.shared)
    kept = _checked(conn, wish, visitor, but=before.id)
    segments.update(conn, segment_id, name=kept.name, query=kept.query, shared=kept.shared, now=now)
    if before.shared:
        kept_queries.follow(conn, "segment", before.name, kept.name)
    _tell(conn, EventKind.SEGMENT_CHANGED, before.id, kept, visitor, now)
    return before


def _checked(conn: Connection, wish: Wish, visitor: Visitor, *, but: int = 0) -> Wish:
    prepared = customer_sql.read(conn, wish.query)
    check_asks(prepared.query, shared=wish.shared)
    name = named(wish.name)
    if segments.is_called(conn, name, shared=wish.shared, agent_id=visitor.agent_id, but=but):
        raise Refused(_("There is a segment “%(name)s” already; choose another name.") % {"name": name})
    return Wish(name=name, query=str(prepared.query), shared=wish.shared)


def delete_segment(conn: Connection, segment_id: int, *, visitor: Visitor, now: datetime) -> Segment:
    """Take a segment away and return it; views and rules that name it say so."""
    segment = segment_to_change(conn, segment_id, visitor)
    segments.set_deleted(conn, segment_id, at=now)
    _tell(conn, EventKind.SEGMENT_DELETED, segment.id, Wish(name=segment.name, query=segment.query), visitor, now)
    return segment


def restore_segment(conn: Connection, segment_id: int, *, visitor: Visitor, now: datetime) -> Segment:
    """Bring a deleted segment back and return it; `Refused` where another has its name by now."""
    segment = segments.find_deleted(conn, segment_id)
    if segment is None:
        raise NotFound(_("There is no such segment."))
    check_may_change(role=visitor.role, agent_id=visitor.agent_id, owner_id=segment.agent_id, shared=segment.shared)
    if segments.is_called(conn, segment.name, shared=segment.shared, agent_id=segment.agent_id):
        raise Refused(_("There is a segment “%(name)s” already; choose another name.") % {"name": segment.name})
    segments.set_deleted(conn, segment_id, at=None)
    _tell(conn, EventKind.SEGMENT_RESTORED, segment.id, Wish(name=segment.name, query=segment.query), visitor, now)
    return segment


def listed(conn: Connection, visitor: Visitor) -> list[Segment]:
    """Return the segments that a visitor sees; who does not see every case is not told how many customers there are in all."""
    there = segments.seen_by(conn, visitor.agent_id)
    return there if visitor.scope == EVERYTHING else [replace(one, n=None) for one in there]


def seen(conn: Connection, segment_id: int, visitor: Visitor) -> Segment:
    """Return a segment that the visitor sees; `NotFound`."""
    segment = segments.find_seen(conn, segment_id, visitor.agent_id)
    if segment is None:
        raise NotFound(_("There is no such segment."))
    return segment if visitor.scope == EVERYTHING else replace(segment, n=None)


def segment_to_change(conn: Connection, segment_id: int, visitor: Visitor) -> Segment:
    """Return a segment that the visitor sees and may change; `NotFound`, `NotAllowed`."""
    segment = seen(conn, segment_id, visitor)
    check_may_change(role=visitor.role, agent_id=visitor.agent_id, owner_id=segment.agent_id, shared=segment.shared)
    return segment


def _tell(conn: Connection, kind: EventKind, segment_id: int, wish: Wish, visitor: Visitor, now: datetime) -> None:
    events.add(conn, kind, now=now, agent_id=visitor.agent_id, segment_id=segment_id, name=wish.name, query=wish.query)


def uses(conn: Connection, segment: Segment, visitor: Visitor) -> list[Use]:
    """Return what in force asks for a segment; only shared ones can be asked for by name."""
    return kept_queries.uses(conn, "segment", segment.name, agent_id=visitor.agent_id) if segment.shared else []


def claim_stale(conn: Connection, *, now: datetime) -> list[Stale]:
    """Take at most `BATCH` segments whose count is old."""
    return segments.claim_stale(conn, now=now, limit=BATCH)


def count_anew(conn: Connection, stale: Stale, *, now: datetime) -> None:
    """Count a segment exactly and keep what that cost; what it cannot count it keeps the reason of."""
    began, trouble, n = monotonic(), "", None
    try:
        n = segment_members.count_exactly(conn, asked(conn, stale.query, Asker(agent_id=stale.agent_id, now=now)))
    except Refused as error:
        trouble = str(error)
    segments.keep(conn, stale.id, n=n, trouble=trouble, cost=timedelta(seconds=monotonic() - began), now=now)
