"""Organisations over REST: companies and associations with their members, how they are, and why."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from amends.api.auth import Bearing, check_reach, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._customer import source_of
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions import organisations as keeping
from amends.inbox.actions.customer_figures import as_seen, engagement_seen
from amends.inbox.actions.organisations import TermsWish, Wish
from amends.inbox.rules.ids import AgentId, CustomerId, MembershipId, OrganisationId
from amends.inbox.rules.organisations import Engagement, Health, OrganisationKind, Why, health, why
from amends.inbox.rules.rights import Right
from amends.inbox.store import memberships, organisations
from amends.inbox.store.memberships import Membership
from amends.inbox.store.organisations import Organisation

router = APIRouter(prefix="/api/v1/organisations", tags=["organisations"])
LARGEST = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisations:
    """A page of organisations by name; `after` asks for the next one, null at the end."""

    organisations: list[Organisation]
    after: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationShown:
    """An organisation with how it is, and the reasons for that."""

    organisation: Organisation
    health: Health
    why: list[Why]
    engagement: Engagement


@dataclass(frozen=True, kw_only=True, slots=True)
class Members:
    """A page of memberships, the newest first; `below` asks for the next one, null at the end."""

    members: list[Membership]
    below: int | None


class OrganisationBody(Body):
    """An organisation; `remind_days` before a membership renews its owner is told."""

    name: str = Field(min_length=1, max_length=300)
    kind: OrganisationKind = OrganisationKind.COMPANY
    domain: str = Field(default="", max_length=300)
    note: str = Field(default="", max_length=10_000)
    owner_id: Id | None = None
    remind_days: int = Field(default=30, ge=0, le=365)

    def wish(self) -> Wish:
        """Return what is wished."""
        owner = None if self.owner_id is None else AgentId(self.owner_id)
        return Wish(name=self.name, kind=self.kind, domain=self.domain, note=self.note, owner_id=owner, remind_days=self.remind_days)


class TermsBody(Body):
    """On what terms somebody belongs; days as 2026-03-31, empty where there is none."""

    role: str = Field(default="", max_length=300)
    number: str = Field(default="", max_length=300)
    since: str = Field(default="", max_length=40)
    until: str = Field(default="", max_length=40)
    renews_on: str = Field(default="", max_length=40)

    def wish(self) -> TermsWish:
        """Return what is wished."""
        return TermsWish(role=self.role, number=self.number, since=self.since, until=self.until, renews_on=self.renews_on)


class MemberBody(TermsBody):
    """A customer who is to belong, and on what terms."""

    customer_id: Id


@router.get("", operation_id="list_organisations", dependencies=[program_may(Right.SEE)])
def list_organisations(
    desk: AtDesk,
    _visitor: Bearing,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> Organisations:
    """List organisations by name, those whose names hold `q`."""
    with desk.pool.transaction() as conn:
        rows = organisations.page(conn, q, now=desk.clock(), after=after, limit=organisations.PAGE + 1)
    shown = rows[: organisations.PAGE]
    return Organisations(organisations=shown, after=shown[-1].id if len(rows) > len(shown) else None)


@router.post("", status_code=201, operation_id="add_organisation", dependencies=[program_may(Right.WORK)])
def add(desk: AtDesk, visitor: Bearing, body: OrganisationBody) -> Organisation:
    """Add an organisation."""
    with desk.pool.transaction() as conn:
        organisation_id = keeping.add_organisation(conn, body.wish(), agent_id=visitor.agent_id, now=desk.clock())
        return keeping.there(conn, organisation_id, now=desk.clock())


@router.get("/{organisation_id}", operation_id="get_organisation", dependencies=[program_may(Right.SEE)])
def get(desk: AtDesk, visitor: Bearing, response: Response, organisation_id: OrganisationId) -> OrganisationShown:
    """Return an organisation, how it is and why."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        found = keeping.there(conn, organisation_id, now=now)
        tag(response, keeping.mark_of(found))
        at = engagement_seen(conn, organisation_id, visitor.scope, now=now)
    return OrganisationShown(organisation=found, health=health(why(at)), why=why(at), engagement=at)


@router.put("/{organisation_id}", operation_id="change_organisation", dependencies=[program_may(Right.WORK)])
def change(
    desk: AtDesk, visitor: Bearing, response: Response, organisation_id: OrganisationId, body: OrganisationBody, seen: SeenAt
) -> Organisation:
    """Change an organisation; with `If-Match` (its `ETag`) only where nobody changed it since, else 409."""
    with desk.pool.transaction() as conn:
        keeping.change_organisation(conn, organisation_id, body.wish(), agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
        found = keeping.there(conn, organisation_id, now=desk.clock())
    tag(response, keeping.mark_of(found))
    return found


@router.delete("/{organisation_id}", status_code=204, operation_id="archive_organisation", dependencies=[program_may(Right.WORK)])
def archive(desk: AtDesk, visitor: Bearing, organisation_id: OrganisationId) -> Response:
    """Put an organisation away; its members stay."""
    with desk.pool.transaction() as conn:
        keeping.archive_organisation(conn, organisation_id, agent_id=visitor.agent_id, now=desk.clock())
    return Response(status_code=204)


@router.get("/{organisation_id}/members", operation_id="list_members", dependencies=[program_may(Right.SEE)])
def members(
    desk: AtDesk, visitor: Bearing, organisation_id: OrganisationId, below: Annotated[int | None, Query(ge=0, lt=2**63)] = None
) -> Members:
    """List memberships, those that are over too."""
    with desk.pool.transaction() as conn:
        rows = memberships.page(conn, organisation_id, visitor.scope, now=desk.clock(), below=below)
        shown = as_seen(conn, rows[: memberships.PAGE], visitor.scope, now=desk.clock())
    return Members(members=shown, below=shown[-1].membership_id if len(rows) > len(shown) else None)


@router.post("/{organisation_id}/members", status_code=201, operation_id="add_member", dependencies=[program_may(Right.WORK)])
def add_member(desk: AtDesk, visitor: Bearing, organisation_id: OrganisationId, body: MemberBody) -> Membership:
    """Let a customer belong to an organisation."""
    customer_id, now = CustomerId(body.customer_id), desk.clock()
    check_reach(desk, visitor, "customer_id", customer_id)
    with desk.pool.transaction() as conn:
        found = keeping.add_member(conn, organisation_id, customer_id, body.wish(), source=source_of(visitor), now=now)
        return as_seen(conn, [keeping.membership(conn, found, now=now)], visitor.scope, now=now)[0]


@router.put("/members/{membership_id}", operation_id="change_member", dependencies=[program_may(Right.WORK)])
def change_member(desk: AtDesk, visitor: Bearing, membership_id: MembershipId, body: TermsBody) -> Membership:
    """Change on what terms somebody belongs."""
    _reached(desk, visitor, membership_id)
    with desk.pool.transaction() as conn:
        keeping.change_member(conn, membership_id, body.wish(), source=source_of(visitor), now=desk.clock())
        return as_seen(conn, [keeping.membership(conn, membership_id, now=desk.clock())], visitor.scope, now=desk.clock())[0]


@router.delete("/members/{membership_id}", status_code=204, operation_id="end_membership", dependencies=[program_may(Right.WORK)])
def end(desk: AtDesk, visitor: Bearing, membership_id: MembershipId) -> Response:
    """Let a membership be over."""
    _reached(desk, visitor, membership_id)
    with desk.pool.transaction() as conn:
        keeping.end_membership(conn, membership_id, source=source_of(visitor), now=desk.clock())
    return Response(status_code=204)


def _reached(desk: AtDesk, visitor: Bearing, membership_id: MembershipId) -> None:
    """Raise `NotFound` where the membership is of a customer whom the visitor does not see."""
    with desk.pool.transaction() as conn:
        customer_id = keeping.membership(conn, membership_id, now=desk.clock()).id
    check_reach(desk, visitor, "customer_id", customer_id)
