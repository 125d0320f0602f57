"""The Reddit side's writing: comment, edit, delete. Most refusals are a 200 with an error in the body, as on Reddit."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse

from amends.sandbox import publishing, reddit_shape
from amends.sandbox.records import Draft, Network, Origin, PublicPost
from amends.sandbox.reddit import Tells
from amends.sandbox.reddit_access import AsUser, Reader, RedditProblem
from amends.sandbox.reddit_shape import Teller
from amends.sandbox.state import Here, Sandbox

router = APIRouter(prefix="/reddit/api")
LONGEST = 10_000
Refusal = tuple[str, str, str]


@router.post("/comment")
def comment(here: Here, reader: AsUser, teller: Tells, thing_id: Annotated[str, Form()], text: Annotated[str, Form()] = "") -> JSONResponse:
    """Publish a comment of the reader's account under a thing."""
    with here.store.together():
        parent = here.store.post(Network.REDDIT, thing_id)
        if parent is None:
            raise RedditProblem(403, "Forbidden", reader.headers)
        refusal = _refusal(here, parent, text)
        if refusal is not None:
            return _refused(reader, refusal)
        draft = Draft(author=reader.account, text=text, parent_id=parent.id, language="und", origin=Origin.API)
        post = publishing.publish(here.press, draft, here.now())
        here.player.answered(post)
    return _done(reader, teller, post)


@router.post("/editusertext")
def edit(here: Here, reader: AsUser, teller: Tells, thing_id: Annotated[str, Form()], text: Annotated[str, Form()] = "") -> JSONResponse:
    """Give one of the reader's own posts a new text."""
    post = _own(here, reader, thing_id)
    return _done(reader, teller, publishing.edit(here.store, post, text, here.now()))


@router.post("/del")
def delete(here: Here, reader: AsUser, id: Annotated[str, Form()]) -> JSONResponse:  # noqa: A002
    """Delete one of the reader's own posts."""
    publishing.delete(here.store, _own(here, reader, id), here.now())
    return JSONResponse({}, headers=reader.headers)


def _own(here: Sandbox, reader: Reader, name: str) -> PublicPost:
    post = here.store.post(Network.REDDIT, name)
    if post is None or post.author.id != reader.account.id:
        raise RedditProblem(403, "Forbidden", reader.headers)
    return post


def _refusal(here: Sandbox, parent: PublicPost, text: str) -> Refusal | None:
    root = here.store.must_have(Network.REDDIT, parent.root_id)
    reasons: list[tuple[bool, Refusal]] = [
        (root.locked, ("THREAD_LOCKED", "Comments are locked.", "parent")),
        (parent.deleted != "", ("DELETED_COMMENT", "that comment has been deleted", "parent")),
        (not text.strip(), ("NO_TEXT", "we need something here", "text")),
        (len(text) > LONGEST, ("TOO_LONG", f"this is too long (max: {LONGEST})", "text")),
    ]
    return next((refusal for applies, refusal in reasons if applies), None)


def _refused(reader: Reader, refusal: Refusal) -> JSONResponse:
    return JSONResponse({"json": {"errors": [list(refusal)]}}, headers=reader.headers)


def _done(reader: Reader, teller: Teller, post: PublicPost) -> JSONResponse:
    things = [reddit_shape.thing(teller, post)]
    return JSONResponse({"json": {"errors": [], "data": {"things": things}}}, headers=reader.headers)
