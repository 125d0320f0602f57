"""Incidents over REST: opened, joined, left, where they stand, what is said of them, and telling everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from amends.api.auth import Bearing, check_cases_reach, program_may
from amends.api.desk import AtDesk
from amends.api.looking import asker_of
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.inbox.actions import incidents as acts
from amends.inbox.actions import selecting
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.incidents import LONGEST_REASON, Gravity, How, NewIncident, Stage
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.store import incident_board, incident_cases, incident_notes, incidents, matching
from amends.inbox.store.incident_board import Board, Loud, Share
from amends.inbox.store.incident_cases import Coming, Member
from amends.inbox.store.incident_notes import StatusNote
from amends.inbox.store.incidents import Incident, Listed, OnIt
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])
SEE, WORK = [program_may(Right.SEE)], [program_may(Right.WORK)]
LARGEST = 2**63 - 1
MOST_CASES = 5_000
Id = Annotated[int, Field(ge=1, le=LARGEST)]
Below = Annotated[int | None, Query(ge=0, le=LARGEST)]


class IncidentBody(Body):
    """An incident; over `case_ids`, or over what a `query` finds, as far as the token's owner sees.

    They join for the `reason`; without one for the query, or the name.
    """

    name: str = Field(min_length=1, max_length=400)
    brand_id: Id
    severity: Gravity = Gravity.HIGH
    started_at: AwareDatetime | None = None
    case_ids: list[Id] = Field(default_factory=list, max_length=MOST_CASES)
    query: str = Field(default="", max_length=2_000)
    reason: str = Field(default="", max_length=LONGEST_REASON)

    def new(self) -> NewIncident:
        """Return what is opened."""
        return NewIncident(name=self.name, brand_id=self.brand_id, severity=self.severity, started_at=self.started_at)


class CasesBody(Body):
    """Cases that join, and why; nothing joins without a reason."""

    case_ids: list[Id] = Field(min_length=1, max_length=MOST_CASES)
    reason: str = Field(default="", max_length=LONGEST_REASON)


class LeaveBody(Body):
    """Why a case leaves."""

    reason: str = Field(default="", max_length=LONGEST_REASON)


class StatusBody(Body):
    """Where it stands."""

    status: Stage


class NoteBody(Body):
    """What is said of it, by language."""

    texts: dict[str, str] = Field(min_length=1, max_length=20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Incidents:
    """A page of incidents, the newest first; `below` asks for the next one, null at the end."""

    incidents: Sequence[Listed]
    below: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentShown:
    """An incident with its board, as far as the token's owner sees."""

    incident: Incident
    board: Board
    shares: Sequence[Share]
    loudest: Sequence[Loud]
    people: Sequence[OnIt]
    notes: Sequence[StatusNote]


@dataclass(frozen=True, kw_only=True, slots=True)
class Members:
    """The cases of an incident, who joined last first; `at` and `after` ask for the next page, null at the end."""

    cases: Sequence[Member]
    at: datetime | None
    after: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """The cases that joined; those that were in it, or in another one that goes on, are left out."""

    incident_id: int
    case_ids: Sequence[int]


@router.get("", dependencies=SEE, operation_id="list_incidents")
def list_incidents(desk: AtDesk, visitor: Bearing, closed: bool = False, below: Below = None, limit: int = 50) -> Incidents:
    """List incidents."""
    most = min(max(limit, 1), 100)
    with desk.pool.transaction() as conn:
        found = incidents.page(conn, visitor.scope, closed=closed, below=below, limit=most + 1)
    return Incidents(incidents=found[:most], below=found[most - 1].id if len(found) > most else None)


@router.post("", status_code=201, dependencies=WORK, operation_id="open_incident")
def open_incident(desk: AtDesk, visitor: Bearing, body: IncidentBody) -> Joined:
    """Open an incident, and let cases join it."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        chosen, coming = _chosen(conn, body, visitor, now)
        made = acts.open(conn, body.new(), case_ids=chosen, coming=coming, agent_id=visitor.agent_id, now=now)
        there = {one.case_id for one in incident_cases.page(conn, visitor.scope, made, limit=MOST_CASES)}
    return Joined(incident_id=made, case_ids=sorted(there))


@router.get("/{incident_id}", dependencies=SEE, operation_id="get_incident")
def show(desk: AtDesk, visitor: Bearing, incident_id: int) -> IncidentShown:
    """Show an incident."""
    with desk.pool.transaction() as conn:
        return _shown(conn, visitor.scope, incident_id)


@router.post("/{incident_id}/status", dependencies=WORK, operation_id="set_incident_status")
def stand(desk: AtDesk, visitor: Bearing, incident_id: int, body: StatusBody) -> IncidentShown:
    """Say where it stands; once it is over, the cases wake that sleep until then."""
    with desk.pool.transaction() as conn:
        acts.set_status(conn, incident_id, body.status, agent_id=visitor.agent_id, now=desk.clock())
        return _shown(conn, visitor.scope, incident_id)


@router.post("/{incident_id}/notes", status_code=201, dependencies=WORK, operation_id="note_incident")
def note(desk: AtDesk, visitor: Bearing, incident_id: int, body: NoteBody) -> IncidentShown:
    """Say something of it, once for all of its cases."""
    with desk.pool.transaction() as conn:
        acts.note(conn, incident_id, body.texts, agent_id=visitor.agent_id, now=desk.clock())
        return _shown(conn, visitor.scope, incident_id)


@router.get("/{incident_id}/cases", dependencies=SEE, operation_id="list_incident_cases")
def cases(
    desk: AtDesk, visitor: Bearing, incident_id: int, at: AwareDatetime | None = None, after: Below = None, limit: int = 50
) -> Members:
    """List its cases."""
    most = min(max(limit, 1), 200)
    before = (at, after) if at is not None and after is not None else None
    with desk.pool.transaction() as conn:
        one = acts.incident_of(conn, incident_id)
        found = incident_cases.page(conn, visitor.scope, one.id, before=before, limit=most + 1)
    last = found[most - 1] if len(found) > most else None
    return Members(cases=found[:most], at=last.joined_at if last else None, after=last.case_id if last else None)


@router.post("/{incident_id}/cases", dependencies=WORK, operation_id="join_incident")
def join(desk: AtDesk, visitor: Bearing, incident_id: int, body: CasesBody) -> Joined:
    """Let cases join."""
    check_cases_reach(desk, visitor, body.case_ids)
    coming = Coming(how=How.HAND, reason=body.reason)
    with desk.pool.transaction() as conn:
        joined = acts.join(conn, incident_id, body.case_ids, coming=coming, agent_id=visitor.agent_id, now=desk.clock())
    return Joined(incident_id=incident_id, case_ids=joined)


@router.post("/{incident_id}/cases/{case_id}/leave", dependencies=WORK, operation_id="leave_incident")
def leave(desk: AtDesk, visitor: Bearing, incident_id: int, case_id: CaseId, body: LeaveBody) -> Joined:
    """Take a case out."""
    with desk.pool.transaction() as conn:
        acts.leave(conn, incident_id, case_id, reason=body.reason, agent_id=visitor.agent_id, now=desk.clock())
    return Joined(incident_id=incident_id, case_ids=[])


def _chosen(conn: Connection, body: IncidentBody, visitor: Visitor, now: datetime) -> tuple[list[int], Coming]:
    """Return the cases that join, those that the owner sees, and how they come."""
    asker = asker_of(visitor, now)
    if body.query:
        return selecting.matching(conn, parse(body.query), asker), Coming(how=How.QUERY, reason=body.reason or body.query[:LONGEST_REASON])
    return sorted(matching.matches(conn, parse(""), body.case_ids, asker)), Coming(how=How.HAND, reason=body.reason)


def _shown(conn: Connection, scope: Scope, incident_id: int) -> IncidentShown:
    one = acts.incident_of(conn, incident_id)
    found: dict[str, Any] = {
        "board": incident_board.board(conn, scope, incident_id),
        "shares": incident_board.shares(conn, scope, incident_id),
        "loudest": incident_board.loudest(conn, scope, incident_id),
        "people": incidents.people(conn, one.id),
        "notes": incident_notes.newest(conn, incident_id),
    }
    return IncidentShown(incident=one, **found)
