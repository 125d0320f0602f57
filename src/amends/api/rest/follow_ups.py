"""Follow-ups over REST: whether the resolutions held."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import OutcomeBody
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.follow_up import decide_follow_up, take_decision_back
from amends.inbox.rules.ids import FollowUpId
from amends.inbox.rules.rights import Right
from amends.inbox.store import follow_up_list, follow_up_tasks, follow_ups, held

router = APIRouter(prefix="/api/v1/follow_ups", tags=["follow-ups"])


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpList:
    """One page of follow-ups, the newest first; `next` is what `before` takes for the following one, null at the end."""

    follow_ups: list[follow_up_list.FollowUp]
    next: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What speaks for or against one resolution."""

    evidence: list[follow_up_tasks.EvidenceRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldNumber:
    """How many resolutions of a span held; docs/follow-up.md defines each part. Shares are of the concluded, null where there is none."""

    parts: held.Held
    concluded: int
    share_held: float | None
    share_not_relapsed: float | None


@router.get("/held", operation_id="held", dependencies=[program_may(Right.NUMBERS)])
def held_number(desk: AtDesk, visitor: Bearing, since: datetime, until: datetime, days: Literal["7", "30"] = "7") -> HeldNumber:
    """Return of the resolutions from `since` to before `until` how many held after 7 or 30 days: the number of the managers' page."""
    with desk.pool.transaction() as conn:
        found = held.held(conn, days=int(days), since=since, until=until, scope=visitor.scope)
    return HeldNumber(parts=found, concluded=found.concluded, share_held=found.share_held, share_not_relapsed=found.share_not_relapsed)


@router.get("/csat", operation_id="csat", dependencies=[program_may(Right.NUMBERS)])
def csat(desk: AtDesk, visitor: Bearing, since: datetime, until: datetime) -> held.Csat:
    """Return what customers answered from `since` to before `until`."""
    with desk.pool.transaction() as conn:
        return held.csat(conn, since=since, until=until, scope=visitor.scope)


@router.get("", operation_id="list_follow_ups", dependencies=[program_may(Right.SEE)])
def list_follow_ups(
    desk: AtDesk,
    visitor: Bearing,
    before: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
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


@router.post("/{follow_up_id}/take_back", status_code=204, operation_id="take_follow_up_back", dependencies=[program_may(Right.WORK)])
def take_back(desk: AtDesk, visitor: Bearing, follow_up_id: FollowUpId) -> None:
    """Take one's own word on a follow-up back: it runs on, or is judged by what else is known."""
    with desk.pool.transaction() as conn:
        take_decision_back(conn, follow_up_id=follow_up_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()


@router.get("/{follow_up_id}/evidence", operation_id="follow_up_evidence", dependencies=[program_may(Right.SEE)])
def evidence(desk: AtDesk, visitor: Bearing, follow_up_id: FollowUpId) -> Evidence:
    """List what speaks for or against the resolution, the oldest first."""
    with desk.pool.transaction() as conn:
        known = follow_ups.find(conn, follow_up_id=follow_up_id)
        if known is None:
            raise NotFound(_("There is no such follow-up."))
        return Evidence(evidence=follow_up_tasks.evidence(conn, visitor.scope, [known.episode_id]).get(known.episode_id, []))
