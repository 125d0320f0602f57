"""Teams over REST: who is in them, their hours, how they give out cases; and whether somebody is away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import AN_ID, Body
from amends.api.rest._matching import SeenAt, tag
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.being_away import come_back, go_away, hand_over_all
from amends.inbox.actions.teams import (
    By,
    Draft,
    Skills,
    change_team,
    changeable,
    led,
    make_team,
    mark_of,
    mark_of_skills,
    remove_team,
    set_skills,
)
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.ids import AgentId, SourceId, TeamId, TopicId
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Right
from amends.inbox.rules.working_hours import read_hours
from amends.inbox.store import staff, teams
from amends.inbox.store.sessions import Visitor
from amends.inbox.store.staff import PersonRow
from amends.inbox.store.teams import TeamRow

router = APIRouter(prefix="/api/v1/teams", tags=["teams"], dependencies=[program_may(Right.TEAMS)])


class NameBody(Body):
    """How a team is called."""

    name: str = Field(max_length=200)


class TeamBody(Body):
    """A whole team: `hours` has seven texts, Monday first, each as "9:00-12:30, 13:30-18:00"; all empty is around the clock."""

    name: str = Field(max_length=200)
    gives: Gives = Gives.NOBODY
    zone: str = Field(default="UTC", max_length=60)
    hours: list[str] = Field(default=[], max_length=7)
    holidays: list[str] = Field(default=[], max_length=400)
    members: tuple[Annotated[AgentId, AN_ID], ...] = ()
    sources: tuple[Annotated[SourceId, AN_ID], ...] = ()


class SkillsBody(Body):
    """What somebody can take."""

    languages: tuple[str, ...] = ()
    topics: tuple[Annotated[TopicId, AN_ID], ...] = ()
    capacity: int = 20


class AwayBody(Body):
    """Until when somebody is away; null: until they say that they are back."""

    until: AwareDatetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamList:
    """The teams in force that the caller leads, by name, and the people who work here."""

    teams: list[TeamRow]
    people: list[PersonRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver:
    """How many cases somebody gave to their teams."""

    cases: int


@router.get("", operation_id="list_teams")
def list_teams(desk: AtDesk, visitor: Bearing) -> TeamList:
    """List the teams and people."""
    with desk.pool.transaction() as conn:
        every = teams.every(conn)
        own = [team for team in every if visitor.role in SEE_EVERY_TEAM or visitor.agent_id in team.members]
        return TeamList(teams=own, people=staff.active(conn))


@router.post("", status_code=201, operation_id="make_team")
def make(desk: AtDesk, visitor: Bearing, body: NameBody) -> TeamRow:
    """Make a team."""
    with desk.pool.transaction() as conn:
        return _team(conn, make_team(conn, name=body.name, by=_by(visitor), now=desk.clock()))


@router.get("/{team_id}", operation_id="get_team")
def one(desk: AtDesk, visitor: Bearing, response: Response, team_id: TeamId) -> TeamRow:
    """Return a team that the caller leads."""
    with desk.pool.transaction() as conn:
        found = changeable(conn, team_id=team_id, by=_by(visitor))
    tag(response, mark_of(found))
    return found


@router.put("/{team_id}", operation_id="change_team")
def change(desk: AtDesk, visitor: Bearing, response: Response, team_id: TeamId, body: TeamBody, seen: SeenAt) -> TeamRow:
    """Make a team as the body says; with `If-Match` (its `ETag`) only where nobody changed it since, else 409."""
    hours = read_hours(body.zone, dict(enumerate(body.hours)), " ".join(body.holidays))
    draft = Draft(name=body.name, gives=body.gives, hours=hours, members=body.members, sources=body.sources)
    with desk.pool.transaction() as conn:
        change_team(conn, team_id=team_id, draft=draft, by=_by(visitor), now=desk.clock(), seen=seen)
        found = _team(conn, team_id)
    tag(response, mark_of(found))
    desk.wake()
    return found


@router.delete("/{team_id}", operation_id="remove_team")
def remove(desk: AtDesk, visitor: Bearing, team_id: TeamId) -> TeamRow:
    """Put a team away; refused while cases of it are going on."""
    with desk.pool.transaction() as conn:
        return remove_team(conn, team_id=team_id, by=_by(visitor), now=desk.clock())


@router.get("/people/{agent_id}/skills", operation_id="get_skills")
def skills_of(desk: AtDesk, visitor: Bearing, response: Response, agent_id: AgentId) -> PersonRow:
    """Return what somebody whose work the caller may order can take."""
    with desk.pool.transaction() as conn:
        found = led(conn, agent_id=agent_id, by=_by(visitor))
    tag(response, mark_of_skills(found))
    return found


@router.put("/people/{agent_id}/skills", operation_id="set_skills")
def skills(desk: AtDesk, visitor: Bearing, response: Response, agent_id: AgentId, body: SkillsBody, seen: SeenAt) -> PersonRow:
    """Say what somebody can take; with `If-Match` (its `ETag`) only where nobody changed it since, else 409."""
    wished = Skills(languages=body.languages, topics=body.topics, capacity=body.capacity)
    with desk.pool.transaction() as conn:
        set_skills(conn, agent_id=agent_id, skills=wished, by=_by(visitor), now=desk.clock(), seen=seen)
        found = _person(conn, agent_id)
    tag(response, mark_of_skills(found))
    desk.wake()
    return found


@router.post("/people/{agent_id}/away", operation_id="go_away")
def away(desk: AtDesk, visitor: Bearing, agent_id: AgentId, body: AwayBody) -> PersonRow:
    """Say that somebody is away."""
    until: datetime | None = body.until
    with desk.pool.transaction() as conn:
        go_away(conn, agent_id=agent_id, until=until, by=_by(visitor), now=desk.clock())
        return _person(conn, agent_id)


@router.post("/people/{agent_id}/back", operation_id="come_back")
def back(desk: AtDesk, visitor: Bearing, agent_id: AgentId) -> PersonRow:
    """Say that somebody is back."""
    with desk.pool.transaction() as conn:
        come_back(conn, agent_id=agent_id, by=_by(visitor), now=desk.clock())
        found = _person(conn, agent_id)
    desk.wake()
    return found


@router.post("/people/{agent_id}/hand_over", operation_id="hand_over")
def hand_over(desk: AtDesk, visitor: Bearing, agent_id: AgentId) -> HandedOver:
    """Give everything that somebody has to their teams."""
    with desk.pool.transaction() as conn:
        _number, count = hand_over_all(conn, agent_id=agent_id, by=_by(visitor), now=desk.clock())
    desk.wake()
    return HandedOver(cases=count)


def _by(visitor: Visitor) -> By:
    return By(agent_id=visitor.agent_id, role=visitor.role)


def _team(conn: Connection, team_id: TeamId) -> TeamRow:
    found = teams.find(conn, team_id=team_id)
    if found is None:
        raise NotFound(_("There is no such team any more."))
    return found


def _person(conn: Connection, agent_id: AgentId) -> PersonRow:
    found = staff.find(conn, agent_id=agent_id)
    if found is None:
        raise NotFound(_("There is no such colleague."))
    return found
