"""What was promised in a case: marked in the answer that one writes, kept, withdrawn, taken back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.core.translating import _
from amends.inbox.actions import promises
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.promising import due_of, suggested
from amends.inbox.rules.rights import Right
from amends.inbox.rules.working_hours import zone_of

router = APIRouter(prefix="/inbox/{case_id:int}/promises", include_in_schema=False, dependencies=[may(Right.WORK)])
Zone = Annotated[str, Form(max_length=60)]


@router.post("/suggest")
def suggest(
    request: Request,
    desk: AtDesk,
    _visitor: Meaning,
    case_id: CaseId,
    text: Annotated[str, Form(max_length=20_000)] = "",
    chosen: Annotated[str, Form(max_length=20_000)] = "",
    zone: Zone = "",
) -> Response:
    """Show the form of a promise, filled with what the answer seems to promise; nothing is kept."""
    found = suggested(chosen or text, desk.clock(), zone)
    at = found.due_at.astimezone(zone_of(zone or "UTC")).strftime("%Y-%m-%dT%H:%M") if found.due_at else ""
    values = {"case_id": case_id, "text": found.text, "at": at, "zone": zone}
    return desk.screens.blocks(request, "promises.html", ["form"], values)


@router.post("")
def make(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    promised: Annotated[str, Form(max_length=2_000)] = "",
    at: Annotated[str, Form(max_length=40)] = "",
    zone: Zone = "",
    said: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Keep a promise; it counts with the next answer that goes out, unless it was said already."""
    now, due_at = desk.clock(), due_of(at, zone)
    return done(
        request,
        desk,
        case_id,
        lambda conn: promises.promise(
            conn, case_id=case_id, text=promised, due_at=due_at, said=said == "yes", agent_id=visitor.agent_id, now=now
        ),
        _("The promise counts from now on") if said == "yes" else _("The promise counts as soon as your answer is out"),
    )


@router.post("/{promise_id:int}/end")
def settle(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    promise_id: int,
    state: Annotated[Literal["kept", "withdrawn"], Form()],
) -> Response:
    """Say that a promise was kept, or is withdrawn."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: promises.end(conn, case_id=case_id, promise_id=promise_id, state=state, agent_id=visitor.agent_id, now=desk.clock()),
        _("The promise is kept") if state == "kept" else _("The promise is withdrawn"),
        undo=f"/inbox/{case_id}/promises/{promise_id}/back",
    )


@router.post("/{promise_id:int}/back")
def take_back(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, promise_id: int) -> Response:
    """Let a settled promise stand again."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: promises.take_back(conn, case_id=case_id, promise_id=promise_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("The promise stands again"),
    )
