"""Follow-ups over REST: whether the resolutions held."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import OutcomeBody
from amends.inbox.actions.follow_up import decide_follow_up
from amends.inbox.rules.ids import FollowUpId
from amends.inbox.rules.rights import Right
from amends.inbox.store import follow_up_list

router = APIRouter(prefix="/api/v1/follow_ups", tags=["follow-ups"])


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpList:
    """One page of follow-ups, the newest first; `next` is what `before` takes for the following one, null at the end."""

    follow_ups: list[follow_up_list.FollowUp]
    next: int | None


@router.get("", operation_id="list_follow_ups", dependencies=[program_may(Right.SEE)])
def list_follow_ups(
    desk: AtDesk, visitor: Bearing, before: int | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> FollowUpList:
    """List all follow-ups."""
    with desk.pool.transaction() as conn:
        rows = follow_up_list.newest(conn, visitor.scope, before=before, limit=limit + 1)
    return FollowUpList(follow_ups=rows[:limit], next=rows[limit - 1].id if len(rows) > limit else None)


@router.get("/due", operation_id="due_follow_ups", dependencies=[program_may(Right.SEE)])
def due(desk: AtDesk, visitor: Bearing, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> FollowUpList:
    """List the follow-ups that are due and wait for a conclusion, the longest due first."""
    with desk.pool.transaction() as conn:
        return FollowUpList(follow_ups=follow_up_list.due(conn, visitor.scope, now=desk.clock(), limit=limit), next=None)


@router.post("/{follow_up_id}/decide", status_code=204, operation_id="decide_follow_up", dependencies=[program_may(Right.WORK)])
def decide(desk: AtDesk, visitor: Bearing, follow_up_id: FollowUpId, body: OutcomeBody) -> None:
    """Keep what is known of whether the resolution held; what the customer showed in public is not overruled."""
    with desk.pool.transaction() as conn:
        decide_follow_up(conn, follow_up_id=follow_up_id, outcome=body.outcome, agent_id=visitor.agent_id, note=body.note, now=desk.clock())
    desk.wake()
