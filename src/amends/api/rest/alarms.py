"""Alarms of sources over REST: what goes on and what is over."""

from dataclasses import dataclass

from fastapi import APIRouter

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.inbox.actions.alarms import acknowledge
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right
from amends.inbox.store import source_alerts

router = APIRouter(prefix="/api/v1/alarms", tags=["sources"])
SHOWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmList:
    """The newest alarms of sources, those that go on first."""

    alarms: list[source_alerts.Alarm]


@router.get("", operation_id="list_alarms", dependencies=[program_may(Right.SEE)])
def list_alarms(desk: AtDesk, visitor: Bearing) -> AlarmList:
    """List the alarms of the sources that the token's owner sees."""
    with desk.pool.transaction() as conn:
        return AlarmList(alarms=source_alerts.listed(conn, limit=SHOWN, scope=visitor.scope))


@router.post("/{alert_id}/acknowledge", operation_id="acknowledge_alarm", dependencies=[program_may(Right.WORK)])
def see_to(desk: AtDesk, visitor: Bearing, alert_id: AlertId) -> AlarmList:
    """Say that one sees to it; whoever was first stays the one."""
    with desk.pool.transaction() as conn:
        acknowledge(conn, alert_id, agent_id=visitor.agent_id, now=desk.clock())
        return AlarmList(alarms=source_alerts.listed(conn, limit=SHOWN, scope=visitor.scope))
