"""How much each reason of urgency weighs: tried on last week's posts while one types, then set, and brought back if need be."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._histogram import histogram
from amends.api.pages._setting_history import EnteredBase, back_address
from amends.api.pages._weights_form import EnteredWeights, weights_of
from amends.api.reasons import told
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import alarm_thresholds
from amends.inbox.actions.urgency_weights import HISTORY, bring_back, set_weights
from amends.inbox.rules.ids import UrgencyWeightsId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.urgency_preview import preview
from amends.inbox.store import counts, urgency_preview, urgency_weights
from amends.triage.urgency_weights import HEAVIEST, SHIPPED_WEIGHTS, WAITS, Reason, UrgencyWeights

router = APIRouter(prefix="/settings/urgency", include_in_schema=False)

WEEK = timedelta(days=7)
MOST_POSTS = 5_000
REMEMBERED = 10
_ADDRESS = "/settings/urgency"


@router.get("", dependencies=[may(Right.TRIAGE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the weights in force, what they make of last week, and those of before."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "urgency.html", values)


@router.get("/preview", dependencies=[may(Right.TRIAGE)])
def try_out(request: Request, desk: AtDesk, _visitor: Reading) -> Response:
    """Show what the entered weights would make of last week's posts; nothing is kept, and what does not fit is told in place."""
    with desk.pool.transaction() as conn:
        in_force = HISTORY.in_force(conn).value
        try:
            tried, trouble = weights_of(request.query_params), ""
        except Refused as error:
            tried, trouble = in_force, str(error)
        values = _tried(conn, desk, in_force, tried) | {"trouble": trouble}
    return desk.screens.blocks(request, "urgency.html", ["preview"], values)


@router.post("", dependencies=[may(Right.TRIAGE)])
def keep(request: Request, desk: AtDesk, visitor: Meaning, weights: EnteredWeights, base: EnteredBase) -> Response:
    """Let the entered weights count from now on."""
    me, now = visitor.agent_id, desk.clock()
    return _done(
        request,
        desk,
        lambda conn: set_weights(conn, weights, instead_of=UrgencyWeightsId(base), agent_id=me, now=now),
        _("New posts are weighed so from now on; open cases follow in the background"),
    )


@router.post("/{weights_id}/back", dependencies=[may(Right.TRIAGE)])
def take_back(request: Request, desk: AtDesk, visitor: Meaning, weights_id: UrgencyWeightsId, instead_of: UrgencyWeightsId) -> Response:
    """Let earlier weights count again; 0 stands for the shipped ones."""
    me, now = visitor.agent_id, desk.clock()
    return _done(
        request,
        desk,
        lambda conn: bring_back(conn, weights_id, instead_of=instead_of, agent_id=me, now=now),
        _("Brought back; open cases follow in the background"),
    )


def _done(request: Request, desk: Desk, act: Callable[[Connection], UrgencyWeightsId], text: str) -> HTMLResponse:
    """Do `act`, which says what counted before, wake the worker, and show everything as it is then; the toast takes it back."""
    with desk.pool.transaction() as conn:
        before = act(conn)
        values = _values(conn, desk) | {"apart": True}
    desk.wake()
    undo = back_address(_ADDRESS, before, instead_of=values["in_force_id"])
    return saying(desk.screens.blocks(request, "urgency.html", ["shown"], values), text, undo=undo)


def _values(conn: Connection, desk: Desk) -> dict[str, Any]:
    history = urgency_weights.history(conn, limit=REMEMBERED)
    standing = HISTORY.in_force(conn)
    in_force = standing.value
    own: dict[str, Any] = {
        "back_to": partial(back_address, _ADDRESS, instead_of=standing.id),
        "in_force": in_force,
        "in_force_id": standing.id,
        "history": history,
        "shipped": SHIPPED_WEIGHTS,
        "reasons": told(),
        "heaviest": HEAVIEST,
        "apart": False,
        "trouble": "",
    }
    return own | _tried(conn, desk, in_force, in_force)


def _tried(conn: Connection, desk: Desk, in_force: UrgencyWeights, tried: UrgencyWeights) -> dict[str, Any]:
    """Return what the preview shows."""
    now, alarm_from = desk.clock(), alarm_thresholds.in_force(conn, desk.policy.alert).urgency
    posts = urgency_preview.recent(conn, since=now - WEEK, waits=WAITS, now=now, limit=MOST_POSTS)
    found = preview(posts, now=in_force, tried=tried, alarm_from=alarm_from)
    return {
        "preview": found,
        "histogram": histogram(found.before.bins, found.after.bins, alarm_from=alarm_from),
        "words_of": urgency_preview.words_of(conn, [one.post_id for one in (*found.risen, *found.fallen)]),
        "alarm_from": alarm_from,
        "most_posts": MOST_POSTS,
        "changed": [reason for reason in Reason if tried.of(reason) != in_force.of(reason)],
    }
