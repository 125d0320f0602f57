"""Sleep, the unread mark and undo over REST."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from amends.api.auth import Bearing, check_reach, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._case import Case, done
from amends.inbox.actions import snooze
from amends.inbox.actions.read import mark_read, mark_unread
from amends.inbox.actions.undo import undo
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.snoozing import Reason, Sleep

router = APIRouter(prefix="/api/v1/cases/{case_id}", tags=["cases"])
WORK = [program_may(Right.WORK)]


class SnoozeBody(Body):
    """Until when the case sleeps: `until` a time, until the `customer` writes, or until an `incident` is over (its number)."""

    reason: Reason = Reason.TIME
    until: AwareDatetime | None = None
    incident: Annotated[int | None, Field(ge=1, lt=2**63)] = None


@router.post("/snooze", dependencies=WORK, operation_id="snooze")
def lay_down(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: SnoozeBody) -> Case:
    """Let the case sleep; a post of its customer wakes it in any case."""
    check_reach(desk, visitor, "incident_id", body.incident or "")
    now: datetime = desk.clock()
    known = body.incident if body.reason is Reason.INCIDENT else None
    sleep = Sleep(reason=body.reason, until=body.until, incident_id=known)
    return done(desk, case_id, lambda conn: snooze.snooze(conn, case_id=case_id, sleep=sleep, agent_id=visitor.agent_id, now=now))


@router.post("/wake", dependencies=WORK, operation_id="wake")
def rouse(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Wake the case to where it was."""
    return done(desk, case_id, lambda conn: snooze.wake(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock()))


@router.post("/read", dependencies=WORK, operation_id="mark_read")
def read(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Take the unread mark off."""
    return done(desk, case_id, lambda conn: mark_read(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock()))


@router.post("/unread", dependencies=WORK, operation_id="mark_unread")
def unread(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Put the unread mark back."""
    return done(desk, case_id, lambda conn: mark_unread(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock()))


@router.post("/events/{event_id}/undo", dependencies=WORK, operation_id="undo_event")
def take_back(desk: AtDesk, visitor: Bearing, case_id: CaseId, event_id: int) -> Case:
    """Take back what an event of the case says; 409 where something later would be overwritten."""
    return done(desk, case_id, lambda conn: undo(conn, case_id=case_id, event_id=event_id, agent_id=visitor.agent_id, now=desk.clock()))
