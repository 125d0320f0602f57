"""Approvals over REST: the answers that wait for a second person, let out or given back."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from pydantic import Field

from amends.api.answering import in_words
from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._case import Case, done
from amends.core.database import Connection
from amends.inbox.actions.approve import approve, give_back
from amends.inbox.rules.holding import Seen
from amends.inbox.rules.ids import CaseId, ReplyId
from amends.inbox.rules.rights import Right
from amends.inbox.store import approvals

router = APIRouter(prefix="/api/v1", tags=["approvals"])
APPROVE = [program_may(Right.APPROVE)]


class ApproveBody(Body):
    """How far the customer's posts and our answers were read, where there are newer ones than the answer knew; and its words, if others."""

    seen_posts: int | None = None
    seen_reply: int | None = None
    text: str | None = Field(default=None, min_length=1, max_length=20_000)


class GiveBackBody(Body):
    """What should be otherwise."""

    note: str = Field(min_length=1, max_length=1_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalList:
    """The answers that wait, the longest first, at most 200."""

    waiting: list[approvals.Waiting]


@router.get("/approvals", operation_id="list_approvals", dependencies=APPROVE)
def list_approvals(desk: AtDesk, visitor: Bearing) -> ApprovalList:
    """List the answers that wait."""
    with desk.pool.transaction() as conn:
        return ApprovalList(waiting=approvals.waiting(conn, visitor.scope))


@router.post("/cases/{case_id}/replies/{reply_id}/approve", operation_id="approve_reply", dependencies=APPROVE)
def let_out(desk: AtDesk, visitor: Bearing, case_id: CaseId, reply_id: ReplyId, body: ApproveBody) -> Case:
    """Let a colleague's answer out, with `text` in these words; 409 where the customer has written, or a colleague has answered, since."""
    now, me, none = desk.clock(), visitor.agent_id, timedelta(0)
    seen = Seen(posts=body.seen_posts, reply=body.seen_reply)

    def act(conn: Connection) -> None:
        words = in_words(conn, case_id=case_id, reply_id=reply_id, text=body.text)
        approve(conn, case_id=case_id, reply_id=reply_id, agent_id=me, wait=none, now=now, seen=seen, words=words)

    return done(desk, case_id, act)


@router.post("/cases/{case_id}/replies/{reply_id}/give_back", operation_id="give_back_reply", dependencies=APPROVE)
def hand_back(desk: AtDesk, visitor: Bearing, case_id: CaseId, reply_id: ReplyId, body: GiveBackBody) -> Case:
    """Make a colleague's answer their draft again."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: give_back(conn, case_id=case_id, reply_id=reply_id, agent_id=me, note=body.note, now=now))
