"""Exports of customers: begun here, written by the worker, downloaded a piece at a time, kept for a day."""

from collections.abc import Generator
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import StreamingResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.actions import export_customers
from amends.inbox.rules.export_files import COLUMNS, ENDINGS, MEDIA
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, exports
from amends.inbox.store import jobs as job_rows

router = APIRouter(prefix="/customers/export", include_in_schema=False)
EXCHANGE = [may(Right.EXCHANGE)]


@router.get("", dependencies=EXCHANGE)
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the exports so far; for htmx only these."""
    values = _values(desk)
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "exports.html", ["listed"], values)
    with desk.pool.transaction() as conn:
        values["counts"] = counts.read(conn, visitor.scope)
    return desk.screens.page(request, "exports.html", values)


@router.post("", dependencies=EXCHANGE)
def start(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    kind: Annotated[str, Form(max_length=10)],
    which: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Begin an export of all customers, or of whom a query of customers finds."""
    with desk.pool.transaction() as conn:
        export_customers.start(conn, kind=kind, which=which, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    shown = desk.screens.blocks(request, "exports.html", ["listed"], _values(desk))
    return saying(shown, _("The file is being written"))


@router.get("/{export_id:int}", dependencies=EXCHANGE)
def download(desk: AtDesk, visitor: Reading, export_id: int) -> Response:  # noqa: ARG001 - names who asks
    """Return the file, in constant memory."""
    with desk.pool.transaction() as conn:
        one = export_customers.ready(conn, export_id)
    name = f"customers-{one.created_at:%Y-%m-%d}.{ENDINGS[one.kind]}"
    named = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_pieces(desk, export_id), media_type=MEDIA[one.kind], headers=named)


def _pieces(desk: Desk, export_id: int) -> Generator[str]:
    after = -1
    while True:
        with desk.pool.transaction() as conn:
            piece = exports.next_piece(conn, export_id, after=after)
        if piece is None:
            return
        yield piece.body
        after = piece.position


def _values(desk: Desk) -> dict[str, object]:
    with desk.pool.transaction() as conn:
        found = exports.newest(conn)
        own = {one.id: job_rows.find(conn, job_id=one.job_id) for one in found if one.job_id and one.state == "queued"}
    return {"exports": found, "jobs": own, "columns": COLUMNS}
