"""Teams: who is in them, what they work on and when, how they give out cases, and what each colleague can take."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._team_view import by, drafted, is_asked_by_htmx, list_values, team_values
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.actions.teams import Draft, Skills, change_team, changeable, make_team, remove_team, restore_team, set_skills
from amends.inbox.rules.ids import AgentId, TeamId, TopicId
from amends.inbox.rules.rights import Right
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/teams", include_in_schema=False, dependencies=[may(Right.TEAMS)])


@router.get("")
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the teams and the people in them; for htmx only the list."""
    with desk.pool.transaction() as conn:
        values = list_values(conn, visitor, desk.clock())
    if is_asked_by_htmx(request):
        return desk.screens.blocks(request, "teams.html", ["shown"], values)
    return desk.screens.page(request, "teams.html", values)


@router.post("")
def make(request: Request, desk: AtDesk, visitor: Meaning, name: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Make a team."""
    with desk.pool.transaction() as conn:
        make_team(conn, name=name, by=by(visitor), now=desk.clock())
    return listed(request, desk, visitor, _("Made. Open it and say who is in it, and when it works"))


@router.get("/{team_id:int}")
def one(request: Request, desk: AtDesk, visitor: Reading, team_id: TeamId) -> Response:
    """Show one team."""
    with desk.pool.transaction() as conn:
        changeable(conn, team_id=team_id, by=by(visitor))
        values = team_values(conn, visitor, team_id, desk.clock())
    return desk.screens.page(request, "team.html", values)


@router.post("/{team_id:int}")
def change(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    team_id: TeamId,
    draft: Annotated[Draft, Depends(drafted)],
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Make the team as the form says, unless somebody changed it since the page was opened."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        change_team(conn, team_id=team_id, draft=draft, by=by(visitor), now=now, seen=seen)
        values = team_values(conn, visitor, team_id, now)
    desk.wake()
    return saying(desk.screens.blocks(request, "team.html", ["shown"], values), _("Saved"))


@router.post("/{team_id:int}/remove")
def remove(request: Request, desk: AtDesk, visitor: Meaning, team_id: TeamId) -> Response:
    """Put the team away; the toast brings it back."""
    with desk.pool.transaction() as conn:
        team = remove_team(conn, team_id=team_id, by=by(visitor), now=desk.clock())
    said = _("“%(name)s” is removed") % {"name": team.name}
    return listed(request, desk, visitor, said, undo=f"/settings/teams/{team_id}/restore")


@router.post("/{team_id:int}/restore")
def restore(request: Request, desk: AtDesk, visitor: Meaning, team_id: TeamId) -> Response:
    """Bring a removed team back."""
    with desk.pool.transaction() as conn:
        team = restore_team(conn, team_id=team_id, by=by(visitor), now=desk.clock())
    return listed(request, desk, visitor, _("“%(name)s” is back") % {"name": team.name})


@router.post("/people/{agent_id}")
def skills(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    agent_id: AgentId,
    capacity: Annotated[int, Form()],
    languages: Annotated[str, Form(max_length=200)] = "",
    topic: Annotated[tuple[TopicId, ...], Form()] = (),
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Say what a colleague can take, unless somebody did since the page was opened."""
    wished = Skills(languages=languages.replace(",", " ").split(), topics=topic, capacity=capacity)
    with desk.pool.transaction() as conn:
        set_skills(conn, agent_id=agent_id, skills=wished, by=by(visitor), now=desk.clock(), seen=seen)
    desk.wake()
    return listed(request, desk, visitor, _("Saved"))


def listed(request: Request, desk: Desk, visitor: Visitor, text: str, *, undo: str = "") -> HTMLResponse:
    """Return the list as it is now, with a toast."""
    with desk.pool.transaction() as conn:
        values = list_values(conn, visitor, desk.clock()) | {"apart": True}
    return saying(desk.screens.blocks(request, "teams.html", ["shown"], values), text, undo=undo)
