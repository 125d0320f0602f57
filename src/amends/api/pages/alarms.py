"""The page of alarms: single cases, surges, and sources in trouble; whoever sees to an alarm of a source says so here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages import case_alarms as case_alarms_page
from amends.api.pages._on_call_view import name_of
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import on_call
from amends.inbox.actions.alarms import acknowledge, unacknowledge
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right
from amends.inbox.store import case_alarms, counts, source_alerts, surges
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/alarms", include_in_schema=False)
SHOWN = 100


@router.get("", dependencies=[may(Right.SEE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the alarms that go on, then those that are over."""
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, desk.clock()) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "alarms.html", values)


@router.post("/{alert_id}/acknowledge", dependencies=[may(Right.WORK)])
def see_to(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that one sees to it."""
    me, now = visitor.agent_id, desk.clock()
    undo = f"/alarms/{alert_id}/back"
    return _done(
        request, desk, visitor, lambda conn: acknowledge(conn, alert_id, agent_id=me, now=now), _("Everyone sees that you see to it"), undo
    )


@router.post("/{alert_id}/back", dependencies=[may(Right.WORK)])
def leave(request: Request, desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Take that back."""
    me, now = visitor.agent_id, desk.clock()
    return _done(request, desk, visitor, lambda conn: unacknowledge(conn, alert_id, agent_id=me, now=now), _("It waits for somebody again"))


def _done(request: Request, desk: Desk, visitor: Visitor, act: Callable[[Connection], object], text: str, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = {"alarms": source_alerts.listed(conn, limit=SHOWN, scope=visitor.scope), "apart": True}
    return saying(desk.screens.blocks(request, "alarms.html", ["listed"], values), text, undo=undo)


def _values(conn: Connection, visitor: Visitor, now: datetime) -> dict[str, Any]:
    crew = on_call.crew(conn, now=now)
    return {
        "alarms": source_alerts.listed(conn, limit=SHOWN, scope=visitor.scope),
        "surges": surges.listed(conn, limit=SHOWN, scope=visitor.scope),
        "case_alarms": case_alarms.listed(conn, visitor.scope, limit=case_alarms_page.SHOWN),
        "shown": case_alarms_page.SHOWN,
        "lines": [(row, [name_of(crew, crew.who(row, layer + 1, now)) for layer in range(len(row.layers))]) for row in crew.rotas],
        "apart": False,
    }
