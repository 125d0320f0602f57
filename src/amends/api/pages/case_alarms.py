"""Alarms of cases on the page of alarms: who sees to one, and whether it was a reason to ring."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.actions import alarms
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right
from amends.inbox.store import case_alarms
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/alarms/cases", include_in_schema=False)
WORK = [may(Right.WORK)]
SHOWN = 50


@router.get("", dependencies=[may(Right.SEE)])
def more(request: Request, desk: AtDesk, visitor: Reading, before: Annotated[int | None, Query(ge=0, lt=2**63)] = None) -> Response:
    """Show the alarms of cases below an id."""
    with desk.pool.transaction() as conn:
        found = case_alarms.listed(conn, visitor.scope, limit=SHOWN, before=before)
    return desk.screens.blocks(request, "case_alarms.html", ["rows"], {"case_alarms": found, "shown": SHOWN, "apart": False})


@router.post("/{alert_id}/acknowledge", dependencies=WORK)
def see_to(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that one sees to it."""
    with desk.pool.transaction() as conn:
        alarms.acknowledge(conn, alert_id, agent_id=visitor.agent_id, now=desk.clock())
    return _rung(request, desk, visitor, _("Everyone sees that you see to it"), undo=f"/alarms/cases/{alert_id}/back")


@router.post("/{alert_id}/back", dependencies=WORK)
def leave(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Take that back."""
    with desk.pool.transaction() as conn:
        alarms.unacknowledge(conn, alert_id, agent_id=visitor.agent_id, now=desk.clock())
    return _rung(request, desk, visitor, _("It waits for somebody again"))


@router.post("/{alert_id}/useless", dependencies=WORK)
def useless(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that it was no reason to ring; the toast takes it back."""
    with desk.pool.transaction() as conn:
        alarms.judge(conn, alert_id, agent_id=visitor.agent_id, useless=True, now=desk.clock())
    return _rung(request, desk, visitor, _("Its rule is judged by that"), undo=f"/alarms/cases/{alert_id}/useful")


@router.post("/{alert_id}/useful", dependencies=WORK)
def useful(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that it was a reason to ring."""
    with desk.pool.transaction() as conn:
        alarms.judge(conn, alert_id, agent_id=visitor.agent_id, useless=False, now=desk.clock())
    return _rung(request, desk, visitor, _("Its rule is judged by that"))


def _rung(request: Request, desk: Desk, visitor: Visitor, text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        found = case_alarms.listed(conn, visitor.scope, limit=SHOWN)
    values = {"case_alarms": found, "shown": SHOWN, "apart": True}
    return saying(desk.screens.blocks(request, "case_alarms.html", ["cases"], values), text, undo=undo)
