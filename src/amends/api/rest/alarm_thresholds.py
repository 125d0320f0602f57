"""When a single negative post rings, over REST: the thresholds in force, what others would have done last week, and setting them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk, Desk
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.inbox.actions import alarm_thresholds as acts
from amends.inbox.rules.alarm_quality import Preview
from amends.inbox.rules.alarm_thresholds import LONGEST_COOLDOWN, Thresholds
from amends.inbox.rules.ids import AlarmThresholdsId
from amends.inbox.rules.rights import Right
from amends.inbox.store import alarm_thresholds

router = APIRouter(prefix="/api/v1/alarms/thresholds", tags=["alarms"])
MINUTE = timedelta(minutes=1)


class ThresholdsBody(Body):
    """A post rings from `urgency` (101: never) or `followers` on, once a case within the minutes; what is left out stays as it is."""

    urgency: int | None = None
    followers: int | None = None
    cooldown_minutes: int | None = None


class SetBody(ThresholdsBody):
    """New thresholds, and the `id` of those that the sender saw in force: where others are by now, nothing is changed."""

    instead_of: AlarmThresholdsId


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """The thresholds in force; `id` 0 stands for those of the environment where nobody set any."""

    id: AlarmThresholdsId
    urgency: int
    followers: int
    cooldown_minutes: int
    set_by: str | None
    set_at: datetime | None


@router.get("", operation_id="get_alarm_thresholds", dependencies=[program_may(Right.SEE)])
def get_thresholds(desk: AtDesk, _visitor: Bearing) -> InForce:
    """Return the thresholds in force."""
    with desk.pool.transaction() as conn:
        return _in_force(conn, desk)


@router.post("/preview", operation_id="preview_alarm_thresholds", dependencies=[program_may(Right.RULES)])
def preview(desk: AtDesk, visitor: Bearing, body: ThresholdsBody) -> Preview:
    """Return what other thresholds would have done with last week's posts; nothing is kept."""
    with desk.pool.transaction() as conn:
        current = acts.in_force(conn, desk.policy.alert)
        tried = acts.checked(_changed(current, body))
        return acts.past_week(conn, visitor.scope, now_in_force=current, tried=tried, now=desk.clock())


@router.post("", operation_id="set_alarm_thresholds", dependencies=[program_may(Right.RULES)])
def set_thresholds(desk: AtDesk, visitor: Bearing, body: SetBody) -> InForce:
    """Let other thresholds count from now on, for new posts."""
    with desk.pool.transaction() as conn:
        wanted = _changed(acts.in_force(conn, desk.policy.alert), body)
        acts.set_thresholds(conn, wanted, instead_of=body.instead_of, agent_id=visitor.agent_id, now=desk.clock())
        return _in_force(conn, desk)


@router.post("/{thresholds_id}/back", operation_id="bring_alarm_thresholds_back", dependencies=[program_may(Right.RULES)])
def bring_back(desk: AtDesk, visitor: Bearing, thresholds_id: AlarmThresholdsId, instead_of: AlarmThresholdsId) -> InForce:
    """Let earlier thresholds count again, 0 those of the environment; where others than `instead_of` are in force, nothing is changed."""
    with desk.pool.transaction() as conn:
        acts.bring_back(conn, thresholds_id, instead_of=instead_of, agent_id=visitor.agent_id, now=desk.clock())
        return _in_force(conn, desk)


def _in_force(conn: Connection, desk: Desk) -> InForce:
    found, current = alarm_thresholds.newest(conn), acts.in_force(conn, desk.policy.alert)
    return InForce(
        id=found.id if found else acts.ENVIRONMENT_ID,
        urgency=current.urgency,
        followers=current.followers,
        cooldown_minutes=current.cooldown // MINUTE,
        set_by=found.agent if found else None,
        set_at=found.created_at if found else None,
    )


def _changed(current: Thresholds, body: ThresholdsBody) -> Thresholds:
    """Return the thresholds in force with those that were sent; minutes beyond all bounds are cut to one that does not fit."""
    minutes = current.cooldown // MINUTE if body.cooldown_minutes is None else body.cooldown_minutes
    most = LONGEST_COOLDOWN // MINUTE + 1
    return Thresholds(
        urgency=current.urgency if body.urgency is None else body.urgency,
        followers=current.followers if body.followers is None else body.followers,
        cooldown=timedelta(minutes=max(-1, min(minutes, most))),
    )
