"""The X side's API v2 as tweepy asks for it, under `/x/2`: reading. `x_write` has the writing."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from amends.sandbox import x_shape
from amends.sandbox.query import Predicate, QueryWrong, parse
from amends.sandbox.records import Account, Network, PublicPost
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import mentions
from amends.sandbox.x_access import Authorised, Caller, XProblem, invalid
from amends.sandbox.x_addresses import terms_in
from amends.sandbox.x_pages import MOST, Slice, listing_of
from amends.sandbox.x_shape import Wanted

router = APIRouter(prefix="/x/2")
_QUERY = 512


def asked_of(request: Request) -> Wanted:
    """Return the fields and expansions of a request."""
    return x_shape.wanted(request.query_params, f"{request.base_url}x")


Asked = Annotated[Wanted, Depends(asked_of)]


@router.get("/users/me")
def me(caller: Authorised, asked: Asked) -> JSONResponse:
    """Return the account that the token belongs to."""
    return JSONResponse({"data": x_shape.user(caller.account, asked)}, headers=caller.headers)


@router.get("/users/by/username/{handle}")
def by_username(handle: str, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return an account by its handle."""
    found = here.store.account(Network.X, handle=handle)
    if found is None:
        return JSONResponse({"errors": [x_shape.missing("user", "username", handle)]}, headers=caller.headers)
    return JSONResponse({"data": x_shape.user(found, asked)}, headers=caller.headers)


@router.get("/users/{user_id}/mentions")
def user_mentions(user_id: str, request: Request, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return the newest posts that mention an account."""
    owner = _owner(here, user_id)
    found = listing_of(request, here, least=5).take(here.store, lambda post: mentions(post, owner.handle))
    return _listed(here, caller, asked, found)


@router.get("/users/{user_id}/tweets")
def user_tweets(user_id: str, request: Request, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return an account's own newest posts."""
    keeps = _kept(request.query_params.get("exclude", ""))
    found = listing_of(request, here, least=5).take(here.store, keeps, author_id=_owner(here, user_id).id)
    return _listed(here, caller, asked, found)


@router.get("/tweets/search/recent")
def search_recent(request: Request, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return the newest posts of the last seven days that match a query."""
    text = request.query_params.get("query", "")
    listing = listing_of(request, here, least=10, days=7)
    return _listed(here, caller, asked, listing.take(here.store, query_of(here, text), query=text))


@router.get("/tweets")
def tweets(request: Request, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return up to 100 posts by their ids, and an error for each that is not to be seen."""
    wanted = [one for one in request.query_params.get("ids", "").split(",") if one]
    if not 0 < len(wanted) <= MOST or not all(one.isdigit() for one in wanted):
        raise invalid("ids", ",".join(wanted), f"The `ids` query parameter value is not a list of 1 to {MOST} ids")
    return JSONResponse(_lookup(here, asked, wanted, "ids"), headers=caller.headers)


@router.get("/tweets/{tweet_id}")
def one_tweet(tweet_id: str, here: Here, caller: Authorised, asked: Asked) -> JSONResponse:
    """Return one post by its id."""
    if not tweet_id.isdigit():
        raise invalid("id", tweet_id, f"The `id` query parameter value [{tweet_id}] is not valid")
    answer = _lookup(here, asked, [tweet_id], "id")
    return JSONResponse(answer | ({"data": answer["data"][0]} if "data" in answer else {}), headers=caller.headers)


def _owner(here: Sandbox, user_id: str) -> Account:
    found = here.store.account(Network.X, account_id=user_id)
    if found is None:
        raise XProblem(200, {"errors": [x_shape.missing("user", "id", user_id)]})
    return found


def _kept(without: str) -> Predicate:
    return lambda post: not ("replies" in without and post.parent_id) and not ("retweets" in without and post.shared_id)


def query_of(here: Sandbox, text: str) -> Predicate:
    """Return what a query asks of a post, or refuse it as X does."""
    if not 0 < len(text) <= _QUERY:
        raise invalid("query", text, f"Invalid value for `query`: its length [{len(text)}] is not between 1 and {_QUERY}")
    try:
        return parse(text, terms_in(here.store))
    except QueryWrong as wrong:
        raise invalid("query", text, f"There were errors processing your request: {wrong}") from wrong


def _listed(here: Sandbox, caller: Caller, asked: Wanted, found: Slice) -> JSONResponse:
    body = x_shape.page(here.store, [(post, post.head) for post in found.posts], asked)
    return JSONResponse(body | {"meta": found.meta()}, headers=caller.headers)


def _lookup(here: Sandbox, asked: Wanted, wanted: list[str], parameter: str) -> dict[str, Any]:
    found = {one: _wording(here, int(one)) for one in dict.fromkeys(wanted)}
    body = x_shape.page(here.store, [one for one in found.values() if one is not None], asked)
    noun = "post" if asked.newer else "tweet"
    gone = [x_shape.missing(noun, parameter, one) for one, post in found.items() if post is None]
    errors = [*body.pop("errors", []), *gone]
    return body | ({"errors": errors} if errors else {})


def _wording(here: Sandbox, number: int) -> tuple[PublicPost, int] | None:
    version = here.store.version(number)
    post = here.store.post(Network.X, version.post_id) if version else None
    return None if post is None or post.deleted else (post, number)
