"""Giving a case to somebody: taking it, the picker of people and teams, and taking that back."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.answering import head_of
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.giving_words import GIVES
from amends.api.pages._acting import done
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.assign import Expected, assign, assign_team
from amends.inbox.actions.give_out import as_team
from amends.inbox.rules.assigning import at_work
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, TeamId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.rights import may as may_do
from amends.inbox.store import staff, teams
from amends.inbox.store.staff import PersonRow
from amends.inbox.store.teams import TeamRow

router = APIRouter(prefix="/inbox/{case_id:int}/assign", include_in_schema=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choosing:
    """Who could get the case that is with `assignee_id` now; `here` are the ids of those who are at work."""

    assignee_id: int | None
    people: list[PersonRow]
    teams: list[TeamRow]
    here: set[AgentId]


@dataclass(frozen=True, kw_only=True, slots=True)
class To:
    """Where a case is to go: to an agent, to a team, or (neither) back to everyone."""

    agent: AgentId | None = None
    team: TeamId | None = None


@router.get("", dependencies=[may(Right.WORK)])
def choices(request: Request, desk: AtDesk, visitor: Reading, case_id: CaseId) -> Response:
    """Show who could get the case, oneself first, then who is there and has least."""
    with desk.pool.transaction() as conn:
        choosing = _choosing(conn, case_id, desk, visitor.agent_id)
    return desk.screens.blocks(request, "assign.html", ["choices"], {"choosing": choosing, "case_id": case_id, "gives": GIVES})


@router.post("", dependencies=[may(Right.WORK)])
def give(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    to: Annotated[str, Form(max_length=30)] = "",
    expected: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Give the case to `to`: an agent's id, `me`, `team-` and an id, or nobody. `expected` is who had it on the screen (or `nobody`)."""
    now, me, where = desk.clock(), visitor.agent_id, _read(to, visitor.agent_id)
    shown = None if not expected else Expected(assignee_id=AgentId(int(expected)) if expected.isdecimal() else None)

    def act(conn: Connection) -> None:
        if where.team is not None:
            assign_team(conn, case_id=case_id, team_id=where.team, agent_id=me, now=now, expected=shown)
        else:
            assign(conn, case_id=case_id, assignee_id=where.agent, agent_id=me, now=now, expected=shown)

    return done(request, desk, case_id, act, _said(where, me), undo=EventKind.CASE_ASSIGNED)


def _choosing(conn: Connection, case_id: CaseId, desk: AtDesk, me: AgentId) -> Choosing:
    case, now, rows = head_of(conn, case_id), desk.clock(), teams.every(conn)
    known = {row.id: as_team(row) for row in rows}
    crew = [row for row in staff.active(conn) if may_do(row.role, Right.WORK)]
    here = {row.id for row in crew if at_work(row.as_person(now), known, now)}
    crew.sort(key=lambda row: (row.id != me, row.id not in here, row.load / max(1, row.capacity)))
    return Choosing(assignee_id=case.assignee_id, people=crew, teams=rows, here=here)


def _read(to: str, me: AgentId) -> To:
    kind, dash, number = to.partition("-")
    if to in {"", "me"}:
        return To(agent=me if to else None)
    if to.isdecimal():
        return To(agent=AgentId(int(to)))
    if kind == "team" and dash and number.isdecimal():
        return To(team=TeamId(int(number)))
    raise Refused(_("There is nobody of this name to give the case to."))


def _said(where: To, me: AgentId) -> str:
    if where.team is not None:
        return _("Given to the team")
    if where.agent is None:
        return _("Given back to everyone")
    return _("It is yours") if where.agent == me else _("Given away")
