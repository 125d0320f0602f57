"""Cases over REST: the same views, the same actions as on screen."""

from dataclasses import dataclass
from typing import Annotated
from uuid import NAMESPACE_OID, uuid5

from fastapi import APIRouter, Query

from amends.api.answering import Wish, answer
from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.looking import Looking, asker_of
from amends.api.rest._bodies import AnsweredBody, AssignBody, NoteBody, ReplyBody
from amends.api.rest._case import Case, done, read_case
from amends.api.rest._once import IdempotencyKey, once
from amends.core.errors import Refused
from amends.inbox.actions import answered_there
from amends.inbox.actions.assign import Expected, assign, assign_team
from amends.inbox.actions.note import add_note, not_told
from amends.inbox.actions.resolve import dismiss, reopen, resolve, undo_resolve
from amends.inbox.actions.take_back import take_back_reply
from amends.inbox.rules.holding import Seen
from amends.inbox.rules.ids import CaseId, ReplyId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.views import Marker
from amends.inbox.rules.words import ReplyState
from amends.inbox.store import inbox_list, replies

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseList:
    """One page of cases; `next` is what `after` takes for the following one, empty at the end."""

    cases: list[inbox_list.CaseRow]
    next: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """The reply that is on its way, or `proposed` where a second person reads it first; read the case to see what becomes of it."""

    reply_id: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """The note that was kept; `warning` names who is mentioned in it and does not see the case."""

    note_id: int
    warning: str = ""


@router.get("", operation_id="list_cases", dependencies=[program_may(Right.SEE)])
def list_cases(
    desk: AtDesk,
    visitor: Bearing,
    look: Looking,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CaseList:
    """List the cases that fit `q` by keyset: no page skips a case because another one was added or taken away.

    One that itself moves in the order between two pages, as an answered one does by its deadline, may come twice or not at all.
    """
    if look.trouble:
        raise Refused(look.trouble)
    marker = Marker.read(after, look.sort)
    with desk.pool.transaction() as conn:
        rows = inbox_list.page(conn, look.asked, look.sort, asker_of(visitor, desk.clock()), after=marker, limit=limit + 1)
    kept = rows[:limit]
    return CaseList(cases=kept, next=str(inbox_list.marker_of(kept[-1], look.sort)) if len(rows) > limit else "")


@router.get("/{case_id}", operation_id="get_case", dependencies=[program_may(Right.SEE)])
def get_case(desk: AtDesk, _visitor: Bearing, case_id: CaseId) -> Case:
    """Return one case."""
    with desk.pool.transaction() as conn:
        return read_case(conn, case_id)


@router.post("/{case_id}/reply", status_code=202, operation_id="reply", dependencies=[program_may(Right.WORK)])
def reply(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: ReplyBody, idempotency_key: IdempotencyKey = "") -> Queued:
    """Queue a reply under the customer's newest post, public unless it is said to be private; an `Idempotency-Key` is a `key` in words."""
    key = body.key or (uuid5(NAMESPACE_OID, f"{visitor.agent_id} {idempotency_key}") if idempotency_key else None)
    wish = Wish(private=body.private, in_posts=body.in_posts, seen=Seen(posts=body.seen_posts, reply=body.seen_reply))
    with desk.pool.transaction() as conn:
        made = answer(conn, desk, visitor, case_id=case_id, text=body.text, key=key, resolve=body.resolve, wish=wish)
        found = replies.find(conn, reply_id=made)
    desk.wake()
    return Queued(reply_id=made, state=found.state if found else "")


@router.post("/{case_id}/answered_there", status_code=201, operation_id="answered_there", dependencies=[program_may(Right.WORK)])
def say_answered(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: AnsweredBody, idempotency_key: IdempotencyKey = "") -> Queued:
    """Keep that the answer was given on the network itself: it counts, and is sent nowhere; under the same `Idempotency-Key` once."""
    now, me, asked = desk.clock(), visitor.agent_id, f"answered_there {case_id} {body.model_dump_json()}"

    def keep() -> Queued:
        reply_id = answered_there.tell(
            conn,
            case_id=case_id,
            agent_id=me,
            text=body.text,
            at=body.answered_at,
            link=body.link,
            seen_posts=body.seen_posts,
            then_resolve=body.resolve,
            policy=desk.policy,
            now=now,
        )
        return Queued(reply_id=reply_id, state=ReplyState.SENT)

    with desk.pool.transaction() as conn:
        told = once(conn, Queued, keep, key=idempotency_key, asked=asked, agent_id=me, now=now)
    desk.wake()
    return told


@router.post("/{case_id}/replies/{reply_id}/take_back", operation_id="take_back_reply", dependencies=[program_may(Right.WORK)])
def take_back(desk: AtDesk, visitor: Bearing, case_id: CaseId, reply_id: ReplyId) -> Case:
    """Make a draft again of a reply that is not out yet, or that was given on the network itself."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: take_back_reply(conn, case_id=case_id, reply_id=reply_id, agent_id=me, now=now))


@router.post("/{case_id}/note", status_code=201, operation_id="note", dependencies=[program_may(Right.WORK)])
def note(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: NoteBody, idempotency_key: IdempotencyKey = "") -> Noted:
    """Keep a note for colleagues; under the same `Idempotency-Key` once."""
    now, me, asked = desk.clock(), visitor.agent_id, f"note {case_id} {body.text}"

    def keep() -> Noted:
        missing = not_told(conn, case_id=case_id, text=body.text)
        return Noted(note_id=add_note(conn, case_id=case_id, agent_id=me, text=body.text, now=now), warning=missing)

    with desk.pool.transaction() as conn:
        noted = once(conn, Noted, keep, key=idempotency_key, asked=asked, agent_id=me, now=now)
    desk.wake()
    return noted


@router.post("/{case_id}/assign", operation_id="assign", dependencies=[program_may(Right.WORK)])
def give(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: AssignBody) -> Case:
    """Give the case to an agent, to a team, or to nobody."""
    now, me, team_id, whom = desk.clock(), visitor.agent_id, body.team_id, body.assignee_id
    told = "expected_assignee_id" in body.model_fields_set
    expected = Expected(assignee_id=body.expected_assignee_id) if told else None
    if team_id is not None:
        return done(
            desk,
            case_id,
            lambda conn: assign_team(conn, case_id=case_id, team_id=team_id, agent_id=me, now=now, expected=expected),
        )
    return done(desk, case_id, lambda conn: assign(conn, case_id=case_id, assignee_id=whom, agent_id=me, now=now, expected=expected))


@router.post("/{case_id}/resolve", operation_id="resolve", dependencies=[program_may(Right.WORK)])
def end(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Resolve the case and plan its follow-up."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: resolve(conn, case_id=case_id, agent_id=me, policy=desk.policy, now=now))


@router.post("/{case_id}/undo_resolve", operation_id="undo_resolve", dependencies=[program_may(Right.WORK)])
def undo(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Take a resolve of the last two minutes back."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: undo_resolve(conn, case_id=case_id, agent_id=me, now=now))


@router.post("/{case_id}/dismiss", operation_id="dismiss", dependencies=[program_may(Right.WORK)])
def put_aside(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Put the case aside as no work of ours."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: dismiss(conn, case_id=case_id, agent_id=me, now=now))


@router.post("/{case_id}/reopen", operation_id="reopen", dependencies=[program_may(Right.WORK)])
def open_again(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Open a resolved or dismissed case again."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: reopen(conn, case_id=case_id, agent_id=me, now=now))
