"""Suggested incidents: complaints that say the same, and what somebody makes of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, check_reach, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import elsewhere, saying
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import cluster_choices
from amends.inbox.actions.cluster_choices import Who
from amends.inbox.rules.ids import CaseId, ClusterId, IncidentId
from amends.inbox.rules.incidents import GRAVITIES, Gravity
from amends.inbox.rules.rights import Right
from amends.inbox.store import cluster_list, counts, incidents
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/incidents/suggestions", include_in_schema=False)
SEE, WORK, TRIAGE = [may(Right.SEE)], [may(Right.WORK)], [may(Right.TRIAGE)]
SHOWN, LOUDEST, MEMBERS = 20, 3, 200
LATELY = timedelta(hours=1)


@router.get("", dependencies=SEE)
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what waits for somebody, that of which most is heard first; for htmx only the list."""
    with desk.pool.transaction() as conn:
        values = _listed(conn, desk, visitor) | {"counts": counts.read(conn, visitor.scope)}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "clusters.html", ["listed"], values)
    return desk.screens.page(request, "clusters.html", values)


@router.get("/{cluster_id}", dependencies=SEE)
def look(request: Request, desk: AtDesk, visitor: Reading, cluster_id: ClusterId) -> Response:
    """Show one with its cases."""
    with desk.pool.transaction() as conn:
        values = _one(conn, desk, visitor, cluster_id) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "cluster.html", values)


@router.post("/{cluster_id}/confirm", dependencies=WORK)
def confirm(
    desk: AtDesk,
    visitor: Meaning,
    cluster_id: ClusterId,
    name: Annotated[str, Form(max_length=400)] = "",
    severity: Annotated[Gravity, Form()] = Gravity.HIGH,
) -> Response:
    """Open an incident over its cases, and its board."""
    who, now = _who(visitor), desk.clock()
    with desk.pool.transaction() as conn:
        incident_id = cluster_choices.confirm(conn, cluster_id, name=name, severity=severity, who=who, now=now)
    desk.wake()
    undo = f"/incidents/suggestions/{cluster_id}/unconfirm"
    return elsewhere(desk.screens.nothing(), f"/incidents/{incident_id}", _("It is an incident now"), undo=undo)


@router.post("/{cluster_id}/belongs", dependencies=WORK)
def belong(request: Request, desk: AtDesk, visitor: Meaning, cluster_id: ClusterId, incident_id: Annotated[IncidentId, Form()]) -> Response:
    """Let it be part of an incident that goes on."""
    check_reach(desk, visitor, "incident_id", incident_id)
    with desk.pool.transaction() as conn:
        cluster_choices.belongs_to(conn, cluster_id, incident_id, who=_who(visitor), now=desk.clock())
    undo = f"/incidents/suggestions/{cluster_id}/unconfirm"
    return _done(request, desk, visitor, cluster_id, _("Its cases belong to incident %(id)s now") % {"id": incident_id}, undo=undo)


@router.post("/{cluster_id}/unconfirm", dependencies=WORK)
def unconfirm(desk: AtDesk, visitor: Meaning, cluster_id: ClusterId) -> Response:
    """Take back that it is an incident, and show the suggestion."""
    me, now = visitor.agent_id, desk.clock()
    _act(desk, lambda conn: cluster_choices.unconfirm(conn, cluster_id, agent_id=me, now=now))
    desk.wake()
    return elsewhere(desk.screens.nothing(), f"/incidents/suggestions/{cluster_id}", _("It waits for somebody again"))


@router.post("/{cluster_id}/dismiss", dependencies=WORK)
def dismiss(request: Request, desk: AtDesk, visitor: Meaning, cluster_id: ClusterId) -> Response:
    """Say that it is no incident; the toast takes it back."""
    me, now = visitor.agent_id, desk.clock()
    _act(desk, lambda conn: cluster_choices.dismiss(conn, cluster_id, agent_id=me, now=now))
    return _done(request, desk, visitor, cluster_id, _("No incident"), undo=f"/incidents/suggestions/{cluster_id}/restore")


@router.post("/{cluster_id}/restore", dependencies=WORK)
def restore(request: Request, desk: AtDesk, visitor: Meaning, cluster_id: ClusterId) -> Response:
    """Say that it may be one after all."""
    me, now = visitor.agent_id, desk.clock()
    _act(desk, lambda conn: cluster_choices.restore(conn, cluster_id, agent_id=me, now=now))
    return _done(request, desk, visitor, cluster_id, _("It waits for somebody again"))


@router.post("/{cluster_id}/cases/{case_id}/split", dependencies=WORK)
def split(request: Request, desk: AtDesk, visitor: Meaning, cluster_id: ClusterId, case_id: CaseId) -> Response:
    """Take a case out; the toast lets it belong again."""
    me, now = visitor.agent_id, desk.clock()
    _act(desk, lambda conn: cluster_choices.split(conn, cluster_id, case_id, agent_id=me, now=now))
    undo = f"/incidents/suggestions/{cluster_id}/cases/{case_id}/back"
    return _done(request, desk, visitor, cluster_id, _("Taken out; it decides no more what belongs here"), undo=undo)


@router.post("/{cluster_id}/cases/{case_id}/back", dependencies=WORK)
def back(request: Request, desk: AtDesk, visitor: Meaning, cluster_id: ClusterId, case_id: CaseId) -> Response:
    """Let a case belong again."""
    me, now = visitor.agent_id, desk.clock()
    _act(desk, lambda conn: cluster_choices.split(conn, cluster_id, case_id, agent_id=me, now=now, back=True))
    return _done(request, desk, visitor, cluster_id, _("It belongs here again"))


@router.post("/{cluster_id}/topic", dependencies=TRIAGE)
def name_topic(
    request: Request, desk: AtDesk, visitor: Meaning, cluster_id: ClusterId, name: Annotated[str, Form(max_length=400)] = ""
) -> Response:
    """Make a topic of it."""
    with desk.pool.transaction() as conn:
        cluster_choices.name_topic(conn, cluster_id, name=name, who=_who(visitor), now=desk.clock())
    return _done(request, desk, visitor, cluster_id, _("It is a topic now, and is learnt from its posts"))


def _who(visitor: Visitor) -> Who:
    return Who(agent_id=visitor.agent_id, scope=visitor.scope)


def _act(desk: Desk, act: Callable[[Connection], None]) -> None:
    with desk.pool.transaction() as conn:
        act(conn)


def _done(request: Request, desk: Desk, visitor: Visitor, cluster_id: ClusterId, text: str, *, undo: str = "") -> HTMLResponse:
    """Return what the page shows of it, the one itself or the list, as it is now, and say what was done."""
    desk.wake()
    own = request.headers.get("HX-Current-URL", "").endswith(f"/incidents/suggestions/{cluster_id}")
    with desk.pool.transaction() as conn:
        values = (_one(conn, desk, visitor, cluster_id) if own else _listed(conn, desk, visitor)) | {"apart": True}
    template, block = ("cluster.html", "shown") if own else ("clusters.html", "listed")
    return saying(desk.screens.blocks(request, template, [block], values), text, undo=undo)


def _listed(conn: Connection, desk: Desk, visitor: Visitor) -> dict[str, Any]:
    clusters = cluster_list.suggestions(conn, visitor.scope, lately=desk.clock() - LATELY, limit=SHOWN)
    loudest = cluster_list.loudest(conn, visitor.scope, [one.id for one in clusters], each=LOUDEST)
    return {"clusters": clusters, "loudest": loudest, "apart": False}


def _one(conn: Connection, desk: Desk, visitor: Visitor, cluster_id: ClusterId) -> dict[str, Any]:
    found = cluster_list.find(conn, visitor.scope, cluster_id, lately=desk.clock() - LATELY)
    if found is None:
        raise NotFound(_("There is no suggested incident %(id)s any more.") % {"id": cluster_id})
    return {
        "one": found,
        "members": cluster_list.members(conn, visitor.scope, cluster_id, limit=MEMBERS),
        "most": MEMBERS,
        "gravities": GRAVITIES,
        "open_incidents": [] if found.incident_id else incidents.going_on(conn, visitor.scope, limit=SHOWN),
        "apart": False,
    }
