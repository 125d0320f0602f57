"""How long we keep what: settled by kind and source, tried dry, carried out every night, or now."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.actions import retention as keeping
from amends.inbox.rules.retention import BY_SOURCE, LONGEST, MEANINGS, NAMES, Kept, Setting
from amends.inbox.rules.rights import Right
from amends.inbox.rules.seen import mark
from amends.inbox.store import counts, retention

router = APIRouter(prefix="/privacy/retention", include_in_schema=False)
PRIVACY = [may(Right.PRIVACY)]


def settled(kind: Annotated[list[Kept], Form()], source: Annotated[list[str], Form()], days: Annotated[list[str], Form()]) -> list[Setting]:
    """Return what the form's lines say; a line without a number keeps it for ever."""
    if not len(kind) == len(source) == len(days):
        raise Refused(_("The form came incomplete; reload the page."))
    lines = zip(kind, source, days, strict=True)
    return [Setting(kind=one, source_id=_number(whose), days=_number(long)) for one, whose, long in lines if whose != "-"]


Settled = Annotated[list[Setting], Depends(settled)]


@router.get("", dependencies=PRIVACY)
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what is settled."""
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"counts": counts.read(conn, visitor.scope), "apart": False}
    return desk.screens.page(request, "retention.html", values)


@router.post("/try", dependencies=PRIVACY)
def dry_run(request: Request, desk: AtDesk, _visitor: Meaning, wanted: Settled) -> Response:
    """Show what these settings would take away tonight; nothing is changed."""
    with desk.pool.transaction() as conn:
        found = keeping.dry_run(conn, wanted, now=desk.clock())
        values = {"tried": found, "names": NAMES, "sources": {one.id: one for one in retention.sources(conn)}}
    return desk.screens.blocks(request, "retention.html", ["tried"], values)


@router.post("", dependencies=PRIVACY)
def keep(request: Request, desk: AtDesk, visitor: Meaning, wanted: Settled, seen: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Let these settings count from tonight on, unless others were settled since the page was opened."""
    with desk.pool.transaction() as conn:
        keeping.settle(conn, wanted, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    return saying(_shown(request, desk), _("Saved; it counts from tonight on"))


@router.post("/run", dependencies=PRIVACY)
def run(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """Take away now what is too old."""
    with desk.pool.transaction() as conn:
        started = keeping.start(conn, agent_id=visitor.agent_id, now=desk.clock())
    if started is None:
        raise Refused(_("Everything is kept for ever; settle something first."))
    desk.wake()
    return saying(_shown(request, desk), _("It begins"))


def _number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) > LONGEST:
        raise Refused(_("Keep it between 1 and %(n)s days, or for ever.") % {"n": LONGEST})
    return int(text)


def _values(conn: Connection) -> dict[str, Any]:
    found = retention.settings(conn)
    return {
        "lines": _lines(found),
        "seen": mark(found),
        "names": NAMES,
        "meanings": MEANINGS,
        "by_source": BY_SOURCE,
        "sources": {one.id: one for one in retention.sources(conn)},
        "last": retention.last_set(conn),
        "job": jobs.latest(conn, kind=keeping.JOB),
        "tried": None,
    }


def _lines(found: Sequence[Setting]) -> list[Setting]:
    """Return a line for every kind, and behind it one for each source with a term of its own."""
    every = {one.kind: one for one in found if one.source_id is None}
    lines: list[Setting] = []
    for kind in Kept:
        lines.append(every.get(kind) or Setting(kind=kind, source_id=None, days=None))
        lines += [one for one in found if one.kind == kind and one.source_id is not None]
    return lines


def _shown(request: Request, desk: Desk) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"apart": True}
    return desk.screens.blocks(request, "retention.html", ["shown"], values)
