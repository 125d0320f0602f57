"""Alarms of cases over REST, and the judgement of any alarm."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.inbox.actions import alarms
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right
from amends.inbox.store import alarms as rows
from amends.inbox.store import case_alarms

router = APIRouter(prefix="/api/v1/alarms", tags=["alarms"])
SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAlarmList:
    """Alarms of cases, the newest first; `next` is the `before` of the next page, null on the last."""

    alarms: list[case_alarms.CaseAlarm]
    next: int | None


class JudgeBody(Body):
    """Whether an alarm was no reason to ring."""

    useless: bool


@router.get("/cases", operation_id="list_case_alarms", dependencies=[program_may(Right.SEE)])
def every(desk: AtDesk, visitor: Bearing, before: Annotated[int | None, Query(ge=0, lt=2**63)] = None) -> CaseAlarmList:
    """List the alarms of cases that the token's owner sees."""
    with desk.pool.transaction() as conn:
        found = case_alarms.listed(conn, visitor.scope, limit=SHOWN, before=before)
    return CaseAlarmList(alarms=found, next=found[-1].id if len(found) == SHOWN else None)


@router.get("/{alert_id}", operation_id="get_alarm", dependencies=[program_may(Right.SEE)])
def one(desk: AtDesk, _visitor: Bearing, alert_id: AlertId) -> rows.Alarm:
    """Return one alarm, whatever it is about."""
    with desk.pool.transaction() as conn:
        return alarms.alarm_of(conn, alert_id)


@router.post("/{alert_id}/judge", operation_id="judge_alarm", dependencies=[program_may(Right.WORK)])
def judge(desk: AtDesk, visitor: Bearing, alert_id: AlertId, body: JudgeBody) -> rows.Alarm:
    """Say whether an alarm was a reason to ring, by which its rule is judged."""
    with desk.pool.transaction() as conn:
        alarms.judge(conn, alert_id, agent_id=visitor.agent_id, useless=body.useless, now=desk.clock())
        return alarms.alarm_of(conn, alert_id)
