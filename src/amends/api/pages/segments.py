"""Segments: a query of customers with its size as one types, kept under a name, its members listed, and taken out as a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.looking import asker_of
from amends.api.origins import origin_of
from amends.api.pages._segment_view import found_values, member_values, page_values, suggested_values
from amends.api.screen import saying
from amends.api.segment_file import as_csv, batches
from amends.core.translating import _
from amends.inbox.actions import audit
from amends.inbox.actions import segments as keeping
from amends.inbox.actions.segments import Wish
from amends.inbox.rules.auditing import AuditKind
from amends.inbox.rules.ids import SegmentId
from amends.inbox.rules.rights import Right
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/segments", include_in_schema=False)
LONGEST = 2_100


@router.get("", dependencies=[may(Right.SEE)])
def show(request: Request, desk: AtDesk, visitor: Reading, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """Show the box with what it finds, and the segments there are; for htmx only what is found."""
    asker = asker_of(visitor, desk.clock())
    with desk.pool.transaction() as conn:
        values = found_values(conn, q, asker)
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "segments.html", ["found"], values)
        values |= page_values(conn, visitor)
    return desk.screens.page(request, "segments.html", values)


@router.get("/suggest", dependencies=[may(Right.SEE)])
def suggest(
    request: Request,
    desk: AtDesk,
    _visitor: Reading,
    q: Annotated[str, Query(max_length=LONGEST)] = "",
    at: Annotated[int, Query(ge=0, le=LONGEST)] = 0,
) -> Response:
    """Suggest how what is typed before the cursor may go on."""
    with desk.pool.transaction() as conn:
        values = suggested_values(conn, q, at)
    return desk.screens.blocks(request, "suggestions.html", ["suggestions"], values)


@router.post("", dependencies=[may(Right.WORK)])
def save(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    name: Annotated[str, Form(max_length=200)] = "",
    q: Annotated[str, Form(max_length=LONGEST)] = "",
    shared: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Keep what the box asks under a name."""
    with desk.pool.transaction() as conn:
        wish = Wish(name=name, query=q, shared=bool(shared))
        segment_id = keeping.save_segment(conn, wish, visitor=visitor, now=desk.clock())
    desk.wake()
    return _listed(request, desk, visitor, _("Kept. It is counted in a moment"), undo=f"/segments/{segment_id}/delete")


@router.get("/{segment_id:int}", dependencies=[may(Right.SEE)])
def one(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    segment_id: SegmentId,
    below: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    *,
    nobody: bool = False,
) -> Response:
    """Show a segment with its members; for htmx the lines behind the customer `below`, before whom there may have been `nobody`."""
    values = _members(desk, visitor, segment_id, below) | {"nobody_yet": nobody or below is None}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "segment.html", ["lines"], values)
    return desk.screens.page(request, "segment.html", values)


@router.get("/{segment_id:int}/size", dependencies=[may(Right.SEE)])
def size(request: Request, desk: AtDesk, visitor: Reading, segment_id: SegmentId) -> Response:
    """Return how many customers of a segment the visitor sees, where nobody counted that for them."""
    with desk.pool.transaction() as conn:
        segment = keeping.seen(conn, segment_id, visitor)
        values = found_values(conn, segment.query, asker_of(visitor, desk.clock()))
    return desk.screens.blocks(request, "segments.html", ["size"], values) if values["shown"] else desk.screens.nothing()


@router.post("/{segment_id:int}", dependencies=[may(Right.WORK)])
def change(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    segment_id: SegmentId,
    name: Annotated[str, Form(max_length=200)] = "",
    q: Annotated[str, Form(max_length=LONGEST)] = "",
    shared: Annotated[str, Form(max_length=5)] = "",
    seen: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Rename a segment, share it, or let it ask something else, unless somebody did so since the page was opened."""
    wish = Wish(name=name, query=q, shared=bool(shared))
    with desk.pool.transaction() as conn:
        keeping.change_segment(conn, segment_id, wish, visitor=visitor, now=desk.clock(), seen_at=seen)
    desk.wake()
    return saying(desk.screens.blocks(request, "segment.html", ["kept"], _members(desk, visitor, segment_id)), _("Saved"))


@router.post("/{segment_id:int}/delete", dependencies=[may(Right.WORK)])
def delete(request: Request, desk: AtDesk, visitor: Meaning, segment_id: SegmentId) -> Response:
    """Take a segment away; the toast brings it back."""
    with desk.pool.transaction() as conn:
        segment = keeping.delete_segment(conn, segment_id, visitor=visitor, now=desk.clock())
    said = _("“%(name)s” is removed") % {"name": segment.name}
    return _listed(request, desk, visitor, said, undo=f"/segments/{segment_id}/restore")


@router.post("/{segment_id:int}/restore", dependencies=[may(Right.WORK)])
def restore(request: Request, desk: AtDesk, visitor: Meaning, segment_id: SegmentId) -> Response:
    """Bring a removed segment back."""
    with desk.pool.transaction() as conn:
        segment = keeping.restore_segment(conn, segment_id, visitor=visitor, now=desk.clock())
    return _listed(request, desk, visitor, _("“%(name)s” is back") % {"name": segment.name})


@router.get("/{segment_id:int}/members.csv", dependencies=[may(Right.SHARE)])
def export(request: Request, desk: AtDesk, visitor: Reading, segment_id: SegmentId) -> Response:
    """Return the members as a file; that they were taken out stands in the audit log."""
    now = desk.clock()
    asker = asker_of(visitor, now)
    with desk.pool.transaction() as conn:
        segment = keeping.seen(conn, segment_id, visitor)
        asked = keeping.asked(conn, segment.query, asker)
        audit.stamp(conn, origin_of(request), now=now)
        audit.record(conn, AuditKind.SEGMENT_EXPORTED, about=segment.name, after={"query": segment.query})
    named = {"Content-Disposition": f'attachment; filename="segment-{segment_id}.csv"'}
    return StreamingResponse(as_csv(batches(desk.pool, asked, asker)), media_type="text/csv; charset=utf-8", headers=named)


def _members(desk: Desk, visitor: Visitor, segment_id: SegmentId, below: int | None = None) -> dict[str, Any]:
    with desk.pool.transaction() as conn:
        segment = keeping.seen(conn, segment_id, visitor)
        values = member_values(conn, segment, visitor, asker_of(visitor, desk.clock()), below)
        return page_values(conn, visitor) | values


def _listed(request: Request, desk: Desk, visitor: Visitor, text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = page_values(conn, visitor) | {"apart": True}
    return saying(desk.screens.blocks(request, "segments.html", ["listed"], values), text, undo=undo)
