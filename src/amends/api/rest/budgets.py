"""Budgets of sources over REST: spent, forecast, and what another one would change."""

from datetime import timedelta

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk, Desk
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.inbox.actions.budget import set_budget
from amends.inbox.actions.budget_report import Report, report
from amends.inbox.rules.budgeting import SHARE, Budget, Unit
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.rights import Right

router = APIRouter(prefix="/api/v1/sources/{source_id}/budget", tags=["sources"])


class BudgetBody(Body):
    """A budget a day, null for no limit, and per cent of it for what concerns us."""

    unit: Unit = Unit.READS
    a_day: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    share: int = Field(default=SHARE, ge=1, le=99)

    @property
    def budget(self) -> Budget:
        """The budget as rules take it."""
        return Budget(unit=self.unit, a_day=self.a_day, share=self.share)


@router.get("", operation_id="source_budget", dependencies=[program_may(Right.SEE_SOURCES)])
def show(desk: AtDesk, _visitor: Bearing, source_id: SourceId) -> Report:
    """Return what the source has spent and will spend; `then` is the same as `now`."""
    with desk.pool.transaction() as conn:
        return _report(conn, desk, source_id)


@router.post("/preview", operation_id="preview_source_budget", dependencies=[program_may(Right.SEE_SOURCES)])
def try_out(desk: AtDesk, _visitor: Bearing, source_id: SourceId, body: BudgetBody) -> Report:
    """Return where another budget would lead, as `then`; nothing is kept."""
    with desk.pool.transaction() as conn:
        return _report(conn, desk, source_id, body.budget)


@router.put("", operation_id="set_source_budget", dependencies=[program_may(Right.BUDGETS)])
def keep(desk: AtDesk, visitor: Bearing, source_id: SourceId, body: BudgetBody) -> Report:
    """Let the budget count from now on."""
    with desk.pool.transaction() as conn:
        set_budget(conn, source_id, body.budget, instead_of=None, agent_id=visitor.agent_id, now=desk.clock())
        found = _report(conn, desk, source_id)
    desk.wake()
    return found


def _report(conn: Connection, desk: Desk, source_id: SourceId, tried: Budget | None = None) -> Report:
    return report(conn, source_id, tried=tried, poll_every=timedelta(seconds=desk.settings.poll_seconds), now=desk.clock())
