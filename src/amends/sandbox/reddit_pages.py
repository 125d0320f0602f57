"""Pages of Reddit's listings: newest first, at most a hundred things, continued by the fullname of the last one."""

from fastapi import Request

from amends.sandbox.records import Network, PublicPost
from amends.sandbox.store import Store

DEPTH = 1000
PAGE = 100


def place(name: str) -> str:
    """Return the condition of a subreddit; `all` is everywhere."""
    return "p.network = 'reddit'" if name.lower() == "all" else "p.subreddit = :name"


def visible(store: Store, condition: str, depth: int = DEPTH, **values: object) -> list[PublicPost]:
    """Return the newest posts for which `condition` holds; no listing of Reddit goes back further than a thousand."""
    return store.posts(f"p.network = 'reddit' and p.deleted = '' and {condition} order by p.seq desc limit {depth}", **values)


def newest(request: Request, store: Store, where: str, what: str, **values: object) -> list[PublicPost]:
    """Return what a plain listing's page needs: without an anchor, its beginning is enough."""
    anchored = request.query_params.get("after") or request.query_params.get("before")
    return visible(store, f"{where} and {what}", DEPTH if anchored else PAGE + 1, **values)


def page(request: Request, store: Store, posts: list[PublicPost]) -> tuple[list[PublicPost], str | None, str | None]:
    """Cut a page: `after` goes on where its anchor stood, even a gone one; `before` a gone anchor there is nothing, for ever."""
    given = request.query_params.get("limit", "25")
    limit = min(max(int(given), 1), PAGE) if given.isdigit() else 25
    start = 0
    if name := request.query_params.get("before"):
        end = next((index for index, post in enumerate(posts) if post.id == name), 0)
        start, posts = max(end - limit, 0), posts[:end]
    elif name := request.query_params.get("after"):
        anchor = store.post(Network.REDDIT, name)
        start = sum(post.seq >= anchor.seq for post in posts) if anchor else 0
    shown = posts[start : start + limit]
    return shown, shown[-1].id if len(posts) > start + limit else None, shown[0].id if shown and start else None
