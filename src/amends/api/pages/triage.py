"""The model: what speaks and how far it may be believed, what agents corrected, what was learnt from it, and every version."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._model import speaking
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.actions.learn import use
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.rules.rights import Right
from amends.inbox.store import corrections, counts, heads, heartbeats, judged

router = APIRouter(prefix="/settings/triage", include_in_schema=False)


@router.get("", dependencies=[may(Right.TRIAGE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the model and what agents taught it; for htmx only what changes."""
    with desk.pool.transaction() as conn:
        values = _values(desk, conn) | {"counts": counts.read(conn, visitor.scope)}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "triage.html", ["shown"], values)
    return desk.screens.page(request, "triage.html", values)


@router.post("/learn", dependencies=[may(Right.TRIAGE)])
def learn(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """Begin to learn from the corrections."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        request,
        desk,
        lambda conn: jobs.start(conn, kind="learn", why=JobWhy.ASKED.of(visitor.name), facts={}, agent_id=me, now=now),
        _("Learning; the result appears here"),
    )


@router.post("/retriage", dependencies=[may(Right.TRIAGE)])
def retriage(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """Begin to judge history anew."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        request,
        desk,
        lambda conn: jobs.start(conn, kind="retriage", why=JobWhy.ASKED.of(visitor.name), facts={}, agent_id=me, now=now),
        _("History is judged anew, the newest posts first"),
    )


@router.post("/use", dependencies=[may(Right.TRIAGE)])
def bring_back(request: Request, desk: AtDesk, visitor: Meaning, version: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Put another version in force."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        request,
        desk,
        lambda conn: use(conn, version=version, agent_id=me, now=now),
        _("%(version)s speaks now; history follows") % {"version": version},
    )


def _done(request: Request, desk: Desk, act: Callable[[Connection], object], text: str) -> Response:
    with desk.pool.transaction() as conn:
        act(conn)
    desk.wake()
    with desk.pool.transaction() as conn:
        values = _values(desk, conn)
    return saying(desk.screens.blocks(request, "triage.html", ["shown"], values), text)


def _values(desk: Desk, conn: Connection) -> dict[str, Any]:
    return {
        "model": speaking(desk.settings.triage_model),
        "hindered": heartbeats.trouble_of(conn, heartbeats.TRIAGE),
        "head": heads.in_force(conn),
        "versions": heads.newest(conn),
        "corrected": corrections.counted(conn),
        "posts": judged.count(conn),
        "learning": jobs.latest(conn, kind="learn"),
        "retriaging": jobs.latest(conn, kind="retriage"),
    }
