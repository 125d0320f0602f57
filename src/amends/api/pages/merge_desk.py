"""The merge desk: who may be one person, side by side; merge, keep apart, and take either back."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from amends.api.auth import LARGEST_ID, Meaning, Reading, check_reach, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._merge_view import desk_values
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.actions import matches
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.evidence import Evidence, EvidenceKind
from amends.inbox.rules.ids import CustomerId, MatchId, MergeId
from amends.inbox.rules.merging import Side
from amends.inbox.rules.rights import Right
from amends.inbox.store import openings
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/customers", include_in_schema=False)
WORK = [may(Right.WORK)]
CHOICE = "choice_"
MOST = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the form of two records says: which stays, what goes over into it, and whose value each field takes, by the record's id."""

    survivor_id: CustomerId
    absorbed_id: CustomerId
    taken: dict[str, str] = field(default_factory=dict[str, str])
    note: str = ""
    told: bool = False
    after: MatchId | None = None

    def pair(self, *, sealed: bool) -> Pair:
        """Return the two as the action takes them; `sealed` where sealed values may be chosen."""
        kind = EvidenceKind.TOLD_US if self.told else EvidenceKind.AGENT
        choices = {name: self._side(of) for name, of in self.taken.items()}
        return Pair(
            survivor_id=self.survivor_id,
            absorbed_id=self.absorbed_id,
            choices=choices,
            sealed=sealed,
            evidence=(Evidence(kind=kind, note=self.note),),
        )

    def _side(self, of: str) -> str:
        return {str(self.survivor_id): Side.SURVIVOR, str(self.absorbed_id): Side.ABSORBED}.get(of, of)


async def wanted(
    request: Request,
    survivor_id: Annotated[int, Form(ge=1, lt=LARGEST_ID)],
    one_id: Annotated[int, Form(ge=1, lt=LARGEST_ID)],
    other_id: Annotated[int, Form(ge=1, lt=LARGEST_ID)],
    after: Annotated[int | None, Form(ge=1, lt=LARGEST_ID)] = None,
) -> Wanted:
    """Read the form of two records."""
    sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return Wanted(
        survivor_id=CustomerId(survivor_id),
        absorbed_id=CustomerId(other_id if survivor_id == one_id else one_id),
        taken={name.removeprefix(CHOICE): value for name, value in sent.items() if name.startswith(CHOICE)},
        note=sent.get("note", "")[:MOST],
        told=sent.get("basis") == EvidenceKind.TOLD_US,
        after=MatchId(after) if after else None,
    )


@router.get("/merge", dependencies=WORK)
def compared(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    match: Annotated[int | None, Query(ge=1, lt=LARGEST_ID)] = None,
    one: Annotated[int | None, Query(ge=1, lt=LARGEST_ID)] = None,
    other: Annotated[int | None, Query(ge=1, lt=LARGEST_ID)] = None,
) -> Response:
    """Show a suggestion, the likeliest where none is named, or two records that somebody wants to compare."""
    pair = (one, other) if one is not None and other is not None else None
    for customer_id in pair or ():
        check_reach(desk, visitor, "customer_id", customer_id)
    with desk.pool.transaction() as conn:
        values = desk_values(conn, visitor, match_id=MatchId(match) if match else None, pair=pair)
        for side in values["sides"]:
            openings.add(conn, customer_id=side.record.id, agent_id=visitor.agent_id, place="merge", now=desk.clock())
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "merge_desk.html", ["shown"], values)
    return desk.screens.page(request, "merge_desk.html", values)


@router.post("/merge", dependencies=WORK)
def make_one(request: Request, desk: AtDesk, visitor: Meaning, asked: Annotated[Wanted, Depends(wanted)]) -> Response:
    """Make one record of two; the toast takes it back."""
    for customer_id in (asked.survivor_id, asked.absorbed_id):
        check_reach(desk, visitor, "customer_id", customer_id)
    with desk.pool.transaction() as conn:
        merge_id = merge(conn, asked.pair(sealed=visitor.may(Right.SENSITIVE)), agent_id=visitor.agent_id, now=desk.clock())
    return _next(request, desk, visitor, _("They are one record now"), undo=f"/customers/merge/{merge_id}/undo", after=asked.after)


@router.post("/merge/{merge_id}/undo", dependencies=WORK)
def take_back(request: Request, desk: AtDesk, visitor: Meaning, merge_id: MergeId) -> Response:
    """Take a merge back: each record is what it was."""
    with desk.pool.transaction() as conn:
        unmerge(conn, merge_id, agent_id=visitor.agent_id, now=desk.clock())
    return _next(request, desk, visitor, _("They are two records again"), apart=True)


@router.post("/matches/{match_id}/dismiss", dependencies=WORK)
def keep_apart(
    request: Request, desk: AtDesk, visitor: Meaning, match_id: MatchId, after: Annotated[int | None, Form(ge=1, lt=LARGEST_ID)] = None
) -> Response:
    """Say that two records are two people; the toast takes it back."""
    with desk.pool.transaction() as conn:
        matches.dismiss(conn, match_id, scope=visitor.scope, source=Source(by=visitor.agent_id), now=desk.clock())
    said = _("Two people, then; they are suggested again only for something new")
    return _next(request, desk, visitor, said, undo=f"/customers/matches/{match_id}/reopen", after=MatchId(after) if after else None)


@router.post("/matches/{match_id}/reopen", dependencies=WORK)
def ask_again(request: Request, desk: AtDesk, visitor: Meaning, match_id: MatchId) -> Response:
    """Take it back that two records are two people."""
    with desk.pool.transaction() as conn:
        matches.reopen(conn, match_id, scope=visitor.scope, source=Source(by=visitor.agent_id), now=desk.clock())
    return _next(request, desk, visitor, _("It is a question again"), after=match_id, apart=True)


def _next(  # noqa: PLR0913
    request: Request, desk: Desk, visitor: Visitor, said: str, *, undo: str = "", after: MatchId | None = None, apart: bool = False
) -> Response:
    """Show the suggestion that comes after what was decided."""
    with desk.pool.transaction() as conn:
        values = desk_values(conn, visitor, match_id=after) | ({"apart": True} if apart else {})
    desk.wake()
    return saying(desk.screens.blocks(request, "merge_desk.html", ["shown"], values), said, undo=undo)
