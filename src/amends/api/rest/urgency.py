"""The weights of urgency over REST: how much each reason counts, what others would make of last week's posts, and setting them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import alarm_thresholds
from amends.inbox.actions.urgency_weights import HISTORY, SHIPPED_ID, bring_back, set_weights
from amends.inbox.rules.ids import UrgencyWeightsId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.urgency_preview import Preview, preview
from amends.inbox.store import urgency_preview, urgency_weights
from amends.triage.urgency_weights import HEAVIEST, SHIPPED_WEIGHTS, WAITS, Reason, UrgencyWeights

router = APIRouter(prefix="/api/v1/urgency", tags=["urgency"])
WEEK = timedelta(days=7)
MOST_POSTS = 5_000


class WeightsBody(Body):
    """The weight of each reason, by its name as `get_urgency` gives it; a reason that is left out keeps its weight."""

    weights: dict[str, int] = Field(max_length=len(Reason))


class SetBody(WeightsBody):
    """New weights, and the `id` of those that the sender saw in force: where others are by now, nothing is changed."""

    instead_of: UrgencyWeightsId


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """The weights in force; `id` 0 stands for the shipped ones, which nobody set."""

    id: UrgencyWeightsId
    weights: dict[str, int]
    shipped: dict[str, int]
    heaviest: int
    set_by: str | None
    set_at: datetime | None


@router.get("", operation_id="get_urgency", dependencies=[program_may(Right.SEE)])
def get_urgency(desk: AtDesk, _visitor: Bearing) -> InForce:
    """Return the weights in force."""
    with desk.pool.transaction() as conn:
        return _in_force(conn)


@router.post("/preview", operation_id="preview_urgency", dependencies=[program_may(Right.TRIAGE)])
def preview_urgency(desk: AtDesk, _visitor: Bearing, body: WeightsBody) -> Preview:
    """Return what other weights would have made of last week's posts; nothing is kept."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        current = _current(conn)
        alarm_from = alarm_thresholds.in_force(conn, desk.policy.alert).urgency
        posts = urgency_preview.recent(conn, since=now - WEEK, waits=WAITS, now=now, limit=MOST_POSTS)
    return preview(posts, now=current, tried=_changed(current, body), alarm_from=alarm_from)


@router.post("", operation_id="set_urgency", dependencies=[program_may(Right.TRIAGE)])
def set_urgency(desk: AtDesk, visitor: Bearing, body: SetBody) -> InForce:
    """Let other weights count from now on: for new posts at once, for open cases in the background."""
    with desk.pool.transaction() as conn:
        weights = _changed(_current(conn), body)
        set_weights(conn, weights, instead_of=body.instead_of, agent_id=visitor.agent_id, now=desk.clock())
        found = _in_force(conn)
    desk.wake()
    return found


@router.post("/{weights_id}/back", operation_id="bring_urgency_back", dependencies=[program_may(Right.TRIAGE)])
def bring_urgency_back(desk: AtDesk, visitor: Bearing, weights_id: UrgencyWeightsId, instead_of: UrgencyWeightsId) -> InForce:
    """Let earlier weights count again, 0 the shipped ones; where others than `instead_of` are in force, nothing is changed."""
    with desk.pool.transaction() as conn:
        bring_back(conn, weights_id, instead_of=instead_of, agent_id=visitor.agent_id, now=desk.clock())
        found = _in_force(conn)
    desk.wake()
    return found


def _current(conn: Connection) -> UrgencyWeights:
    return HISTORY.in_force(conn).value


def _in_force(conn: Connection) -> InForce:
    found = urgency_weights.newest(conn)
    return InForce(
        id=found.id if found else SHIPPED_ID,
        weights=(found.weights if found else SHIPPED_WEIGHTS).stored,
        shipped=SHIPPED_WEIGHTS.stored,
        heaviest=HEAVIEST,
        set_by=found.agent if found else None,
        set_at=found.created_at if found else None,
    )


def _changed(current: UrgencyWeights, body: WeightsBody) -> UrgencyWeights:
    """Return the weights in force with those that were sent; `Refused` names each that does not fit."""
    unknown = sorted(set(body.weights) - set(current.stored))
    if unknown:
        raise Refused(
            _("There is no reason %(unknown)s; there are %(stored)s.")
            % {"unknown": ", ".join(unknown)[:100], "stored": ", ".join(current.stored)}
        )
    wrong = [f"{name} is {weight}" for name, weight in body.weights.items() if not 0 <= weight <= HEAVIEST]
    if wrong:
        raise Refused(
            _("Every weight is a whole number from 0 to %(heaviest)s, but %(wrong)s.")
            % {"heaviest": HEAVIEST, "wrong": ", ".join(wrong)[:200]}
        )
    return UrgencyWeights(**(current.stored | body.weights))
