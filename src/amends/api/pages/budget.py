"""What a source costs, and what another budget would change, told before it is kept. Managers look, administrators change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._budget_form import EnteredBudget, budget_of
from amends.api.pages._setting_history import EnteredBase, back_address
from amends.api.pages._spend_chart import spend_chart
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.inbox.actions.budget import bring_back, history_of, set_budget
from amends.inbox.actions.budget_report import report
from amends.inbox.rules.budgeting import Budget, Part
from amends.inbox.rules.ids import BudgetId, SourceId
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts

router = APIRouter(prefix="/sources/{source_id}/budget", include_in_schema=False)

PARTS = Table({Part.US: N_("Concerns us"), Part.SEARCH: N_("Searched"), Part.LOOKS: N_("Looked at again")})


@router.get("", dependencies=[may(Right.SEE_SOURCES)])
def show(request: Request, desk: AtDesk, visitor: Reading, source_id: SourceId) -> Response:
    """Show what the source has spent and will spend."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, source_id) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "budget.html", values)


@router.get("/preview", dependencies=[may(Right.SEE_SOURCES)])
def try_out(request: Request, desk: AtDesk, _visitor: Reading, source_id: SourceId) -> Response:
    """Show where the entered budget would lead; nothing is kept, and what does not fit is told in place."""
    try:
        tried, trouble = budget_of(request.query_params), ""
    except Refused as error:
        tried, trouble = None, str(error)
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, source_id, tried) | {"trouble": trouble}
    return desk.screens.blocks(request, "budget.html", ["preview"], values)


@router.post("", dependencies=[may(Right.BUDGETS)])
def keep(request: Request, desk: AtDesk, visitor: Meaning, source_id: SourceId, budget: EnteredBudget, base: EnteredBase) -> Response:
    """Let the entered budget count from now on."""
    return _done(
        request,
        desk,
        source_id,
        lambda conn: set_budget(conn, source_id, budget, instead_of=BudgetId(base), agent_id=visitor.agent_id, now=desk.clock()),
        _("It counts from now on"),
    )


@router.post("/{budget_id}/back", dependencies=[may(Right.BUDGETS)])
def take_back(request: Request, desk: AtDesk, visitor: Meaning, source_id: SourceId, budget_id: BudgetId, instead_of: BudgetId) -> Response:
    """Let an earlier budget count again; 0 stands for no limit."""
    return _done(
        request,
        desk,
        source_id,
        lambda conn: bring_back(conn, source_id, budget_id, instead_of=instead_of, agent_id=visitor.agent_id, now=desk.clock()),
        _("Brought back"),
    )


def _done(request: Request, desk: Desk, source_id: SourceId, act: Callable[[Connection], BudgetId], text: str) -> HTMLResponse:
    """Act and show everything as it is then; the toast takes back what was done here, and nothing that somebody else does meanwhile."""
    with desk.pool.transaction() as conn:
        before = act(conn)
        values = _values(conn, desk, source_id) | {"apart": True}
        standing = history_of(source_id).in_force(conn)
    desk.wake()
    shown = desk.screens.blocks(request, "budget.html", ["shown"], values)
    undo = back_address(f"/sources/{source_id}/budget", before, instead_of=standing.id)
    return saying(shown, text, undo=undo)


def _values(conn: Connection, desk: Desk, source_id: SourceId, tried: Budget | None = None) -> dict[str, Any]:
    poll_every = timedelta(seconds=desk.settings.poll_seconds)
    found = report(conn, source_id, tried=tried, poll_every=poll_every, now=desk.clock())
    return {
        "report": found,
        "chart": spend_chart(found.days),
        "parts_of": PARTS,
        "changed": tried is not None and tried != found.now.budget,
        "trouble": "",
        "apart": False,
    }
