"""Segments over REST: what there are, how many customers a query finds, and whom, page by page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.looking import asker_of
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions import segments as keeping
from amends.inbox.actions.customer_figures import as_seen
from amends.inbox.actions.segments import Wish
from amends.inbox.rules.ids import SegmentId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.segments import Size
from amends.inbox.store import segment_members
from amends.inbox.store.segment_members import Member
from amends.inbox.store.segments import Segment

router = APIRouter(prefix="/api/v1/segments", tags=["segments"])
LONGEST = 2_100


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """How many customers a query finds; `sure` says whether that is `exact`, `about` right, or there are `fewer`. Some beside."""

    size: Size
    members: list[Member]


@dataclass(frozen=True, kw_only=True, slots=True)
class Members:
    """A page of members, the newest first; `below` asks for the next page, null at the end.

    Where few fit, and no index tells who, a page holds those among the next customers, be it nobody, and still has a next.
    """

    members: list[Member]
    below: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentUse:
    """What asks for a segment: where it stands, and its name. What else it asks for is its owner's matter."""

    place: str
    name: str


class SegmentBody(Body):
    """A segment to be kept; a shared one is everybody's."""

    name: str = Field(min_length=1, max_length=200)
    query: str = Field(min_length=1, max_length=LONGEST)
    shared: bool = False

    def wish(self) -> Wish:
        """Return what is wished."""
        return Wish(name=self.name, query=self.query, shared=self.shared)


@router.get("", operation_id="list_segments", dependencies=[program_may(Right.SEE)])
def list_segments(desk: AtDesk, visitor: Bearing) -> list[Segment]:
    """List the segments that one sees."""
    with desk.pool.transaction() as conn:
        return keeping.listed(conn, visitor)


@router.get("/find", operation_id="find_customers", dependencies=[program_may(Right.SEE)])
def find(desk: AtDesk, visitor: Bearing, q: Annotated[str, Query(max_length=LONGEST)]) -> Found:
    """Return how many customers a query finds, and some of them."""
    with desk.pool.transaction() as conn:
        shown = keeping.previewed(conn, q, asker_of(visitor, desk.clock()))
    return Found(size=shown.found.size, members=shown.members)


@router.post("", status_code=201, operation_id="save_segment", dependencies=[program_may(Right.WORK)])
def save(desk: AtDesk, visitor: Bearing, body: SegmentBody) -> Segment:
    """Keep a segment."""
    with desk.pool.transaction() as conn:
        segment_id = keeping.save_segment(conn, body.wish(), visitor=visitor, now=desk.clock())
        return keeping.seen(conn, segment_id, visitor)


@router.put("/{segment_id}", operation_id="change_segment", dependencies=[program_may(Right.WORK)])
def change(desk: AtDesk, visitor: Bearing, response: Response, segment_id: SegmentId, body: SegmentBody, seen: SeenAt) -> Segment:
    """Change a segment that one may change; with `If-Match` (its `changed_at`, or the `ETag`) only where nobody did since, else 409."""
    with desk.pool.transaction() as conn:
        keeping.change_segment(conn, segment_id, body.wish(), visitor=visitor, now=desk.clock(), seen_at=seen)
        found = keeping.seen(conn, segment_id, visitor)
    tag(response, found.changed_at)
    return found


@router.get("/{segment_id}/uses", operation_id="list_uses_of_segment", dependencies=[program_may(Right.SHARE)])
def uses(desk: AtDesk, visitor: Bearing, segment_id: SegmentId) -> list[SegmentUse]:
    """List what asks for a segment, before it is deleted."""
    with desk.pool.transaction() as conn:
        found = keeping.uses(conn, keeping.seen(conn, segment_id, visitor), visitor)
    return [SegmentUse(place=one.place, name=one.name) for one in found]


@router.delete("/{segment_id}", status_code=204, operation_id="delete_segment", dependencies=[program_may(Right.WORK)])
def delete(desk: AtDesk, visitor: Bearing, segment_id: SegmentId) -> Response:
    """Delete a segment that one may change."""
    with desk.pool.transaction() as conn:
        keeping.delete_segment(conn, segment_id, visitor=visitor, now=desk.clock())
    return Response(status_code=204)


@router.get("/{segment_id}/members", operation_id="list_segment_members", dependencies=[program_may(Right.SEE)])
def members(desk: AtDesk, visitor: Bearing, segment_id: SegmentId, below: Annotated[int | None, Query(ge=0, lt=2**63)] = None) -> Members:
    """List the customers of a segment."""
    with desk.pool.transaction() as conn:
        segment = keeping.seen(conn, segment_id, visitor)
        asked = keeping.asked(conn, segment.query, asker_of(visitor, desk.clock()))
        found = segment_members.page(conn, asked, below=below)
        return Members(members=as_seen(conn, found.members, visitor.scope, now=desk.clock()), below=found.below)
