"""What an agent does with a case: answer, note, give away, resolve, put aside, and take back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from amends.api.answering import Wish, answer, named_in_public
from amends.api.auth import Meaning
from amends.api.desk import AtDesk
from amends.api.pages._acting import ask_first, done
from amends.core.errors import Refused
from amends.inbox.actions.assign import assign
from amends.inbox.actions.attach import Chosen
from amends.inbox.actions.note import add_note
from amends.inbox.actions.reply import discard_reply, retry_reply
from amends.inbox.actions.resolve import dismiss, reopen, resolve, undo_resolve
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, AttachmentId, CaseId, ReplyId

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


def wished(
    private: Annotated[bool, Form()] = False,
    in_posts: Annotated[bool, Form()] = False,
    picture: Annotated[tuple[AttachmentId, ...], Form()] = (),
    alt: Annotated[tuple[str, ...], Form()] = (),
) -> Wish:
    """Return how the agent wants the answer to go out; each picture comes with its words."""
    if len(picture) != len(alt):
        raise Refused("Say in words what each picture shows, for those who cannot see it.")
    pictures = tuple(Chosen(id=found, alt=words) for found, words in zip(picture, alt, strict=True))
    return Wish(private=private, in_posts=in_posts, pictures=pictures)


@router.post("/reply")
def reply(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    wish: Annotated[Wish, Depends(wished)],
    key: Annotated[UUID, Form()],
    text: Annotated[str, Form()] = "",
    and_resolve: Annotated[bool, Form()] = False,
    all_the_same: Annotated[bool, Form()] = False,
) -> Response:
    """Queue a reply; the worker takes it to the network. Where it shows personal data, ask first whether it is meant."""
    if not all_the_same and not wish.private:
        with desk.pool.transaction() as conn:
            named = named_in_public(conn, case_id, text)
        if named:
            return ask_first(request, desk, case_id, named, and_resolve=and_resolve, in_posts=wish.in_posts)
    said = "On its way, then resolved" if and_resolve else "On its way"
    return done(
        request,
        desk,
        case_id,
        lambda conn: answer(conn, desk, visitor, case_id=case_id, text=text, key=key, resolve=and_resolve, wish=wish),
        said,
        written="reply",
    )


@router.post("/note")
def note(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, text: Annotated[str, Form()] = "") -> Response:
    """Keep a note for colleagues."""
    now = desk.clock()
    return done(
        request,
        desk,
        case_id,
        lambda conn: add_note(conn, case_id=case_id, agent_id=visitor.agent_id, text=text, now=now),
        "Noted",
        undo=EventKind.NOTE_ADDED,
        written="note",
    )


@router.post("/assign")
def give(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, to: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Give the case to `to`: an agent's id, `me`, or nobody."""
    now, me = desk.clock(), visitor.agent_id
    whom = me if to == "me" else AgentId(int(to)) if to.isdecimal() else None
    said = "It is yours" if whom == me else "Given away" if whom else "Given back to everyone"
    return done(
        request,
        desk,
        case_id,
        lambda conn: assign(conn, case_id=case_id, assignee_id=whom, agent_id=me, now=now),
        said,
        undo=EventKind.CASE_ASSIGNED,
    )


@router.post("/resolve")
def end(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Resolve the case and plan its follow-up; the toast takes it back."""
    now, me = desk.clock(), visitor.agent_id
    return done(
        request,
        desk,
        case_id,
        lambda conn: resolve(conn, case_id=case_id, agent_id=me, policy=desk.policy, now=now),
        "Resolved",
        undo=EventKind.CASE_RESOLVED,
    )


@router.post("/undo")
def undo(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Take the resolve back, as if it had not been."""
    now, me = desk.clock(), visitor.agent_id
    return done(request, desk, case_id, lambda conn: undo_resolve(conn, case_id=case_id, agent_id=me, now=now), "Taken back")


@router.post("/dismiss")
def put_aside(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Put the case aside as no work of ours."""
    now, me = desk.clock(), visitor.agent_id
    return done(
        request,
        desk,
        case_id,
        lambda conn: dismiss(conn, case_id=case_id, agent_id=me, now=now),
        "Put aside",
        undo=EventKind.CASE_DISMISSED,
    )


@router.post("/reopen")
def open_again(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Open the case again."""
    now, me = desk.clock(), visitor.agent_id
    return done(
        request,
        desk,
        case_id,
        lambda conn: reopen(conn, case_id=case_id, agent_id=me, now=now),
        "Open again",
        undo=EventKind.CASE_REOPENED,
    )


@router.post("/replies/{reply_id}/retry")
def send_again(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, reply_id: ReplyId) -> Response:
    """Queue a failed reply again."""
    now, me = desk.clock(), visitor.agent_id
    return done(request, desk, case_id, lambda conn: retry_reply(conn, reply_id=reply_id, agent_id=me, now=now), "On its way again")


@router.post("/replies/{reply_id}/discard")
def throw_away(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, reply_id: ReplyId) -> Response:
    """Throw a failed or untried reply away."""
    now, me = desk.clock(), visitor.agent_id
    return done(request, desk, case_id, lambda conn: discard_reply(conn, reply_id=reply_id, agent_id=me, now=now), "Thrown away")
