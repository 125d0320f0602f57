"""Drafts over REST: what the team is writing in a case. A program names the version it has seen, so that it writes over nobody's words."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from amends.api.answering import head_of
from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.errors import Conflict
from amends.core.translating import gettext as _
from amends.inbox.actions.drafts import discard, save
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.store import drafts

router = APIRouter(prefix="/api/v1/cases/{case_id}/drafts", tags=["drafts"])
WORK, SEE = [program_may(Right.WORK)], [program_may(Right.SEE)]


class DraftBody(Body):
    """What is written; `version` is that of the draft as it was read, 0 where there was none."""

    text: str = Field(min_length=1, max_length=20_000)
    version: int = Field(default=0, ge=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftList:
    """The drafts of a case, one a box."""

    drafts: list[drafts.Draft]


@router.get("", operation_id="list_drafts", dependencies=SEE)
def list_drafts(desk: AtDesk, _visitor: Bearing, case_id: CaseId) -> DraftList:
    """List what is being written in a case."""
    with desk.pool.transaction() as conn:
        head_of(conn, case_id)
        return DraftList(drafts=list(drafts.of_case(conn, case_id=case_id).values()))


@router.put("/{box}", operation_id="save_draft", dependencies=WORK)
def keep(desk: AtDesk, visitor: Bearing, case_id: CaseId, box: str, body: DraftBody) -> DraftList:
    """Keep a draft (`reply` or `note`); 409 where somebody wrote since that version."""
    with desk.pool.transaction() as conn:
        kept = save(conn, case_id=case_id, box=box, text=body.text, version=body.version, agent_id=visitor.agent_id, now=desk.clock())
        if not kept.ours:
            raise Conflict(_("Somebody has written here since; read the draft again, then decide."))
        return DraftList(drafts=[kept.draft] if kept.draft else [])


@router.delete("/{box}", status_code=204, operation_id="discard_draft", dependencies=WORK)
def throw_away(desk: AtDesk, _visitor: Bearing, case_id: CaseId, box: str, version: Annotated[int, Query(ge=0)] = 0) -> None:
    """Throw a draft away; 409 where somebody wrote since that version."""
    with desk.pool.transaction() as conn:
        discard(conn, case_id=case_id, box=box, version=version, now=desk.clock())
