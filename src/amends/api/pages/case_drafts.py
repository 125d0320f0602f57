"""Drafts: kept as one types, thrown away, brought back. What a colleague wrote meanwhile is never written over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.pages._sending import back_in_the_box
from amends.api.screen import saying
from amends.core.translating import gettext as _
from amends.inbox.actions.drafts import bring_back, discard, save
from amends.inbox.rules.ids import AgentId, CaseId, DraftId
from amends.inbox.rules.rights import Right
from amends.inbox.store import drafts
from amends.inbox.store.drafts import Draft

router = APIRouter(prefix="/inbox/{case_id:int}/drafts", include_in_schema=False)
WORK = [may(Right.WORK)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is kept now: `version` is what the next saving names, 0 where there is nothing."""

    version: int
    ours: bool
    message: str = ""
    agent: str = ""
    text: str = ""
    saved_at: datetime | None = None


@router.get("/{box}", dependencies=WORK)
def kept(desk: AtDesk, visitor: Reading, case_id: CaseId, box: str) -> Told:
    """Tell what is kept now, for a page that was read a moment before."""
    with desk.pool.transaction() as conn:
        draft = drafts.of_case(conn, case_id=case_id).get(box)
    return _told(draft, visitor.agent_id, ours=draft is not None and draft.agent_id == visitor.agent_id)


@router.put("/{box}", dependencies=WORK)
def keep(
    desk: AtDesk, visitor: Meaning, case_id: CaseId, box: str, text: Annotated[str, Form()] = "", version: Annotated[int, Form()] = 0
) -> Response:
    """Keep what is written; 409 with the other words where somebody wrote since `version`."""
    with desk.pool.transaction() as conn:
        kept = save(conn, case_id=case_id, box=box, text=text, version=version, agent_id=visitor.agent_id, now=desk.clock())
    told = _told(kept.draft, visitor.agent_id, ours=kept.ours)
    return JSONResponse(jsonable_encoder(told), status_code=200 if kept.ours else 409)


@router.post("/{box}/discard", dependencies=WORK)
def throw_away(desk: AtDesk, _visitor: Meaning, case_id: CaseId, box: str, version: Annotated[int, Form()] = 0) -> Response:
    """Throw the draft away as it was seen; the toast brings it back."""
    with desk.pool.transaction() as conn:
        gone = discard(conn, case_id=case_id, box=box, version=version, now=desk.clock())
    answer = desk.screens.nothing()
    undo = f"/inbox/{case_id}/drafts/{gone}/restore" if gone else ""
    return saying(answer, _("Thrown away"), undo=undo, more={"draft-gone": {"case": case_id, "box": box}})


@router.post("/{draft_id:int}/restore", dependencies=WORK)
def put_back(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, draft_id: DraftId) -> Response:
    """Bring a draft back that was thrown away."""
    with desk.pool.transaction() as conn:
        draft = bring_back(conn, case_id=case_id, draft_id=draft_id, now=desk.clock())
    return back_in_the_box(request, desk, visitor, draft, _("Here it is again"))


def _told(draft: Draft | None, me: AgentId, *, ours: bool) -> Told:
    if draft is None:
        message = "" if ours else _("This draft was sent or thrown away meanwhile. What you write now is kept as a new one.")
        return Told(version=0, ours=ours, message=message)
    message = "" if ours else _changed_by(draft, me)
    return Told(version=draft.version, ours=ours, message=message, agent=draft.agent, text=draft.text, saved_at=draft.saved_at)


def _changed_by(draft: Draft, me: AgentId) -> str:
    if draft.agent_id == me:
        return _("You changed this draft in another tab or browser. What you wrote here is kept in this one.")
    return _("%(name)s has changed this draft meanwhile. Yours is kept in this browser.") % {"name": draft.agent}
