"""What an agent does with a case: note, resolve, put aside, and take back. Answers are in `case_reply`, giving away in `case_assign`."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.core.translating import _
from amends.inbox.actions.note import add_note, not_told
from amends.inbox.actions.resolve import dismiss, reopen, resolve, undo_resolve
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


@router.post("/note", dependencies=[may(Right.WORK)])
def note(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, text: Annotated[str, Form()] = "") -> Response:
    """Keep a note for colleagues; the toast names who is mentioned in it and does not see the case."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        missing = not_told(conn, case_id=case_id, text=text)
    return done(
        request,
        desk,
        case_id,
        lambda conn: add_note(conn, case_id=case_id, agent_id=visitor.agent_id, text=text, now=now),
        _("Noted. %(missing)s") % {"missing": missing} if missing else _("Noted"),
        undo=EventKind.NOTE_ADDED,
        written="note",
    )


@router.post("/resolve", dependencies=[may(Right.WORK)])
def end(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Resolve the case and plan its follow-up; the toast takes it back."""
    now, me = desk.clock(), visitor.agent_id
    return done(
        request,
        desk,
        case_id,
        lambda conn: resolve(conn, case_id=case_id, agent_id=me, policy=desk.policy, now=now),
        _("Resolved"),
        undo=EventKind.CASE_RESOLVED,
    )


@router.post("/undo", dependencies=[may(Right.WORK)])
def undo(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Take the resolve back, as if it had not been."""
    now, me = desk.clock(), visitor.agent_id
    return done(request, desk, case_id, lambda conn: undo_resolve(conn, case_id=case_id, agent_id=me, now=now), _("Taken back"))


@router.post("/dismiss", dependencies=[may(Right.WORK)])
def put_aside(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Put the case aside as no work of ours."""
    now, me = desk.clock(), visitor.agent_id
    return done(
        request,
        desk,
        case_id,
        lambda conn: dismiss(conn, case_id=case_id, agent_id=me, now=now),
        _("Put aside: no work of ours"),
        undo=EventKind.CASE_DISMISSED,
    )


@router.post("/reopen", dependencies=[may(Right.WORK)])
def open_again(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Open the case again."""
    now, me = desk.clock(), visitor.agent_id
    return done(
        request,
        desk,
        case_id,
        lambda conn: reopen(conn, case_id=case_id, agent_id=me, now=now),
        _("Open again"),
        undo=EventKind.CASE_REOPENED,
    )
