"""People over REST, for administrators' programs: who has an account, as what; invite, change, deactivate."""

from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.inviting import tell_invited
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.inbox.actions import invitations, people
from amends.inbox.rules.ids import AgentId, InvitationId, TeamId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import Role
from amends.inbox.store import invitations as invitation_rows
from amends.inbox.store import people as rows

router = APIRouter(prefix="/api/v1/people", tags=["people"], dependencies=[program_may(Right.PEOPLE)])


class InvitationBody(Body):
    """Whom to invite, as what, into which teams."""

    email: str = Field(max_length=254)
    role: Role = Role.AGENT
    team_ids: tuple[TeamId, ...] = ()


class PersonBody(Body):
    """What to change of somebody; what is null stays."""

    role: Role | None = None
    team_ids: tuple[TeamId, ...] | None = None
    active: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleList:
    """Everybody with an account, those who left last, and the open invitations."""

    people: list[rows.Person]
    invitations: list[invitation_rows.Invitation]


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationMade:
    """An invitation; its `url` is told this once. `mailed` says whether a letter went out."""

    id: InvitationId
    email: str
    url: str
    mailed: bool


@router.get("", operation_id="list_people")
def list_people(desk: AtDesk, _visitor: Bearing) -> PeopleList:
    """List everybody."""
    with desk.pool.transaction() as conn:
        return PeopleList(people=rows.everyone(conn), invitations=invitation_rows.every_open(conn))


@router.post("/invitations", status_code=201, operation_id="invite_person")
def invite(desk: AtDesk, visitor: Bearing, body: InvitationBody) -> InvitationMade:
    """Invite somebody, by mail where there is a mail server."""
    with desk.pool.transaction() as conn:
        made = invitations.invite(conn, email=body.email, role=body.role, team_ids=body.team_ids, by=visitor.agent_id, now=desk.clock())
    told = tell_invited(desk, made, inviter=visitor.name)
    return InvitationMade(id=made.id, email=made.email, url=told.url, mailed=told.mailed)


@router.delete("/invitations/{invitation_id}", status_code=204, operation_id="revoke_invitation")
def revoke(desk: AtDesk, visitor: Bearing, invitation_id: InvitationId) -> None:
    """Take an invitation back."""
    with desk.pool.transaction() as conn:
        invitations.revoke(conn, invitation_id=invitation_id, by=visitor.agent_id, now=desk.clock())


@router.patch("/{agent_id}", operation_id="change_person")
def change(desk: AtDesk, visitor: Bearing, agent_id: AgentId, body: PersonBody) -> rows.Person:
    """Change role, teams, or whether somebody may come in: all of it or nothing."""
    with desk.pool.transaction() as conn:
        _change(conn, agent_id, body, by=visitor.agent_id, desk=desk)
        found = rows.lock(conn, agent_id)
    if found is None:
        raise NotFound
    return found


def _change(conn: Connection, agent_id: AgentId, body: PersonBody, *, by: AgentId, desk: AtDesk) -> None:
    now = desk.clock()
    if body.active:
        people.reactivate(conn, agent_id=agent_id, by=by, now=now)
    if body.role is not None:
        people.change_role(conn, agent_id=agent_id, role=body.role, by=by, now=now)
    if body.team_ids is not None:
        people.change_teams(conn, agent_id=agent_id, team_ids=body.team_ids, by=by, now=now)
    if body.active is False:
        people.deactivate(conn, agent_id=agent_id, by=by, now=now)
