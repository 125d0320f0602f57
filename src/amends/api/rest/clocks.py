"""The clocks of a case, over REST."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from amends.api.answering import head_of
from amends.api.auth import Bearing, program_may
from amends.api.clock_words import how
from amends.api.desk import AtDesk
from amends.inbox.actions import clocks_shown
from amends.inbox.actions.clocks_shown import Termed
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.sla import timed

router = APIRouter(prefix="/api/v1/cases/{case_id}/clocks", tags=["sla"])


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockTold:
    """A clock: first answer, next answer or resolution. Seconds are those it ran (pauses not counted), up to now where it runs still."""

    kind: str
    number: int
    policy: str
    how: str
    state: str
    started_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    stopped_at: datetime | None
    voided_at: datetime | None
    breached_at: datetime | None
    warned_at: datetime | None
    wall_seconds: int
    business_seconds: int | None
    left_seconds: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockList:
    """The clocks of a case, the newest episode last."""

    clocks: Sequence[ClockTold]


@router.get("", dependencies=[program_may(Right.SEE)], operation_id="list_clocks")
def list_clocks(desk: AtDesk, _visitor: Bearing, case_id: CaseId) -> ClockList:
    """List the clocks of a case."""
    with desk.pool.transaction() as conn:
        head_of(conn, case_id)
        return ClockList(clocks=[_told(one, desk.clock()) for one in clocks_shown.of_case(conn, case_id)])


def _told(one: Termed, now: datetime) -> ClockTold:
    row, found = one.row, timed(one.row.clock, one.terms, now=now)
    state = "stopped" if row.stopped_at else "void" if row.voided_at else "paused" if row.paused_at else "running"
    return ClockTold(
        kind=row.kind,
        number=row.number,
        policy=one.policy,
        how=how(row, one.terms),
        state=state,
        started_at=row.started_at,
        due_at=row.due_at,
        paused_at=row.paused_at,
        stopped_at=row.stopped_at,
        voided_at=row.voided_at,
        breached_at=row.breached_at,
        warned_at=row.warned_at,
        wall_seconds=int(found.wall.total_seconds()),
        business_seconds=None if found.business is None else int(found.business.total_seconds()),
        left_seconds=None if found.left is None or not row.clock.runs else int(found.left.total_seconds()),
    )
