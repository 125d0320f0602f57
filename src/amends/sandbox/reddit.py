"""The Reddit side's API as praw asks for it, under `/reddit`: reading. `reddit_write` has the writing.

Praw ends most paths with a slash; `main` takes it off before a request comes here.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from amends.sandbox import ids, reddit_shape
from amends.sandbox.query import Predicate, QueryWrong, parse, reddit_term
from amends.sandbox.records import Network, PublicPost
from amends.sandbox.reddit_access import AsUser, Authorised, Reader, RedditProblem
from amends.sandbox.reddit_pages import PAGE, newest, page, place, visible
from amends.sandbox.reddit_shape import Teller
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import mentions

router = APIRouter(prefix="/reddit")


def teller_of(request: Request, here: Here) -> Teller:
    """Return who words the posts of this request."""
    return Teller(store=here.store, base=f"{request.base_url}reddit", escaped=request.query_params.get("raw_json") != "1")


Tells = Annotated[Teller, Depends(teller_of)]


@router.get("/api/v1/me")
def me(reader: AsUser) -> JSONResponse:
    """Return the account that the token belongs to."""
    return JSONResponse(reddit_shape.redditor(reader.account), headers=reader.headers)


@router.get("/user/{name}/about")
def user_about(name: str, here: Here, reader: Authorised) -> JSONResponse:
    """Return an account."""
    found = here.store.account(Network.REDDIT, handle=name)
    if found is None:
        raise RedditProblem(404, "Not Found", reader.headers)
    return JSONResponse({"kind": "t2", "data": reddit_shape.redditor(found)}, headers=reader.headers)


@router.get("/user/{name}/{what}")
def user_posts(name: str, what: str, request: Request, here: Here, reader: Authorised, teller: Tells) -> JSONResponse:
    """Return what an account published: `comments`, `submitted` or `overview`."""
    kinds: dict[str, Predicate] = {
        "comments": lambda post: not post.is_submission,
        "submitted": lambda post: post.is_submission,
        "overview": lambda _: True,
    }
    if what not in kinds:
        raise RedditProblem(404, "Not Found", reader.headers)
    posts = visible(here.store, "a.handle = :name", name=name)
    return _listed(request, reader, teller, [post for post in posts if kinds[what](post)])


@router.get("/r/{name}/about")
def about(name: str, here: Here, reader: Authorised) -> JSONResponse:
    """Return a subreddit."""
    body = {"display_name": name, "name": ids.subreddit_id(name), "id": ids.subreddit_id(name)[3:], "subscribers": 4211}
    more = {
        "display_name_prefixed": f"r/{name}",
        "subreddit_type": "public",
        "over18": False,
        "url": f"/r/{name}/",
        "user_is_banned": False,
    }
    _known(here, name, reader)
    return JSONResponse({"kind": "t5", "data": body | more}, headers=reader.headers)


@router.get("/r/{name}/new")
def new(name: str, request: Request, here: Here, reader: Authorised, teller: Tells) -> JSONResponse:
    """Return the newest submissions of a subreddit."""
    _known(here, name, reader)
    posts = newest(request, here.store, place(name), "p.parent_id = ''", name=name)
    return _listed(request, reader, teller, posts)


@router.get("/r/{name}/comments")
def comments(name: str, request: Request, here: Here, reader: Authorised, teller: Tells) -> JSONResponse:
    """Return the newest comments of a subreddit."""
    _known(here, name, reader)
    posts = newest(request, here.store, place(name), "p.parent_id <> ''", name=name)
    return _listed(request, reader, teller, posts)


@router.get("/search")
@router.get("/r/{name}/search")
def search(request: Request, here: Here, reader: Authorised, teller: Tells, name: str = "all") -> JSONResponse:
    """Return the newest submissions that match a query; Reddit's search does not look into comments."""
    try:
        matches = parse(request.query_params.get("q", ""), reddit_term)
    except QueryWrong:
        return _listed(request, reader, teller, [])
    restricted = request.query_params.get("restrict_sr", "").lower() in {"true", "1", "on"}
    posts = visible(here.store, f"{place(name if restricted else 'all')} and p.parent_id = ''", name=name)
    return _listed(request, reader, teller, [post for post in posts if matches(post)])


@router.get("/message/mentions")
def inbox_mentions(request: Request, here: Here, reader: AsUser, teller: Tells) -> JSONResponse:
    """Return the newest comments that call the reader by name."""
    handle = reader.account.handle
    called = visible(here.store, "p.mentions like '%' || :name || '%'", name=handle.lower())
    return _in_inbox(request, reader, teller, [post for post in called if mentions(post, handle)])


@router.get("/message/inbox")
def inbox(request: Request, here: Here, reader: AsUser, teller: Tells) -> JSONResponse:
    """Return the newest comments that call the reader or answer them; nobody writes messages here."""
    answers = "p.parent_id in (select o.id from posts o where o.author_id = :me) and p.author_id <> :me"
    found = visible(
        here.store, f"({answers} or p.mentions like '%' || :name || '%')", me=reader.account.id, name=reader.account.handle.lower()
    )
    kept = [post for post in found if not post.is_submission and (mentions(post, reader.account.handle) or _answers(here, post, reader))]
    return _in_inbox(request, reader, teller, kept)


@router.get("/comments/{short}")
def thread(short: str, request: Request, here: Here, reader: Authorised, teller: Tells) -> JSONResponse:
    """Return a submission with the comments under it."""
    root = here.store.post(Network.REDDIT, f"t3_{short}")
    if root is None:
        raise RedditProblem(404, "Not Found", reader.headers)
    limit = request.query_params.get("limit", "200")
    tree = reddit_shape.tree(teller, root, int(limit) if limit.isdigit() else 200)
    return JSONResponse([reddit_shape.listing([reddit_shape.thing(teller, root)]), tree], headers=reader.headers)


@router.get("/api/info")
def info(request: Request, here: Here, reader: Authorised, teller: Tells) -> JSONResponse:
    """Return things by their fullnames, deleted ones included; unknown ones are left out."""
    names = request.query_params.get("id", "").split(",")[:PAGE]
    found = [post for name in names if (post := here.store.post(Network.REDDIT, name)) is not None]
    return JSONResponse(reddit_shape.listing([reddit_shape.thing(teller, post) for post in found]), headers=reader.headers)


@router.get("/api/morechildren")
def more_children(request: Request, here: Here, reader: Authorised, teller: Tells) -> JSONResponse:
    """Return the comments behind a `more`."""
    names = request.query_params.get("children", "").split(",")[:PAGE]
    found = [post for name in names if (post := here.store.post(Network.REDDIT, f"t1_{name}")) is not None]
    things = [reddit_shape.thing(teller, post) for post in found]
    return JSONResponse({"json": {"errors": [], "data": {"things": things}}}, headers=reader.headers)


def _answers(here: Sandbox, post: PublicPost, reader: Reader) -> bool:
    return here.store.must_have(Network.REDDIT, post.parent_id).author.id == reader.account.id != post.author.id


def _in_inbox(request: Request, reader: Reader, teller: Teller, posts: list[PublicPost]) -> JSONResponse:
    shown, after, before = page(request, teller.store, posts)
    children = [reddit_shape.in_inbox(teller, post, reader.account) for post in shown]
    return JSONResponse(reddit_shape.listing(children, after, before), headers=reader.headers)


def _known(here: Sandbox, name: str, reader: Reader) -> None:
    if name.lower() in {"all", *(brand.subreddit.lower() for brand in here.scenario.brands.values())}:
        return
    if not here.store.rows("select 1 from posts where subreddit = :name limit 1", name=name):
        raise RedditProblem(404, "Not Found", reader.headers)


def _listed(request: Request, reader: Reader, teller: Teller, posts: list[PublicPost]) -> JSONResponse:
    shown, after, before = page(request, teller.store, posts)
    children = [reddit_shape.thing(teller, post) for post in shown]
    return JSONResponse(reddit_shape.listing(children, after, before), headers=reader.headers)
