"""Answers: sent, tried again, thrown away, taken back before they go out, and let out or given back by a second person."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from amends.api.answering import Wish, in_words, newly_named
from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.api.pages._sending import Letter, back_in_the_box, send, told_of
from amends.api.personal_words import named
from amends.core.errors import Refused
from amends.core.translating import gettext as _
from amends.inbox.actions import answered_there
from amends.inbox.actions.approve import approve, give_back, undo_approval
from amends.inbox.actions.attach import Chosen
from amends.inbox.actions.send_reply import discard_reply, retry_reply
from amends.inbox.actions.take_back import take_back_reply
from amends.inbox.rules.holding import Seen
from amends.inbox.rules.ids import AttachmentId, CaseId, ReplyId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.snoozing import chosen

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)
WORK = [may(Right.WORK)]
APPROVE = [may(Right.APPROVE)]


def wished(  # noqa: PLR0913
    desk: AtDesk,
    private: Annotated[bool, Form()] = False,
    in_posts: Annotated[bool, Form()] = False,
    picture: Annotated[tuple[AttachmentId, ...], Form()] = (),
    alt: Annotated[tuple[str, ...], Form()] = (),
    seen_posts: Annotated[int | None, Form()] = None,
    seen_reply: Annotated[int | None, Form()] = None,
) -> Wish:
    """Return how the agent wants the answer to go out, and how far they had seen the case; each picture comes with its words."""
    if len(picture) != len(alt):
        raise Refused(_("Say in words what each picture shows, for those who cannot see it."))
    pictures = tuple(Chosen(id=found, alt=words) for found, words in zip(picture, alt, strict=True))
    seen = Seen(posts=seen_posts, reply=seen_reply)
    return Wish(private=private, in_posts=in_posts, pictures=pictures, seen=seen, wait=desk.policy.undo_after)


def lettered(
    wish: Annotated[Wish, Depends(wished)],
    key: Annotated[UUID, Form()],
    text: Annotated[str, Form()] = "",
    and_resolve: Annotated[bool, Form()] = False,
    all_the_same: Annotated[bool, Form()] = False,
) -> Letter:
    """Return what the agent sends."""
    return Letter(text=text, key=key, and_resolve=and_resolve, all_the_same=all_the_same, wish=wish)


@router.post("/reply", dependencies=WORK)
def reply(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, letter: Annotated[Letter, Depends(lettered)]) -> Response:
    """Queue a reply; the worker takes it to the network. Where it shows personal data, or was overtaken, ask first whether it is meant."""
    return send(request, desk, visitor, case_id, letter)


@router.post("/answered-there", dependencies=WORK)
def say_answered(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    key: Annotated[UUID, Form()],
    text: Annotated[str, Form(max_length=20_000)] = "",
    at: Annotated[str, Form(max_length=40)] = "",
    zone: Annotated[str, Form(max_length=60)] = "",
    link: Annotated[str, Form(max_length=2_000)] = "",
    seen_posts: Annotated[int | None, Form()] = None,
    and_resolve: Annotated[bool, Form()] = False,
) -> Response:
    """Keep that the agent answered on the network itself, `at` their browser's clock (empty: now); the toast takes it back."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        reply_id = answered_there.tell(
            conn,
            case_id=case_id,
            agent_id=visitor.agent_id,
            text=text,
            at=chosen("", at, zone, now),
            link=link,
            seen_posts=seen_posts,
            then_resolve=and_resolve,
            key=key,
            policy=desk.policy,
            now=now,
        )
    desk.wake()
    return told_of(request, desk, case_id, reply_id)


@router.post("/replies/{reply_id}/retry", dependencies=WORK)
def send_again(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    reply_id: ReplyId,
    seen_posts: Annotated[int | None, Form()] = None,
) -> Response:
    """Queue a failed reply again, unless the customer has written beyond `seen_posts`."""
    now, me, seen = desk.clock(), visitor.agent_id, Seen(posts=seen_posts)
    return done(
        request, desk, case_id, lambda conn: retry_reply(conn, reply_id=reply_id, agent_id=me, now=now, seen=seen), _("On its way again")
    )


@router.post("/replies/{reply_id}/discard", dependencies=WORK)
def throw_away(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, reply_id: ReplyId) -> Response:
    """Throw a failed or untried reply away."""
    now, me = desk.clock(), visitor.agent_id
    return done(request, desk, case_id, lambda conn: discard_reply(conn, reply_id=reply_id, agent_id=me, now=now), _("Thrown away"))


@router.post("/replies/{reply_id}/undo", dependencies=WORK)
def take_back(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, reply_id: ReplyId) -> Response:
    """Take a reply back into the box before it goes out, or one that its agent gave on the network itself."""
    with desk.pool.transaction() as conn:
        draft = take_back_reply(conn, case_id=case_id, reply_id=reply_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    return back_in_the_box(request, desk, visitor, draft, _("Taken back; it is a draft again"))


@router.post("/replies/{reply_id}/approve", dependencies=APPROVE)
def let_out(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    reply_id: ReplyId,
    seen_posts: Annotated[int | None, Form()] = None,
    seen_reply: Annotated[int | None, Form()] = None,
    text: Annotated[str | None, Form(max_length=20_000)] = None,
    all_the_same: Annotated[bool, Form()] = False,
) -> Response:
    """Let a colleague's answer out, with `text` in these words; the toast takes that back. Ask first where they show personal data."""
    now, me, wait = desk.clock(), visitor.agent_id, desk.policy.undo_after
    seen = Seen(posts=seen_posts, reply=seen_reply)
    with desk.pool.transaction() as conn:
        words = in_words(conn, case_id=case_id, reply_id=reply_id, text=text)
        kinds = newly_named(conn, case_id=case_id, reply_id=reply_id, words=words) if words and not all_the_same else ()
    if kinds:
        return desk.screens.blocks(request, "rewording_ask.html", ["ask"], {"reply_id": reply_id, "asking": named(kinds)})
    return done(
        request,
        desk,
        case_id,
        lambda conn: approve(conn, case_id=case_id, reply_id=reply_id, agent_id=me, wait=wait, now=now, seen=seen, words=words),
        _("Approved; it is on its way"),
        undo=f"/inbox/{case_id}/replies/{reply_id}/unapprove" if wait > timedelta(0) else "",
    )


@router.post("/replies/{reply_id}/unapprove", dependencies=APPROVE)
def let_wait(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, reply_id: ReplyId) -> Response:
    """Let an approved answer wait again."""
    now, me = desk.clock(), visitor.agent_id
    return done(
        request,
        desk,
        case_id,
        lambda conn: undo_approval(conn, case_id=case_id, reply_id=reply_id, agent_id=me, now=now),
        _("It waits for approval again"),
    )


@router.post("/replies/{reply_id}/give-back", dependencies=APPROVE)
def hand_back(
    request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, reply_id: ReplyId, note: Annotated[str, Form()] = ""
) -> Response:
    """Make a colleague's answer their draft again, with a note."""
    with desk.pool.transaction() as conn:
        draft = give_back(conn, case_id=case_id, reply_id=reply_id, agent_id=visitor.agent_id, note=note, now=desk.clock())
    desk.wake()
    return back_in_the_box(request, desk, visitor, draft, _("Given back to %(name)s") % {"name": draft.agent})
