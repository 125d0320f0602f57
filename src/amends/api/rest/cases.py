"""Cases over REST: the same views, the same actions as on screen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from amends.api.auth import Bearing
from amends.api.desk import AtDesk, Desk
from amends.api.networks import check_length
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.inbox.actions.assign import assign
from amends.inbox.actions.note import add_note
from amends.inbox.actions.reply import queue_reply
from amends.inbox.actions.resolve import dismiss, reopen, resolve, undo_resolve
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.views import Filter, Marker, Sort, View
from amends.inbox.store import case_page, inbox_list
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseList:
    """One page of cases; `next` is what `after` takes for the following one, empty at the end."""

    cases: list[inbox_list.CaseRow]
    next: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A case with everything that was said in and around it, each list oldest first."""

    case: case_page.CaseHead
    posts: list[case_page.ThreadPost]
    replies: list[case_page.ReplyRow]
    notes: list[case_page.NoteRow]
    events: list[case_page.EventRow]
    follow_ups: list[case_page.FollowUpRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """The reply that is on its way; read the case to see it sent, failed and proven."""

    reply_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """The note that was kept."""

    note_id: int


class Body(BaseModel):
    """A request's body; fields that are not known are refused rather than passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ReplyBody(Body):
    """A public reply. The same `key` is the same reply, however often it is sent."""

    text: str = Field(min_length=1, max_length=20_000)
    key: UUID | None = None
    resolve: bool = False


class NoteBody(Body):
    """A note for colleagues."""

    text: str = Field(min_length=1, max_length=20_000)


class AssignBody(Body):
    """Who gets the case; null gives it back to everyone."""

    assignee_id: int | None


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
    """List the cases of a view by keyset: a page never skips a case because another one moved."""
    chosen = Filter(brand=brand, network=network, language=language, mood=mood, text=q.replace("\x00", "").strip())
    with desk.pool.transaction() as conn:
        rows = inbox_list.page(
            conn, view=view, chosen=chosen, sort=sort, agent_id=visitor.agent_id, after=Marker.read(after, sort), limit=limit + 1
        )
    kept = rows[:limit]
    return CaseList(cases=kept, next=str(inbox_list.marker_of(kept[-1], sort)) if len(rows) > limit else "")


@router.get("/{case_id}", operation_id="get_case")
def get_case(desk: AtDesk, _visitor: Bearing, case_id: int) -> Case:
    """Return one case."""
    with desk.pool.transaction() as conn:
        return _case(conn, case_id)


@router.post("/{case_id}/reply", status_code=202, operation_id="reply")
def reply(desk: AtDesk, visitor: Bearing, case_id: int, body: ReplyBody) -> Queued:
    """Queue a public reply under the customer's newest post."""
    with desk.pool.transaction() as conn:
        head = _head(conn, case_id)
        check_length(head.network, head.source_options, body.text)
        made = queue_reply(conn, **_who(desk, visitor, case_id), text=body.text, key=body.key, resolve=body.resolve, policy=desk.policy)
    desk.wake()
    return Queued(reply_id=made)


@router.post("/{case_id}/note", status_code=201, operation_id="note")
def note(desk: AtDesk, visitor: Bearing, case_id: int, body: NoteBody) -> Noted:
    """Keep a note for colleagues."""
    with desk.pool.transaction() as conn:
        made = add_note(conn, **_who(desk, visitor, case_id), text=body.text)
    desk.wake()
    return Noted(note_id=made)


@router.post("/{case_id}/assign", operation_id="assign")
def give(desk: AtDesk, visitor: Bearing, case_id: int, body: AssignBody) -> Case:
    """Give the case to an agent, or to nobody."""
    whom = AgentId(body.assignee_id) if body.assignee_id is not None else None
    return _done(desk, case_id, lambda conn: assign(conn, **_who(desk, visitor, case_id), assignee_id=whom))


@router.post("/{case_id}/resolve", operation_id="resolve")
def end(desk: AtDesk, visitor: Bearing, case_id: int) -> Case:
    """Resolve the case and plan its follow-up."""
    return _done(desk, case_id, lambda conn: resolve(conn, **_who(desk, visitor, case_id), policy=desk.policy))


@router.post("/{case_id}/undo_resolve", operation_id="undo_resolve")
def undo(desk: AtDesk, visitor: Bearing, case_id: int) -> Case:
    """Take a resolve of the last two minutes back."""
    return _done(desk, case_id, lambda conn: undo_resolve(conn, **_who(desk, visitor, case_id)))


@router.post("/{case_id}/dismiss", operation_id="dismiss")
def put_aside(desk: AtDesk, visitor: Bearing, case_id: int) -> Case:
    """Put the case aside as no work of ours."""
    return _done(desk, case_id, lambda conn: dismiss(conn, **_who(desk, visitor, case_id)))


@router.post("/{case_id}/reopen", operation_id="reopen")
def open_again(desk: AtDesk, visitor: Bearing, case_id: int) -> Case:
    """Open a resolved or dismissed case again."""
    return _done(desk, case_id, lambda conn: reopen(conn, **_who(desk, visitor, case_id)))


def _who(desk: Desk, visitor: Visitor, case_id: int) -> dict[str, Any]:
    return {"case_id": CaseId(case_id), "agent_id": AgentId(visitor.agent_id), "now": desk.clock()}


def _head(conn: Connection, case_id: int) -> case_page.CaseHead:
    found = case_page.head(conn, case_id)
    if found is None:
        raise NotFound(f"There is no case {case_id}.")
    return found


def _case(conn: Connection, case_id: int) -> Case:
    head = _head(conn, case_id)
    return Case(
        case=head,
        posts=case_page.thread(conn, head),
        replies=case_page.replies(conn, case_id),
        notes=case_page.notes(conn, case_id),
        events=case_page.events(conn, case_id),
        follow_ups=case_page.follow_ups(conn, case_id),
    )


def _done(desk: Desk, case_id: int, act: Callable[[Connection], object]) -> Case:
    """Do `act`, wake the worker and return the case as it is then."""
    with desk.pool.transaction() as conn:
        act(conn)
        found = _case(conn, case_id)
    desk.wake()
    return found
