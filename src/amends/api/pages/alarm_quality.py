"""Whether alarms were right: each rule's precision, what another threshold would have done, and what should have rung."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import alarm_quality as acts
from amends.inbox.actions import alarm_thresholds
from amends.inbox.actions.surges import A_MONTH
from amends.inbox.rules.alarm_figures import called
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.rights import Right
from amends.inbox.store import alarm_quality, counts
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/alarms/quality", include_in_schema=False)
WORK = [may(Right.WORK)]


@router.get("", dependencies=[may(Right.NUMBERS)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show it, of the last four weeks."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        in_force = alarm_thresholds.in_force(conn, desk.policy.alert)
        values = _missed(conn, desk, visitor) | {
            "judged": alarm_quality.of_rules(conn, visitor.scope, since=now - A_MONTH),
            "thresholds": acts.thresholds(conn, visitor.scope, in_force=in_force, now=now),
            "in_force": in_force.urgency,
            "called": called,
            "counts": counts.read(conn, visitor.scope),
        }
    return desk.screens.page(request, "alarm_quality.html", values)


@router.post("/missed/{post_id}", dependencies=WORK)
def missed(request: Request, desk: AtDesk, visitor: Meaning, post_id: PostId) -> Response:
    """Say that a post should have rung; the toast takes it back."""
    with desk.pool.transaction() as conn:
        acts.mark_missed(conn, post_id, agent_id=visitor.agent_id, now=desk.clock())
    return _listed(request, desk, visitor, _("Alarms are judged by that"), undo=f"/alarms/quality/missed/{post_id}/back")


@router.post("/missed/{post_id}/back", dependencies=WORK)
def not_missed(request: Request, desk: AtDesk, visitor: Meaning, post_id: PostId) -> Response:
    """Take that back."""
    with desk.pool.transaction() as conn:
        acts.unmark_missed(conn, post_id)
    return _listed(request, desk, visitor, _("Taken back"))


def _missed(conn: Connection, desk: Desk, visitor: Visitor) -> dict[str, Any]:
    since = desk.clock() - A_MONTH
    in_force = alarm_thresholds.in_force(conn, desk.policy.alert)
    found = alarm_quality.missed(conn, visitor.scope, since=since, urgency=in_force.urgency)
    return {"missed": found, "apart": False}


def _listed(request: Request, desk: Desk, visitor: Visitor, text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _missed(conn, desk, visitor) | {"apart": True}
    return saying(desk.screens.blocks(request, "alarm_quality.html", ["missed"], values), text, undo=undo)
