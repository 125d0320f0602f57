"""The case: its thread in context, the customer beside it, the box to answer in."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from amends.api.answering import head_of
from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.looking import Looking, asker_of
from amends.api.pages._acting import shown
from amends.api.pages._case_view import case_values
from amends.api.pages._composer import composer_values
from amends.api.pages._look import list_values
from amends.api.screen import together
from amends.inbox.actions.read import mark_read
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.store import case_parts, drafts, openings, unread

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


@router.get("", dependencies=[may(Right.SEE)])
def case(
    request: Request, desk: AtDesk, visitor: Reading, look: Looking, case_id: CaseId, hx_target: Annotated[str, Header()] = ""
) -> Response:
    """Show the case; for htmx only its pane. Who works takes its unread mark off."""
    with desk.pool.transaction() as conn:
        head = head_of(conn, case_id)
        first_new = unread.oldest(conn, case_id) if head.unread else None
        all_new = head.unread and first_new is None and unread.is_unseen(conn, case_id)
        openings.add(conn, customer_id=head.customer_id, agent_id=visitor.agent_id, place="case", now=desk.clock())
        if head.unread and visitor.may(Right.WORK):
            mark_read(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock())
        has = case_parts.of_case(conn, head)
        values = case_values(conn, head, has, desk.able, visitor.scope, now=desk.clock())
        values |= composer_values(conn, desk, head, has, agent_id=visitor.agent_id, newest_reply=values["newest_reply"])
        values |= {"apart": False, "first_new": first_new, "all_new": all_new}
        if hx_target == "case":
            return desk.screens.blocks(request, "case.html", ["pane"], values)
        values |= list_values(conn, look, visitor, asker_of(visitor, desk.clock()))
    return desk.screens.page(request, "inbox.html", values)


@router.get("/live", dependencies=[may(Right.SEE)])
def live(request: Request, desk: AtDesk, visitor: Reading, case_id: CaseId) -> Response:
    """Return what is new in an open case; for who works also what colleagues are writing there."""
    case = shown(request, desk, case_id)
    if not visitor.may(Right.WORK):
        return case
    with desk.pool.transaction() as conn:
        kept = {"drafts": drafts.of_case(conn, case_id=case_id), "apart": True}
    return together(case, desk.screens.blocks(request, "composer.html", ("reply_kept", "note_kept"), kept))
