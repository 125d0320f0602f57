"""Follow-ups: which resolutions need somebody to say whether they held, which are still looked at, and what became of the others."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.actions.follow_up import decide_follow_up, take_decision_back
from amends.inbox.rules.ids import FollowUpId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import Outcome
from amends.inbox.store import counts, follow_up_tasks
from amends.inbox.store.follow_up_tasks import Marker, Shown
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/follow-ups", include_in_schema=False)
SEE, WORK = [may(Right.SEE)], [may(Right.WORK)]
PAGE = 20


@router.get("", dependencies=SEE)
def look(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    show: Shown = Shown.ASKING,
    mine: bool = False,
    at: datetime | None = None,
    after: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> Response:
    """Show them, those that need somebody first; for htmx only the list."""
    marker = Marker(at=at, id=after) if at and after is not None else None
    values = _values(desk, visitor, show, mine=mine, after=marker)
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "follow_ups.html", ["shown"], values)
    return desk.screens.page(request, "follow_ups.html", values)


@router.get("/count", dependencies=SEE)
def count(desk: AtDesk, visitor: Reading) -> Response:
    """Return how many need somebody, as the rail shows it: nothing for none."""
    with desk.pool.transaction() as conn:
        found = follow_up_tasks.count_asking(conn, visitor.scope)
    return Response(str(found or ""), media_type="text/html")


@router.post("/{follow_up_id}/decide", dependencies=WORK)
def decide(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    follow_up_id: FollowUpId,
    outcome: Annotated[Outcome, Form()],
    note: Annotated[str, Form(max_length=500)] = "",
    show: Annotated[Shown, Form()] = Shown.ASKING,
    mine: Annotated[bool, Form()] = False,
) -> Response:
    """Keep what somebody knows of it; the toast takes it back."""
    with desk.pool.transaction() as conn:
        why = note.strip() or f"{visitor.name} knows."
        decide_follow_up(conn, follow_up_id=follow_up_id, outcome=outcome, agent_id=visitor.agent_id, note=why, now=desk.clock())
    desk.wake()
    answer = desk.screens.blocks(request, "follow_ups.html", ["shown"], _values(desk, visitor, show, mine=mine))
    undo = "" if outcome is Outcome.RELAPSED else f"/follow-ups/{follow_up_id}/take-back"
    return saying(answer, _("Kept; the case is open again") if outcome is Outcome.RELAPSED else _("Kept"), undo=undo)


@router.post("/{follow_up_id}/take-back", dependencies=WORK)
def take_back(request: Request, desk: AtDesk, visitor: Meaning, follow_up_id: FollowUpId) -> Response:
    """Take one's own word back."""
    with desk.pool.transaction() as conn:
        take_decision_back(conn, follow_up_id=follow_up_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    values = _values(desk, visitor, Shown.ASKING, mine=False) | {"apart": True}
    return saying(desk.screens.blocks(request, "follow_ups.html", ["shown"], values), _("Taken back"))


def _values(desk: Desk, visitor: Visitor, show: Shown, *, mine: bool, after: Marker | None = None) -> dict[str, Any]:
    with desk.pool.transaction() as conn:
        whose = visitor.agent_id if mine else None
        rows = follow_up_tasks.page(conn, visitor.scope, show, mine=whose, after=after, limit=PAGE + 1)
        tasks = rows[:PAGE]
        return {
            "tasks": tasks,
            "evidence": follow_up_tasks.evidence(conn, visitor.scope, [one.episode_id for one in tasks]),
            "show": show,
            "mine": mine,
            "more": tasks[-1] if len(rows) > PAGE else None,
            "asking": follow_up_tasks.count_asking(conn, visitor.scope),
            "counts": counts.read(conn, visitor.scope),
            "apart": False,
        }
