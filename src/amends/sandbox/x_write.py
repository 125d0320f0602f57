"""The X side's writing: `POST /x/2/tweets` and `DELETE /x/2/tweets/:id`, with X's reasons for refusing."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from amends.sandbox import publishing, words, x_media
from amends.sandbox.records import Account, Draft, Network, Origin, PublicPost
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.x_access import Authorised, invalid, problem

router = APIRouter(prefix="/x/2")
NOT_ENGAGED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you"
    " are replying to."
)
GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
TOO_LONG = "Your Tweet text is too long."
MOST_PICTURES = 4
_REPEAT_AFTER = 86_400


class InReplyTo(BaseModel):
    """The post that is answered."""

    in_reply_to_tweet_id: str


class Pictures(BaseModel):
    """The pictures that go out with a post."""

    media_ids: list[str] = []


class NewTweet(BaseModel):
    """The body of `POST /2/tweets`."""

    text: str = ""
    reply: InReplyTo | None = None
    media: Pictures = Pictures()
    quote_tweet_id: str = ""


@router.post("/tweets", status_code=201)
def create_tweet(body: NewTweet, here: Here, caller: Authorised) -> JSONResponse:
    """Publish a post or a reply of the caller's account."""
    if not body.text.strip():
        raise invalid("text", body.text, "`text` must not be empty")
    if words.weighted_length(body.text) > words.X_LIMIT:
        raise problem(403, "Forbidden", TOO_LONG)
    with here.store.together():
        parent = _parent(here, body, caller.account) if body.reply else None
        pictures = x_media.shown(here, caller.account, body.media.media_ids, x_media.IN_PUBLIC, MOST_PICTURES)
        draft = replace(_draft(body, caller.account, parent), media=next(iter(pictures), ""))
        if _is_repeated(here, draft):
            raise problem(403, "Forbidden", DUPLICATE)
        post = publishing.publish(here.press, draft, here.now())
        here.player.answered(post)
    return JSONResponse({"data": {"edit_history_tweet_ids": [post.id], "id": post.id, "text": post.text}}, 201, caller.headers)


@router.delete("/tweets/{tweet_id}")
def delete_tweet(tweet_id: str, here: Here, caller: Authorised) -> JSONResponse:
    """Delete a post of the caller's account."""
    version = here.store.version(int(tweet_id)) if tweet_id.isdigit() else None
    post = here.store.post(Network.X, version.post_id) if version else None
    if post is not None and post.author.id != caller.account.id:
        raise problem(403, "Forbidden", "You are not authorized to delete this Tweet.")
    if post is not None:
        publishing.delete(here.store, post, here.now())
    return JSONResponse({"data": {"deleted": post is not None}}, headers=caller.headers)


def _parent(here: Sandbox, body: NewTweet, account: Account) -> PublicPost:
    given = body.reply.in_reply_to_tweet_id if body.reply else ""
    version = here.store.version(int(given)) if given.isdigit() else None
    parent = here.store.post(Network.X, version.post_id) if version else None
    if parent is None or parent.deleted:
        raise problem(403, "Forbidden", GONE)
    if parent.author.id != account.id and not _engaged(here, parent, account):
        raise problem(403, "Forbidden", NOT_ENGAGED)
    return parent


def _engaged(here: Sandbox, parent: PublicPost, account: Account) -> bool:
    """Tell whether the author of `parent` mentioned or quoted us somewhere in this conversation."""
    theirs = here.store.posts("p.network = 'x' and p.root_id = :root and p.author_id = :who", root=parent.root_id, who=parent.author.id)
    quoted = [here.store.post(Network.X, post.quoted_id) for post in theirs if post.quoted_id]
    return any(account.handle.lower() in post.mentions for post in theirs) or any(post and post.author.id == account.id for post in quoted)


def _draft(body: NewTweet, account: Account, parent: PublicPost | None) -> Draft:
    called = parent is not None and parent.author.id != account.id and parent.author.handle.lower() not in words.x_mentions(body.text)
    text = f"@{parent.author.handle} {body.text}" if parent and called else body.text
    return Draft(
        author=account,
        text=text,
        parent_id=parent.id if parent else "",
        quoted_id=body.quote_tweet_id,
        language="und",
        origin=Origin.API,
    )


def _is_repeated(here: Sandbox, draft: Draft) -> bool:
    return bool(
        here.store.posts(
            "p.network = 'x' and p.author_id = :who and p.text = :text and p.deleted = '' and p.published_at > :since",
            who=draft.author.id,
            text=draft.text,
            since=here.now() - _REPEAT_AFTER,
        )
    )
