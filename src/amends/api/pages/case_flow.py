"""What lets a case rest and come back: snoozed, woken, unread again; and the taking back of whatever happened to it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.answering import head_of
from amends.api.auth import Meaning, Reading, check_reach, may
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import snooze
from amends.inbox.actions.deeds.snooze import wish
from amends.inbox.actions.read import mark_unread
from amends.inbox.actions.undo import undo
from amends.inbox.rules import snoozing
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.incidents import OVER
from amends.inbox.rules.rights import Right
from amends.inbox.rules.snoozing import Sleep
from amends.inbox.store import incidents, snoozes
from amends.inbox.store.incidents import Incident
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)
WORK = [may(Right.WORK)]


@router.get("/snooze", dependencies=WORK)
def choose(request: Request, desk: AtDesk, visitor: Reading, case_id: CaseId, zone: str = "") -> Response:
    """Show the times that can be chosen, by the agent's own clock."""
    here = snoozing.zone_of(zone)
    with desk.pool.transaction() as conn:
        values = {
            "case_id": head_of(conn, case_id).id,
            "asleep": snoozes.find(conn, case_id=case_id),
            "incidents": _to_wait_for(conn, visitor),
        }
    times = snoozing.times(snoozing.presets(desk.clock(), here))
    return desk.screens.blocks(request, "snooze.html", ["picker"], values | {"times": times, "zone": zone})


@router.post("/snooze", dependencies=WORK)
def lay_down(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    preset: Annotated[str, Form(max_length=20)] = "",
    at: Annotated[str, Form(max_length=40)] = "",
    zone: Annotated[str, Form(max_length=60)] = "",
    reason: Annotated[str, Form(max_length=20)] = "",
    incident: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Let the case sleep; `preset` may be `next`, the nearest of the times that are offered."""
    check_reach(desk, visitor, "incident_id", incident)
    now = desk.clock()
    sleep = wish(reason, snoozing.chosen(preset, at, zone, now), incident)
    return done(
        request,
        desk,
        case_id,
        lambda conn: snooze.snooze(conn, case_id=case_id, sleep=sleep, agent_id=visitor.agent_id, now=now),
        _said(sleep, zone),
        undo=EventKind.CASE_SNOOZED,
    )


@router.post("/wake", dependencies=WORK)
def rouse(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Wake the case."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: snooze.wake(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Awake again"),
        undo=EventKind.CASE_WOKEN,
    )


@router.post("/unread", dependencies=WORK)
def look_again(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Put the unread mark back."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: mark_unread(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Unread again"),
        undo=EventKind.CASE_UNREAD,
    )


@router.post("/events/{event_id}/undo", dependencies=WORK)
def take_back(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, event_id: int) -> Response:
    """Take back what happened, as long as nothing later would be overwritten."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: undo(conn, case_id=case_id, event_id=event_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Taken back"),
    )


def _to_wait_for(conn: Connection, visitor: Visitor) -> list[Incident]:
    return [one for one in incidents.going_on(conn, visitor.scope) if one.status not in OVER]


def _said(sleep: Sleep, zone: str) -> str:
    return _("Snoozed until the incident is over") if sleep.incident_id else snoozing.said(sleep, zone)
