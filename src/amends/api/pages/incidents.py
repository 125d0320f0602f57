"""Incidents: the list, and the board of one with all that is done to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._incident_view import board_values, words
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import incidents as acts
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.incidents import STAGES, NewIncident, Stage
from amends.inbox.rules.rights import Right
from amends.inbox.store import brands, counts, incident_cases, incidents
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/incidents", include_in_schema=False)
SEE, WORK = [may(Right.SEE)], [may(Right.WORK)]
SHOWN = 50
Id = Annotated[int | None, Query(ge=0, lt=2**63)]


@router.get("", dependencies=SEE)
def every(request: Request, desk: AtDesk, visitor: Reading, closed: bool = False, below: Id = None) -> Response:
    """Show the incidents, the newest first."""
    with desk.pool.transaction() as conn:
        found = incidents.page(conn, visitor.scope, closed=closed, below=below, limit=SHOWN + 1)
        values = {"incidents": found[:SHOWN], "more": found[SHOWN - 1].id if len(found) > SHOWN else None, "closed": closed}
        values |= {"brands": brands.every(conn), "counts": counts.read(conn, visitor.scope), **words()}
    return desk.screens.page(request, "incidents.html", values)


@router.post("", dependencies=[*WORK, ONCE])
def make(
    desk: AtDesk,
    visitor: Meaning,
    name: Annotated[str, Form(max_length=400)] = "",
    brand_id: Annotated[int, Form()] = 0,
    severity: Annotated[str, Form(max_length=20)] = "high",
) -> Response:
    """Open an incident by hand, and its board."""
    new = NewIncident(name=name, brand_id=brand_id, severity=severity)
    with desk.pool.transaction() as conn:
        made = acts.open(conn, new, agent_id=visitor.agent_id, now=desk.clock())
    answer = desk.screens.nothing()
    answer.headers["HX-Redirect"] = f"/incidents/{made}"
    return answer


@router.get("/{incident_id:int}", dependencies=SEE)
def one(request: Request, desk: AtDesk, visitor: Reading, incident_id: int) -> Response:
    """Show the board; for htmx only what changes on it."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, visitor, incident_id) | {"apart": False}
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "incident.html", ["live"], values)
        values |= {"counts": counts.read(conn, visitor.scope), "brands": brands.every(conn)}
    return desk.screens.page(request, "incident.html", values)


@router.post("/{incident_id:int}", dependencies=WORK)
def change(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    incident_id: int,
    name: Annotated[str, Form(max_length=400)] = "",
    brand_id: Annotated[int, Form()] = 0,
    severity: Annotated[str, Form(max_length=20)] = "",
    started_at: Annotated[str, Form(max_length=40)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Describe it anew, unless somebody did since the page was opened; the beginning is read in UTC."""
    new = NewIncident(name=name, brand_id=brand_id, severity=severity, started_at=_moment(started_at))
    with desk.pool.transaction() as conn:
        acts.change(conn, incident_id, new, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    return _shown(request, desk, visitor, incident_id, _("Saved"), also=["seen"])


@router.post("/{incident_id:int}/status", dependencies=WORK)
def stand(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, status: Annotated[str, Form(max_length=20)]) -> Response:
    """Say where it stands; the toast takes it back."""
    with desk.pool.transaction() as conn:
        was = acts.set_status(conn, incident_id, status, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    undo = f"/incidents/{incident_id}/status/{was}" if was != status else ""
    return _shown(request, desk, visitor, incident_id, _("Everybody sees: %(status)s") % {"status": STAGES[Stage(status)]}, undo=undo)


@router.post("/{incident_id:int}/status/{status}", dependencies=WORK)
def stand_again(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, status: str) -> Response:
    """Say that it stands as before."""
    with desk.pool.transaction() as conn:
        acts.stand_again(conn, incident_id, status, agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, incident_id, _("Taken back"))


@router.post("/{incident_id:int}/people", dependencies=WORK)
def put_on(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, agent_id: Annotated[AgentId, Form()]) -> Response:
    """Put a colleague on it."""
    with desk.pool.transaction() as conn:
        acts.put_on(conn, incident_id, agent_id, agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, incident_id, _("Saved"), undo=f"/incidents/{incident_id}/people/{agent_id}/off")


@router.post("/{incident_id:int}/people/{agent_id}/off", dependencies=WORK)
def take_off(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, agent_id: AgentId) -> Response:
    """Take a colleague off it."""
    with desk.pool.transaction() as conn:
        acts.take_off(conn, incident_id, agent_id, agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, incident_id, _("Saved"))


@router.post("/{incident_id:int}/notes", dependencies=WORK)
def note(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    incident_id: int,
    language: Annotated[list[str], Form()],
    text: Annotated[list[str], Form()],
) -> Response:
    """Say something of it once for all of its cases; the toast takes it back."""
    said = {code: words for code, words in zip(language, text, strict=False) if words.strip()}
    with desk.pool.transaction() as conn:
        made = acts.note(conn, incident_id, said, agent_id=visitor.agent_id, now=desk.clock())
    undo = f"/incidents/{incident_id}/notes/{made}/remove"
    return _shown(request, desk, visitor, incident_id, _("All of its cases show it now"), undo=undo)


@router.post("/{incident_id:int}/notes/{note_id}/remove", dependencies=WORK)
def remove_note(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, note_id: int) -> Response:
    """Take a note away."""
    with desk.pool.transaction() as conn:
        acts.remove_note(conn, incident_id, note_id, agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, incident_id, _("Taken back"), undo=f"/incidents/{incident_id}/notes/{note_id}/back")


@router.post("/{incident_id:int}/notes/{note_id}/back", dependencies=WORK)
def bring_note_back(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, note_id: int) -> Response:
    """Bring a note back."""
    with desk.pool.transaction() as conn:
        acts.remove_note(conn, incident_id, note_id, agent_id=visitor.agent_id, now=desk.clock(), back=True)
    return _shown(request, desk, visitor, incident_id, _("It is back"))


@router.get("/{incident_id:int}/cases", dependencies=SEE)
def cases(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    incident_id: int,
    at: datetime,
    after: Annotated[int, Query(ge=0, lt=2**63)],
) -> Response:
    """Show the next cases, behind who joined at that moment."""
    with desk.pool.transaction() as conn:
        found = acts.incident_of(conn, incident_id)
        members = incident_cases.page(conn, visitor.scope, found.id, before=(at, after))
    return desk.screens.blocks(request, "incident.html", ["members"], {"members": members, "one": found, **words()})


@router.post("/{incident_id:int}/cases/{case_id}/leave", dependencies=WORK)
def leave(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    incident_id: int,
    case_id: CaseId,
    reason: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Take a case out, and say why; the toast puts it back."""
    with desk.pool.transaction() as conn:
        acts.leave(conn, incident_id, case_id, reason=reason, agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, incident_id, _("Taken out"), undo=f"/incidents/{incident_id}/cases/{case_id}/back")


@router.post("/{incident_id:int}/cases/{case_id}/back", dependencies=WORK)
def put_back(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, case_id: CaseId) -> Response:
    """Put a case back."""
    with desk.pool.transaction() as conn:
        acts.join_again(conn, incident_id, case_id, agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, incident_id, _("It is back"))


def _values(conn: Connection, desk: Desk, visitor: Visitor, incident_id: int) -> dict[str, Any]:
    return board_values(conn, visitor.scope, incident_id, desk.clock())


def _shown(  # noqa: PLR0913
    request: Request, desk: Desk, visitor: Visitor, incident_id: int, text: str, *, undo: str = "", also: Sequence[str] = ()
) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, desk, visitor, incident_id) | {"apart": True}
    return saying(desk.screens.blocks(request, "incident.html", ["live", "belonging", *also], values), text, undo=undo)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(_("This is no date and time that we can read.")) from error
    return found and (found if found.tzinfo else found.replace(tzinfo=UTC))
