"""Which answers a second person reads first: set by managers for all, switched for a team by who leads teams."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._team_view import by
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import gettext as _
from amends.inbox.actions.approve import set_approvals, switch_team, undo_set
from amends.inbox.rules.approving import Approvals
from amends.inbox.rules.ids import TeamId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.seen import mark
from amends.inbox.store import approvals, counts

router = APIRouter(prefix="/settings/approvals", include_in_schema=False)
TEAMS, RULES = [may(Right.TEAMS)], [may(Right.RULES)]


@router.get("", dependencies=TEAMS)
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what is in force."""
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"counts": counts.read(conn, visitor.scope), "apart": False}
    return desk.screens.page(request, "approval_settings.html", values)


@router.post("", dependencies=RULES)
def save(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    needs_look: Annotated[bool, Form()] = False,
    followers: Annotated[str, Form(max_length=20)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Put it in force, unless somebody set it anew since the page was opened; the toast takes it back."""
    number = followers.strip().replace(",", "").replace(" ", "")
    if number and not number.isdecimal():
        raise Refused(_("The number of followers is at least 1; leave it empty for never."))
    asked = Approvals(needs_look=needs_look, followers=int(number) if number else None)
    with desk.pool.transaction() as conn:
        set_id = set_approvals(conn, asked, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    return _listed(request, desk, _("Saved; answers written from now on go by it"), undo=f"/settings/approvals/undo?of={set_id}")


@router.post("/undo", dependencies=RULES)
def undo(request: Request, desk: AtDesk, visitor: Meaning, of: Annotated[int, Query()]) -> Response:
    """Put back in force what was before."""
    with desk.pool.transaction() as conn:
        undo_set(conn, of, agent_id=visitor.agent_id, now=desk.clock())
    return _listed(request, desk, _("Taken back"))


@router.post("/teams/{team_id}", dependencies=TEAMS)
def switch(request: Request, desk: AtDesk, visitor: Meaning, team_id: TeamId, on: Annotated[bool, Form()] = False) -> Response:
    """Switch a team; the toast switches it back."""
    with desk.pool.transaction() as conn:
        team = switch_team(conn, team_id=team_id, on=on, by=by(visitor), now=desk.clock())
    words = _("Answers of %(team)s wait for approval now") if on else _("Answers of %(team)s go out at once now")
    return _listed(request, desk, words % {"team": team.name}, undo=f"/settings/approvals/teams/{team_id}/{'off' if on else 'on'}")


@router.post("/teams/{team_id}/{way}", dependencies=TEAMS)
def switch_back(request: Request, desk: AtDesk, visitor: Meaning, team_id: TeamId, way: str) -> Response:
    """Switch a team `on` or `off`."""
    with desk.pool.transaction() as conn:
        switch_team(conn, team_id=team_id, on=way == "on", by=by(visitor), now=desk.clock())
    return _listed(request, desk, _("Taken back"))


def _values(conn: Connection) -> dict[str, Any]:
    asked = approvals.newest(conn)
    return {"asked": asked, "seen": mark(asked), "last": approvals.last_set(conn), "teams": approvals.teams(conn)}


def _listed(request: Request, desk: Desk, said: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"apart": True}
    return saying(desk.screens.blocks(request, "approval_settings.html", ["listed"], values), said, undo=undo)
