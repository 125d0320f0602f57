"""The Mastodon side's REST API as Mastodon.py asks for it, under `/mastodon/api`: reading. `mastodon_write` has the writing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from amends.sandbox.mastodon_access import Authorised, Caller, MastodonProblem
from amends.sandbox.mastodon_shape import Teller
from amends.sandbox.query import Predicate, QueryWrong, parse, x_term
from amends.sandbox.records import Network, PublicPost
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import mentions, tagged
from amends.sandbox.words import HASHTAG

router = APIRouter(prefix="/mastodon/api")
MOST = 40
IN_BULK = 20
LONGEST = 500
_CHUNK = 400
_ID = re.compile(r"\d{1,19}$")
PUBLIC = "not exists (select 1 from facts where name = 'direct ' || p.id)"
"""What everybody may see, in SQL: a message to one person is none of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """A request for a page: numbers (`column`) strictly between `above` and `below`, at most `size`, newest first."""

    request: Request
    above: int
    below: int
    size: int

    def take(self, here: Sandbox, column: str, matches: Predicate, condition: str = "1", **values: object) -> list[PublicPost]:
        """Return the newest posts that match; reads in chunks, so that a narrow query does not load the whole network."""
        found, below = list[PublicPost](), self.below
        while len(found) < self.size:
            chunk = here.store.posts(
                f"""p.network = 'mastodon' and p.deleted = '' and {condition} and {column} > :above and {column} < :below
                    order by {column} desc limit :chunk""",
                above=self.above,
                below=below,
                chunk=_CHUNK,
                **values,
            )
            found += [post for post in chunk if matches(post)]
            if len(chunk) < _CHUNK:
                break
            below = chunk[-1].seq if column == "p.seq" else chunk[-1].head
        return found[: self.size]

    def link(self, numbers: list[int]) -> dict[str, str]:
        """Return the `Link` header of a page."""
        if not numbers:
            return {}
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in {"max_id", "min_id", "since_id"}]
        place = self.request.url.replace(query="")

        def address(name: str, number: int) -> str:
            return f"<{place}?{urlencode([*kept, (name, str(number))])}>"

        below = f'{address("max_id", numbers[-1])}; rel="next", ' if len(numbers) == self.size else ""
        return {"link": f'{below}{address("min_id", numbers[0])}; rel="prev"'}


def pages_of(request: Request) -> Pages:
    """Read the page parameters of a request."""
    told = request.query_params

    def number(name: str, default: int) -> int:
        given = told.get(name, "")
        return int(given) if _ID.match(given) else default

    size = min(max(number("limit", 20), 1), MOST)
    return Pages(request=request, above=max(number("since_id", 0), number("min_id", 0)), below=number("max_id", 2**62), size=size)


Paged = Annotated[Pages, Depends(pages_of)]


def teller_of(here: Here, caller: Authorised) -> Teller:
    """Return what words things for this caller."""
    return Teller(store=here.store, base=caller.base)


Tells = Annotated[Teller, Depends(teller_of)]


@router.get("/v1/accounts/verify_credentials")
def me(caller: Authorised, teller: Tells) -> JSONResponse:
    """Return the account that the token belongs to."""
    return caller.answer(teller.account(caller.account) | {"source": {"privacy": "public", "language": None}})


@router.get("/v1/apps/verify_credentials")
def app(caller: Authorised) -> JSONResponse:
    """Return the app that the token was made for."""
    return caller.answer({"id": "1", "name": "Amends", "website": None, "scopes": ["read", "write:statuses", "write:media"]})


@router.get("/v2/instance")
def instance(request: Request) -> JSONResponse:
    """Return what this server is and allows."""
    limits = {"max_characters": LONGEST, "max_media_attachments": 4, "characters_reserved_per_url": 23}
    configuration = {"urls": {"streaming": f"{request.base_url}mastodon"}, "statuses": limits}
    told = {"domain": request.url.netloc, "title": "Sandbox", "version": "4.5.0", "configuration": configuration}
    return JSONResponse(told | {"api_versions": {"mastodon": 7}})


@router.get("/v1/notifications")
def notifications(here: Here, caller: Authorised, teller: Tells, pages: Paged) -> JSONResponse:
    """Return the newest mentions of the caller's account."""
    wanted = pages.request.query_params.getlist("types[]")
    handle = caller.account.handle
    matches: Predicate = (lambda post: mentions(post, handle)) if not wanted or "mention" in wanted else (lambda _: False)
    posts = pages.take(here, "p.seq", matches, "p.mentions like '%' || :name || '%'", name=handle.lower())
    return caller.answer([teller.notification(post) for post in posts], pages.link([post.seq for post in posts]))


@router.get("/v1/timelines/tag/{tag}")
def hashtag(tag: str, here: Here, caller: Authorised, teller: Tells, pages: Paged) -> JSONResponse:
    """Return the newest public statuses with a hashtag."""
    return _listed(caller, teller, pages, pages.take(here, "p.head", lambda post: tagged(post, tag), f"p.shared_id = '' and {PUBLIC}"))


@router.get("/v1/accounts/{account_id}/statuses")
def account_statuses(account_id: str, here: Here, caller: Authorised, teller: Tells, pages: Paged) -> JSONResponse:
    """Return an account's own newest statuses; those to one person only to itself."""
    seen = "1" if account_id == caller.account.id else PUBLIC
    boosts = pages.request.query_params.get("exclude_reblogs") != "true"
    posts = pages.take(here, "p.head", lambda post: boosts or not post.shared_id, f"p.author_id = :who and {seen}", who=account_id)
    return _listed(caller, teller, pages, posts)


@router.get("/v2/search")
def search(here: Here, caller: Authorised, teller: Tells, pages: Paged, q: str = "") -> JSONResponse:
    """Return the newest public statuses that match a query."""
    posts = pages.take(here, "p.head", _query(q), f"p.shared_id = '' and {PUBLIC}")
    return caller.answer({"accounts": [], "hashtags": [], "statuses": [teller.status(post) for post in posts]})


@router.get("/v1/statuses")
def statuses(
    here: Here, caller: Authorised, teller: Tells, wanted: Annotated[list[str] | None, Query(alias="id[]", max_length=200)] = None
) -> JSONResponse:
    """Return up to twenty statuses by their ids, without those that are not to be seen."""
    ids = list(dict.fromkeys(wanted or []))
    if len(ids) > IN_BULK:
        raise MastodonProblem(422, f"Validation failed: no more than {IN_BULK} statuses at once", caller.headers)
    found = [visible(here, caller, one) for one in ids]
    return caller.answer([teller.status(post) for post in found if post])


@router.get("/v1/statuses/{status_id}")
def one_status(status_id: str, here: Here, caller: Authorised, teller: Tells) -> JSONResponse:
    """Return one status."""
    return caller.answer(teller.status(must_see(here, caller, status_id)))


@router.get("/v1/statuses/{status_id}/context")
def context(status_id: str, here: Here, caller: Authorised, teller: Tells) -> JSONResponse:
    """Return what stands above a status and under it."""
    post, above = must_see(here, caller, status_id), list[PublicPost]()
    while parent := (above[0] if above else post).parent_id:
        found = visible(here, caller, parent)
        if found is None:
            break
        above.insert(0, found)
    thread = here.store.posts("p.network = 'mastodon' and p.root_id = :root order by p.head", root=post.root_id)
    under, ids = list[PublicPost](), {post.id}
    for one in thread:
        if one.parent_id in ids:
            ids.add(one.id)
            under += [one] if visible(here, caller, one.id) else []
    return caller.answer({"ancestors": [teller.status(one) for one in above], "descendants": [teller.status(one) for one in under]})


def visible(here: Sandbox, caller: Caller, status_id: str) -> PublicPost | None:
    """Return a status where the caller may see it."""
    post = here.store.post(Network.MASTODON, status_id)
    if post is None or post.deleted:
        return None
    ours = post.author.id == caller.account.id or caller.account.handle.lower() in post.mentions
    return post if ours or not here.store.fact(f"direct {post.id}") else None


def must_see(here: Sandbox, caller: Caller, status_id: str) -> PublicPost:
    """Return a status, or refuse with Mastodon's 404."""
    found = visible(here, caller, status_id)
    if found is None:
        raise MastodonProblem(404, "Record not found", caller.headers)
    return found


def _query(text: str) -> Callable[[PublicPost], bool]:
    tag = HASHTAG.fullmatch(text.strip())
    if tag:
        return lambda post: tagged(post, tag[1])
    try:
        return parse(text, x_term)
    except QueryWrong:
        return lambda _: False


def _listed(caller: Caller, teller: Teller, pages: Pages, posts: list[PublicPost]) -> JSONResponse:
    told: list[dict[str, Any]] = [teller.status(post) for post in posts]
    return caller.answer(told, pages.link([post.head for post in posts]))
