"""When a single negative post rings: tried on last week's posts while one types, then set, and brought back if need be."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._setting_history import EnteredBase, back_address
from amends.api.pages._thresholds_form import EnteredThresholds, thresholds_of
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import alarm_thresholds as acts
from amends.inbox.rules.alarm_thresholds import MOST_FOLLOWERS, NEVER, Thresholds
from amends.inbox.rules.ids import AlarmThresholdsId
from amends.inbox.rules.rights import Right
from amends.inbox.store import alarm_thresholds, counts, urgency_preview
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/alarms", include_in_schema=False)

REMEMBERED = 10
_ADDRESS = "/settings/alarms"


@router.get("", dependencies=[may(Right.RULES)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the thresholds in force, what they make of last week, and those of before."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, visitor) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "alarm_thresholds.html", values)


@router.get("/preview", dependencies=[may(Right.RULES)])
def try_out(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what the entered thresholds would have done last week; nothing is kept, and what does not fit is told in place."""
    with desk.pool.transaction() as conn:
        in_force = acts.in_force(conn, desk.policy.alert)
        try:
            tried, trouble = thresholds_of(request.query_params), ""
        except Refused as error:
            tried, trouble = in_force, str(error)
        values = _tried(conn, desk, visitor, in_force, tried) | {"trouble": trouble}
    return desk.screens.blocks(request, "alarm_thresholds.html", ["preview"], values)


@router.post("", dependencies=[may(Right.RULES)])
def keep(request: Request, desk: AtDesk, visitor: Meaning, thresholds: EnteredThresholds, base: EnteredBase) -> Response:
    """Let the entered thresholds count from now on."""
    me, now = visitor.agent_id, desk.clock()
    return _done(
        request,
        desk,
        visitor,
        lambda conn: acts.set_thresholds(conn, thresholds, instead_of=AlarmThresholdsId(base), agent_id=me, now=now),
        _("New posts ring so from now on"),
    )


@router.post("/{thresholds_id}/back", dependencies=[may(Right.RULES)])
def take_back(
    request: Request, desk: AtDesk, visitor: Meaning, thresholds_id: AlarmThresholdsId, instead_of: AlarmThresholdsId
) -> Response:
    """Let earlier thresholds count again; 0 stands for those of the environment."""
    me, now = visitor.agent_id, desk.clock()
    return _done(
        request,
        desk,
        visitor,
        lambda conn: acts.bring_back(conn, thresholds_id, instead_of=instead_of, agent_id=me, now=now),
        _("Brought back, for new posts"),
    )


def _done(request: Request, desk: Desk, visitor: Visitor, act: Callable[[Connection], AlarmThresholdsId], text: str) -> HTMLResponse:
    """Do `act`, which says what counted before, and show everything as it is then; the toast takes it back."""
    with desk.pool.transaction() as conn:
        before = act(conn)
        values = _values(conn, desk, visitor) | {"apart": True}
    undo = back_address(_ADDRESS, before, instead_of=values["in_force_id"])
    return saying(desk.screens.blocks(request, "alarm_thresholds.html", ["shown"], values), text, undo=undo)


def _values(conn: Connection, desk: Desk, visitor: Visitor) -> dict[str, Any]:
    history, environment = alarm_thresholds.history(conn, limit=REMEMBERED), desk.policy.alert
    standing = acts.HISTORY.in_force(conn)
    in_force = standing.value or environment
    own: dict[str, Any] = {
        "back_to": partial(back_address, _ADDRESS, instead_of=standing.id),
        "in_force": in_force,
        "in_force_id": standing.id,
        "is_environment": standing.value is None,
        "history": history,
        "environment": environment,
        "never": NEVER,
        "most_followers": MOST_FOLLOWERS,
        "apart": False,
        "trouble": "",
    }
    return own | _tried(conn, desk, visitor, in_force, in_force)


def _tried(conn: Connection, desk: Desk, visitor: Visitor, in_force: Thresholds, tried: Thresholds) -> dict[str, Any]:
    """Return what the preview shows."""
    found = acts.past_week(conn, visitor.scope, now_in_force=in_force, tried=tried, now=desk.clock())
    return {
        "preview": found,
        "words_of": urgency_preview.words_of(conn, [one.post_id for one in (*found.added, *found.gone)]),
        "most_posts": acts.MOST_POSTS,
        "changed": tried != in_force,
    }
