"""Cases over REST: the same views, the same actions as on screen."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query

from amends.api.answering import Wish, answer
from amends.api.auth import Bearing
from amends.api.desk import AtDesk
from amends.api.rest._bodies import AssignBody, NoteBody, ReplyBody
from amends.api.rest._case import Case, done, read_case
from amends.inbox.actions.assign import Expected, assign, assign_team
from amends.inbox.actions.note import add_note
from amends.inbox.actions.resolve import dismiss, reopen, resolve, undo_resolve
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.views import Filter, Marker, Sort, View
from amends.inbox.store import inbox_list

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseList:
    """One page of cases; `next` is what `after` takes for the following one, empty at the end."""

    cases: list[inbox_list.CaseRow]
    next: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """The reply that is on its way; read the case to see it sent, failed or proven."""

    reply_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """The note that was kept."""

    note_id: int


@router.get("", operation_id="list_cases")
def list_cases(  # noqa: PLR0913
    desk: AtDesk,
    visitor: Bearing,
    view: View = View.OPEN,
    sort: Sort = Sort.NEWEST,
    brand: str = "",
    network: str = "",
    language: str = "",
    mood: str = "",
    q: str = "",
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CaseList:
    """List the cases of a view by keyset: no page skips a case because another one was added or taken away."""
    chosen = Filter(brand=brand, network=network, language=language, mood=mood, text=q)
    marker = Marker.read(after, sort)
    with desk.pool.transaction() as conn:
        rows = inbox_list.page(conn, view=view, chosen=chosen, sort=sort, agent_id=visitor.agent_id, after=marker, limit=limit + 1)
    kept = rows[:limit]
    return CaseList(cases=kept, next=str(inbox_list.marker_of(kept[-1], sort)) if len(rows) > limit else "")


@router.get("/{case_id}", operation_id="get_case")
def get_case(desk: AtDesk, _visitor: Bearing, case_id: CaseId) -> Case:
    """Return one case."""
    with desk.pool.transaction() as conn:
        return read_case(conn, case_id)


@router.post("/{case_id}/reply", status_code=202, operation_id="reply")
def reply(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: ReplyBody) -> Queued:
    """Queue a reply under the customer's newest post, public unless it is said to be private."""
    wish = Wish(private=body.private, in_posts=body.in_posts)
    with desk.pool.transaction() as conn:
        made = answer(conn, desk, visitor, case_id=case_id, text=body.text, key=body.key, resolve=body.resolve, wish=wish)
    desk.wake()
    return Queued(reply_id=made)


@router.post("/{case_id}/note", status_code=201, operation_id="note")
def note(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: NoteBody) -> Noted:
    """Keep a note for colleagues."""
    with desk.pool.transaction() as conn:
        made = add_note(conn, case_id=case_id, agent_id=visitor.agent_id, text=body.text, now=desk.clock())
    desk.wake()
    return Noted(note_id=made)


@router.post("/{case_id}/assign", operation_id="assign")
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


@router.post("/{case_id}/resolve", operation_id="resolve")
def end(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Resolve the case and plan its follow-up."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: resolve(conn, case_id=case_id, agent_id=me, policy=desk.policy, now=now))


@router.post("/{case_id}/undo_resolve", operation_id="undo_resolve")
def undo(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Take a resolve of the last two minutes back."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: undo_resolve(conn, case_id=case_id, agent_id=me, now=now))


@router.post("/{case_id}/dismiss", operation_id="dismiss")
def put_aside(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Put the case aside as no work of ours."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: dismiss(conn, case_id=case_id, agent_id=me, now=now))


@router.post("/{case_id}/reopen", operation_id="reopen")
def open_again(desk: AtDesk, visitor: Bearing, case_id: CaseId) -> Case:
    """Open a resolved or dismissed case again."""
    now, me = desk.clock(), visitor.agent_id
    return done(desk, case_id, lambda conn: reopen(conn, case_id=case_id, agent_id=me, now=now))
