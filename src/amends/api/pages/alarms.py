"""Alarms of sources: what stopped, what is silent, which credentials end. Everyone sees them, and whoever sees to one says so."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions.alarms import acknowledge, unacknowledge
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, source_alerts, surges

router = APIRouter(prefix="/alarms", include_in_schema=False)
SHOWN = 100


@router.get("", dependencies=[may(Right.SEE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the alarms that go on, then those that are over."""
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "alarms.html", values)


@router.post("/{alert_id}/acknowledge", dependencies=[may(Right.WORK)])
def see_to(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that one sees to it."""
    me, now = visitor.agent_id, desk.clock()
    undo = f"/alarms/{alert_id}/back"
    return _done(request, desk, lambda conn: acknowledge(conn, alert_id, agent_id=me, now=now), _("Everyone sees that you see to it"), undo)


@router.post("/{alert_id}/back", dependencies=[may(Right.WORK)])
def leave(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Take that back."""
    me, now = visitor.agent_id, desk.clock()
    return _done(request, desk, lambda conn: unacknowledge(conn, alert_id, agent_id=me, now=now), _("It waits for somebody again"))


def _done(request: Request, desk: Desk, act: Callable[[Connection], object], text: str, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = _values(conn) | {"apart": True}
    return saying(desk.screens.blocks(request, "alarms.html", ["listed"], values), text, undo=undo)


def _values(conn: Connection) -> dict[str, Any]:
    return {"alarms": source_alerts.listed(conn, limit=SHOWN), "surges": surges.listed(conn, limit=SHOWN), "apart": False}
