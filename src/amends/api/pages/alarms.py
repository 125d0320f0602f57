"""The page of alarms: single cases, surges, and sources in trouble; who sees to one, and whether it was a reason to ring.

What somebody does here is answered by words alone: the page asks for the alarms anew, as every open one does that hears of it.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._on_call_view import name_of
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import alarms as acts
from amends.inbox.actions import on_call
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right
from amends.inbox.store import case_alarms, counts, source_alerts, surges
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/alarms", include_in_schema=False)
SEE = [may(Right.SEE)]
WORK = [may(Right.WORK)]
SHOWN = 100
CASES = 50
MOST_CASES = 500


@router.get("", dependencies=SEE)
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the alarms that go on, then those that are over."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        values = _rung(conn, visitor) | {"counts": counts.read(conn, visitor.scope), "lines": _on_call(conn, now)}
    return desk.screens.page(request, "alarms.html", values)


@router.get("/live", dependencies=SEE)
def live(request: Request, desk: AtDesk, visitor: Reading, rows: Annotated[int, Query(ge=0, le=10_000)] = 0) -> Response:
    """Show them as they are now; of cases as many as the page shows."""
    with desk.pool.transaction() as conn:
        values = _rung(conn, visitor, cases=min(max(rows, CASES), MOST_CASES))
    return desk.screens.blocks(request, "alarms.html", ["rung"], values)


@router.get("/cases", dependencies=SEE)
def more(request: Request, desk: AtDesk, visitor: Reading, before: Annotated[int | None, Query(ge=0, lt=2**63)] = None) -> Response:
    """Show the alarms of cases below an id."""
    with desk.pool.transaction() as conn:
        found = case_alarms.listed(conn, visitor.scope, limit=CASES, before=before)
    return desk.screens.blocks(request, "case_alarms.html", ["rows"], {"case_alarms": found, "shown": CASES})


@router.post("/{alert_id}/acknowledge", dependencies=WORK)
def see_to(desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that one sees to it; whoever was first stays the one, and that is not taken back from here."""
    with desk.pool.transaction() as conn:
        was = acts.acknowledge(conn, alert_id, agent_id=visitor.agent_id, now=desk.clock())
    if was.acknowledged_at is not None:
        first = was.acknowledged_by
        return _said(desk, _("%(name)s sees to it") % {"name": first} if first else _("Somebody sees to it. Nobody is called any more."))
    return _said(desk, _("Everyone sees that you see to it"), undo=f"/alarms/{alert_id}/back")


@router.post("/{alert_id}/back", dependencies=WORK)
def leave(desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Take that back."""
    with desk.pool.transaction() as conn:
        acts.unacknowledge(conn, alert_id, agent_id=visitor.agent_id, now=desk.clock())
    return _said(desk, _("It waits for somebody again"))


@router.post("/{alert_id}/useless", dependencies=WORK)
def useless(desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that it was no reason to ring; the toast takes it back."""
    with desk.pool.transaction() as conn:
        acts.judge(conn, alert_id, agent_id=visitor.agent_id, useless=True, now=desk.clock())
    return _said(desk, _("Its rule is judged by that"), undo=f"/alarms/{alert_id}/useful")


@router.post("/{alert_id}/useful", dependencies=WORK)
def useful(desk: AtDesk, visitor: Meaning, alert_id: AlertId) -> Response:
    """Say that it was a reason to ring."""
    with desk.pool.transaction() as conn:
        acts.judge(conn, alert_id, agent_id=visitor.agent_id, useless=False, now=desk.clock())
    return _said(desk, _("Its rule is judged by that"))


def _said(desk: Desk, text: str, *, undo: str = "") -> HTMLResponse:
    return saying(desk.screens.nothing(), text, undo=undo, more={"alarms-changed": {}})


def _rung(conn: Connection, visitor: Visitor, *, cases: int = CASES) -> dict[str, Any]:
    return {
        "alarms": source_alerts.listed(conn, limit=SHOWN, scope=visitor.scope),
        "surges": surges.listed(conn, limit=SHOWN, scope=visitor.scope),
        "case_alarms": case_alarms.listed(conn, visitor.scope, limit=cases),
        "shown": cases,
    }


def _on_call(conn: Connection, now: datetime) -> list[tuple[object, list[str | None]]]:
    """Return each rota with who has each of its lines."""
    crew = on_call.crew(conn, now=now)
    return [(row, [name_of(crew, crew.who(row, layer + 1, now)) for layer in range(len(row.layers))]) for row in crew.rotas]
