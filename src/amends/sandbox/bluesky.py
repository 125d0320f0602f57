"""The Bluesky side's XRPC as atproto asks for it, under `/bluesky/xrpc`: reading. `bluesky_write` has the writing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from amends.sandbox import bluesky_shape as shape
from amends.sandbox.bluesky_access import ACCESS, Authorised, BlueskyProblem, Caller, invalid
from amends.sandbox.query import Predicate, QueryWrong, parse, sky_term
from amends.sandbox.records import Account, Network, PublicPost
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import sky_reason

router = APIRouter(prefix="/bluesky/xrpc")
MOST, MOST_POSTS = 100, 25
_CHUNK = 400
_CURSOR = re.compile(r"(\d{1,16})__(\d{1,12})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How many of a listing to show, and from where on: `cursor` is the listing's own."""

    limit: int
    cursor: str
    base: str


def place_of(request: Request, limit: Annotated[int, Query()] = 50, cursor: Annotated[str, Query()] = "") -> Place:
    """Return the page that a request asks for."""
    if not 1 <= limit <= MOST:
        raise invalid(f"Error: Params must have the property limit between 1 and {MOST}")
    return Place(limit=limit, cursor=cursor, base=str(request.base_url))


Asked = Annotated[Place, Depends(place_of)]


@router.get("/com.atproto.server.getSession")
def get_session(caller: Authorised) -> JSONResponse:
    """Return whose session this is."""
    me = caller.account
    return _said(caller, {"did": me.id, "handle": me.handle, "email": f"care@{me.handle}", "active": True, "scope": ACCESS})


@router.get("/com.atproto.identity.resolveHandle")
def resolve_handle(handle: str, here: Here, caller: Authorised) -> JSONResponse:
    """Return the account of a handle."""
    return _said(caller, {"did": _account(here, handle, "Unable to resolve handle").id})


@router.get("/app.bsky.actor.getProfile")
def get_profile(actor: str, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return an account."""
    account = _account(here, actor, "Profile not found")
    return _said(caller, {**shape.profile(account, asked.base), "followersCount": account.followers, "description": account.about})


@router.get("/app.bsky.notification.listNotifications")
def list_notifications(here: Here, caller: Authorised, asked: Asked, reasons: Annotated[list[str] | None, Query()] = None) -> JSONResponse:
    """Return what concerns the caller, the newest first; the place to go on is a bare time, as on the real network."""
    before = _time(asked.cursor) if asked.cursor else None

    def concerns(post: PublicPost) -> bool:
        reason = sky_reason(post, caller.account.handle, caller.account.id)
        return bool(reason) and (not reasons or reason in reasons)

    found = _newest(here, concerns, asked.limit, lambda post: before is None or shape.moment(post.published_at) < before)
    told = [shape.notification(here.store, one, sky_reason(one, caller.account.handle, caller.account.id), asked.base) for one in found]
    cursor = {"cursor": told[-1]["indexedAt"]} if told else {}
    return _said(caller, {"notifications": told, **cursor, "priority": False, "seenAt": shape.moment(here.now())})


@router.get("/app.bsky.feed.searchPosts")
def search_posts(q: str, here: Here, caller: Authorised, asked: Asked, since: str = "") -> JSONResponse:
    """Return the newest posts that match a query, down to the time `since`."""
    try:
        matches = parse(q, sky_term)
    except QueryWrong as wrong:
        raise invalid(str(wrong)) from wrong
    first = _time(since) if since else ""

    def fits(post: PublicPost) -> bool:
        return not post.shared_id and shape.moment(post.published_at) >= first and matches(post)

    found = _newest(here, fits, asked.limit, _below(asked.cursor))
    return _said(caller, {"posts": [shape.view(here.store, post, asked.base) for post in found], **_onward(found, asked.limit)})


@router.get("/app.bsky.feed.getAuthorFeed")
def get_author_feed(actor: str, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return what an account posted, answered and shared, the newest first."""
    author = _account(here, actor, "Profile not found")
    found = _newest(here, lambda post: post.author.id == author.id, asked.limit, _below(asked.cursor))
    return _said(caller, {"feed": [shape.feed_entry(here.store, post, asked.base) for post in found], **_onward(found, asked.limit)})


@router.get("/app.bsky.feed.getPosts")
def get_posts(here: Here, caller: Authorised, asked: Asked, uris: Annotated[list[str], Query()]) -> JSONResponse:
    """Return those of at most 25 posts that are still there."""
    if len(uris) > MOST_POSTS:
        raise invalid(f"Error: uris must not have more than {MOST_POSTS} elements")
    posts = [here.store.post(Network.BLUESKY, uri) for uri in uris]
    return _said(caller, {"posts": [shape.view(here.store, post, asked.base) for post in posts if post and not post.deleted]})


@router.get("/app.bsky.feed.getPostThread")
def get_post_thread(uri: str, here: Here, caller: Authorised, asked: Asked, depth: int = 6) -> JSONResponse:
    """Return a post with the answers under it."""
    post = here.store.post(Network.BLUESKY, uri)
    if post is None or post.deleted:
        raise BlueskyProblem(400, "NotFound", f"Post not found: {uri}")
    below: dict[str, list[PublicPost]] = {}
    for one in here.store.posts("p.network = 'bluesky' and p.root_id = :root order by p.seq", root=post.root_id):
        below.setdefault(one.parent_id, []).append(one)
    return _said(caller, {"thread": shape.node(here.store, post, uri, below, asked.base, min(depth, 200))})


@router.get("/com.atproto.repo.getRecord")
def get_record(repo: str, collection: str, rkey: str, here: Here, caller: Authorised) -> JSONResponse:
    """Return a record as its author signed it."""
    uri = f"at://{_account(here, repo, 'Could not find repo').id}/{collection}/{rkey}"
    post = here.store.post(Network.BLUESKY, uri)
    if post is None or post.deleted:
        raise BlueskyProblem(400, "RecordNotFound", f"Could not locate record: {uri}")
    return _said(caller, {**shape.strong(uri), "value": shape.record(here.store, post)})


def _said(caller: Caller, body: dict[str, Any]) -> JSONResponse:
    return JSONResponse(body, headers=caller.headers)


def _account(here: Sandbox, name: str, or_else: str) -> Account:
    found = here.store.account(Network.BLUESKY, handle=name, account_id=name)
    if found is None:
        raise invalid(or_else)
    return found


def _newest(here: Sandbox, matches: Predicate, limit: int, is_below: Callable[[PublicPost], bool]) -> list[PublicPost]:
    """Return the newest matching posts; reads in chunks, so that a narrow question does not load the whole network."""
    found, top = list[PublicPost](), 2**62
    while len(found) < limit:
        chunk = here.store.posts("p.network = 'bluesky' and p.seq < :top order by p.seq desc limit :chunk", top=top, chunk=_CHUNK)
        found += [post for post in chunk if not post.deleted and is_below(post) and matches(post)]
        if len(chunk) < _CHUNK:
            break
        top = chunk[-1].seq
    return found[:limit]


def _onward(found: list[PublicPost], limit: int) -> dict[str, str]:
    return {"cursor": f"{int(found[-1].published_at * 1000)}__{found[-1].seq}"} if len(found) == limit else {}


def _below(cursor: str) -> Callable[[PublicPost], bool]:
    if not cursor:
        return lambda _: True
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise invalid("Malformed cursor")
    return lambda post: post.seq < int(found[2])


def _time(cursor: str) -> str:
    try:
        return shape.moment(datetime.fromisoformat(cursor).astimezone(UTC).timestamp())
    except ValueError as wrong:
        raise invalid("Malformed cursor") from wrong
