"""Who may be one person, over REST: suggestions, merging, and taking a merge back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from amends.api.auth import LARGEST_ID, Bearing, check_reach, program_may
from amends.api.desk import AtDesk
from amends.api.rest._customer import source_of
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import matches
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.evidence import Evidence, EvidenceKind
from amends.inbox.rules.ids import CustomerId, MatchId, MergeId
from amends.inbox.rules.rights import Right
from amends.inbox.store import match_suggestions, merges
from amends.inbox.store.match_suggestions import Apart, Suggestion
from amends.inbox.store.merges import Merge

router = APIRouter(prefix="/api/v1/matches", tags=["customers"])
MOST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Matches:
    """Open suggestions, the likeliest first; `after` asks for those behind, and is empty where there are none."""

    matches: list[Suggestion]
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """A merge that was made; `DELETE` of its address takes it back."""

    merge_id: MergeId
    survivor_id: CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Parted:
    """The record that stands for itself again."""

    customer_id: CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class PastMerge:
    """A merge, with who did it and who took it back, and with which programs; without an agent it was Amends on strong evidence."""

    id: MergeId
    survivor_id: CustomerId
    absorbed_id: CustomerId
    survivor: str
    absorbed: str
    agent: str | None
    program: str
    at: datetime
    undone_at: datetime | None
    undone_by: str | None
    undone_program: str


class ToMerge(BaseModel):
    """Which record becomes part of which; `choices` names for a field whose value it takes: survivor, absorbed or both.

    Of a sensitive attribute (`attributes.KEY`) only who may read it chooses: survivor or absorbed.
    """

    survivor_id: Annotated[int, Field(ge=1, lt=LARGEST_ID)]
    absorbed_id: Annotated[int, Field(ge=1, lt=LARGEST_ID)]
    choices: dict[str, str] = {}
    told_us: bool = False
    note: Annotated[str, Field(max_length=500)] = ""


@router.get("", operation_id="list_matches", dependencies=[program_may(Right.SEE)])
def list_matches(desk: AtDesk, visitor: Bearing, after: str = "", limit: Annotated[int, Query(ge=1, le=MOST)] = 50) -> Matches:
    """Return open suggestions between records that the token's owner sees."""
    with desk.pool.transaction() as conn:
        found = match_suggestions.page(conn, visitor.scope, after=_cursor(after), limit=limit + 1)
    shown = found[:limit]
    return Matches(matches=shown, after=f"{shown[-1].score!r}_{shown[-1].id}" if len(found) > limit else "")


@router.post("/{match_id}/dismiss", operation_id="dismiss_match", status_code=204, dependencies=[program_may(Right.WORK)])
def dismiss_match(desk: AtDesk, visitor: Bearing, match_id: MatchId) -> None:
    """Say that two records are two people."""
    with desk.pool.transaction() as conn:
        matches.dismiss(conn, match_id, scope=visitor.scope, source=source_of(visitor), now=desk.clock())


@router.post("/{match_id}/reopen", operation_id="reopen_match", status_code=204, dependencies=[program_may(Right.WORK)])
def reopen_match(desk: AtDesk, visitor: Bearing, match_id: MatchId) -> None:
    """Take it back that two records are two people."""
    with desk.pool.transaction() as conn:
        matches.reopen(conn, match_id, scope=visitor.scope, source=source_of(visitor), now=desk.clock())


@router.get("/dismissed/of/{customer_id}", operation_id="list_dismissed_matches", dependencies=[program_may(Right.SEE)])
def list_dismissed(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> list[Apart]:
    """Return who is said not to be this customer, the newest first."""
    with desk.pool.transaction() as conn:
        return match_suggestions.apart(conn, customer_id, visitor.scope)


@router.post("/merges", operation_id="merge_customers", status_code=201, dependencies=[program_may(Right.WORK)])
def merge_customers(desk: AtDesk, visitor: Bearing, body: ToMerge) -> Merged:
    """Make one record of two."""
    for customer_id in (body.survivor_id, body.absorbed_id):
        check_reach(desk, visitor, "customer_id", customer_id)
    shown = Evidence(kind=EvidenceKind.TOLD_US if body.told_us else EvidenceKind.AGENT, note=body.note)
    survivor_id = CustomerId(body.survivor_id)
    may_choose = visitor.may(Right.SENSITIVE)
    absorbed_id = CustomerId(body.absorbed_id)
    pair = Pair(survivor_id=survivor_id, absorbed_id=absorbed_id, choices=body.choices, sealed=may_choose, evidence=(shown,))
    with desk.pool.transaction() as conn:
        merge_id = merge(conn, pair, agent_id=visitor.agent_id, now=desk.clock(), program=visitor.token)
    return Merged(merge_id=merge_id, survivor_id=survivor_id)


@router.get("/merges/of/{customer_id}", operation_id="list_merges", dependencies=[program_may(Right.SEE)])
def list_merges(desk: AtDesk, customer_id: CustomerId) -> list[PastMerge]:
    """Return the merges in which a record took part, the newest first."""
    with desk.pool.transaction() as conn:
        return [_past(one) for one in merges.of_customer(conn, customer_id)]


@router.delete("/merges/{merge_id}", operation_id="unmerge_customers", dependencies=[program_may(Right.WORK)])
def unmerge_customers(desk: AtDesk, visitor: Bearing, merge_id: MergeId) -> Parted:
    """Take a merge back: each record is what it was."""
    with desk.pool.transaction() as conn:
        return Parted(customer_id=unmerge(conn, merge_id, agent_id=visitor.agent_id, now=desk.clock(), program=visitor.token))


def _past(one: Merge) -> PastMerge:
    return PastMerge(
        id=one.id,
        survivor_id=one.survivor_id,
        absorbed_id=one.absorbed_id,
        survivor=one.survivor,
        absorbed=one.absorbed,
        agent=one.agent,
        program=one.program,
        at=one.at,
        undone_at=one.undone_at,
        undone_by=one.undone_by,
        undone_program=one.undone_program,
    )


def _cursor(after: str) -> tuple[float, int] | None:
    if not after:
        return None
    score, _sign, match_id = after.partition("_")
    try:
        found = float(score), int(match_id)
    except ValueError as error:
        raise Refused(_("Give `after` as the answer before had it.")) from error
    if not (0 <= found[0] <= 1 and 0 <= found[1] < LARGEST_ID):
        raise Refused(_("Give `after` as the answer before had it."))
    return found
