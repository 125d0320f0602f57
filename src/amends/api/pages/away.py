"""Being away: said by oneself in the rail's menu, or for a colleague by a lead; and handing over what they have."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._team_view import by, until_when
from amends.api.pages.teams import listed
from amends.api.screen import saying
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions.being_away import come_back, go_away, hand_over_all, undo_hand_over
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import Right
from amends.inbox.store import staff
from amends.inbox.store.sessions import Visitor

router = APIRouter(include_in_schema=False)
Length = Annotated[str, Form(max_length=10)]


@router.get("/me/away", dependencies=[may(Right.SELF)])
def menu(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show whether one is away, and the ways to change that."""
    return _menu(request, desk, visitor)


@router.post("/me/away", dependencies=[may(Right.SELF)])
def leave(request: Request, desk: AtDesk, visitor: Meaning, length: Length = "") -> Response:
    """Be away for so many minutes, or until one says otherwise."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        go_away(conn, agent_id=visitor.agent_id, until=until_when(length, now), by=by(visitor), now=now)
    return saying(_menu(request, desk, visitor), _("You are away; nothing new is given to you"), undo="/me/back")


@router.post("/me/back", dependencies=[may(Right.SELF)])
def be_back(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """Be back."""
    with desk.pool.transaction() as conn:
        come_back(conn, agent_id=visitor.agent_id, by=by(visitor), now=desk.clock())
    desk.wake()
    return saying(_menu(request, desk, visitor), _("You are back"))


@router.post("/me/hand-over", dependencies=[may(Right.WORK)])
def hand_own_over(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """Give everything that one has to one's teams."""
    said, undo = _handed_over(desk, visitor, visitor.agent_id)
    return saying(_menu(request, desk, visitor), said, undo=undo)


@router.post("/me/hand-over/{hand_over_id}/undo", dependencies=[may(Right.WORK)])
def take_back(request: Request, desk: AtDesk, visitor: Meaning, hand_over_id: int) -> Response:
    """Give back what was handed over, one's own or what one handed over for somebody else."""
    with desk.pool.transaction() as conn:
        count = undo_hand_over(conn, hand_over_id=hand_over_id, by=by(visitor), now=desk.clock())
    said = ngettext("%(n)s case is back", "%(n)s cases are back", count) % {"n": number(count)}
    return saying(_menu(request, desk, visitor), said)


@router.post("/settings/teams/people/{agent_id}/away", dependencies=[may(Right.TEAMS)])
def send_away(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId, length: Length = "") -> Response:
    """Say of a colleague that they are away."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        go_away(conn, agent_id=agent_id, until=until_when(length, now), by=by(visitor), now=now)
    return listed(request, desk, visitor, _("They are away; nothing new is given to them"), undo=f"/settings/teams/people/{agent_id}/back")


@router.post("/settings/teams/people/{agent_id}/back", dependencies=[may(Right.TEAMS)])
def call_back(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId) -> Response:
    """Say of a colleague that they are back."""
    with desk.pool.transaction() as conn:
        come_back(conn, agent_id=agent_id, by=by(visitor), now=desk.clock())
    desk.wake()
    return listed(request, desk, visitor, _("They are back"))


@router.post("/settings/teams/people/{agent_id}/hand-over", dependencies=[may(Right.TEAMS)])
def hand_over(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId) -> Response:
    """Give everything that a colleague has to their teams."""
    said, undo = _handed_over(desk, visitor, agent_id)
    return listed(request, desk, visitor, said, undo=undo)


def _handed_over(desk: Desk, visitor: Visitor, agent_id: AgentId) -> tuple[str, str]:
    """Hand over; return what to say, and the address that takes it back."""
    with desk.pool.transaction() as conn:
        hand_over_id, count = hand_over_all(conn, agent_id=agent_id, by=by(visitor), now=desk.clock())
    desk.wake()
    said = ngettext("%(n)s case is handed over", "%(n)s cases are handed over", count) % {"n": number(count)}
    return said, f"/me/hand-over/{hand_over_id}/undo"


def _menu(request: Request, desk: Desk, visitor: Visitor) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        me = staff.find(conn, agent_id=visitor.agent_id)
    return desk.screens.blocks(request, "away.html", ["menu"], {"me": me})
