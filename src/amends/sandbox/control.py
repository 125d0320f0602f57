"""The control API, under `/control`: what demo, tests and benchmarks ask and tell the sandbox. No network has such a thing."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from amends.sandbox.records import Network, PublicPost
from amends.sandbox.reddit_shape import permalink
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import Source

router = APIRouter(prefix="/control")


@router.get("/watches")
def watches(request: Request, here: Here) -> dict[str, Any]:
    """Return each brand's sources: handle, user id, credentials, options and watches, as a demo enters them."""
    base = str(request.base_url)
    brands = [
        {"key": brand.key, "name": brand.name, "sources": [_source(source, base) for source in here.sources if source.brand is brand]}
        for brand in here.scenario.brands.values()
    ]
    return {"base_urls": {network: f"{base}{network}" for network in Network}, "brands": brands}


def _source(source: Source, base: str) -> dict[str, Any]:
    return {
        "network": source.network,
        "handle": source.handle,
        "user_id": source.user_id,
        "credentials": source.credentials,
        "options": {"base_url": f"{base}{source.network}", "user_id": source.user_id},
        "watches": [{"kind": kind, "query": query} for kind, query in source.watches],
    }


@router.get("/published")
def published(request: Request, here: Here, after: Annotated[int, Query()] = 0) -> dict[str, Any]:
    """Return every post that at least one default watch finds, in order of publication; `seq` of the last one continues the list.

    Customers' posts, our own ones, our replies and shares alike. `must_be_collected` is false for a post that was deleted: it may have
    gone before anybody could read it.
    """
    posts = here.store.posts("p.watched <> '' and p.seq > :after order by p.seq", after=after)
    return {"posts": [described(post, here, str(request.base_url)) for post in posts]}


def described(post: PublicPost, here: Sandbox, base: str) -> dict[str, Any]:
    """Return a post as the control API tells of it: truth included, which no network would give."""
    return {
        "seq": post.seq,
        "network": post.network,
        "id": post.id,
        "published_at": post.published_at,
        "edited_at": post.edited_at,
        "deleted_at": post.deleted_at,
        "must_be_collected": bool(post.watched) and not post.deleted,
        "author": post.author.handle,
        "person": post.author.person,
        "own": bool(post.author.brand),
        "share": bool(post.shared_id),
        "reply": bool(post.parent_id),
        "origin": post.origin,
        "brands": list(post.watched),
        "text": f"{post.title}\n\n{post.text}".strip(),
        "language": post.language,
        "mood": post.mood,
        "kind": post.kind,
        "permalink": _permalink(post, here, base),
    }


def _permalink(post: PublicPost, here: Sandbox, base: str) -> str:
    if post.network is Network.X:
        return f"{base}x/{post.author.handle}/status/{post.id}"
    if post.network is Network.MASTODON:
        return f"{base}mastodon/@{post.author.handle}/{post.id}"
    if post.network is Network.BLUESKY:
        return f"{base}bluesky/profile/{post.author.id}/post/{(post.shared_id or post.id).rpartition('/')[2]}"
    return f"{base}reddit{permalink(here.store.must_have(Network.REDDIT, post.root_id), post)}"


@router.get("/replies")
def replies(request: Request, here: Here) -> dict[str, Any]:
    """Return our replies that came over the APIs, as the public sees them; `doubled` marks a second one of the same text under one post."""
    posts = here.store.posts("p.origin = 'api' and p.parent_id <> '' and p.deleted = '' order by p.seq")
    seen, found = set[tuple[str, str]](), list[dict[str, Any]]()
    for post in posts:
        key = (post.parent_id, post.text)
        found.append(
            described(post, here, str(request.base_url)) | {"parent_id": post.parent_id, "root_id": post.root_id, "doubled": key in seen}
        )
        seen.add(key)
    return {"replies": found}


@router.get("/state")
def state(here: Here) -> dict[str, Any]:
    """Return where the scenario stands and how much was published."""
    counts = here.store.rows("select network, origin, count(*) as n from posts group by 1, 2")
    return {
        "paused": here.player.paused,
        "pace": here.player.pace,
        "minute": here.player.minute,
        "played": here.player.played,
        "entries": len(here.scenario.entries),
        "flooding": here.floods.running(),
        "posts": counts,
        "must_be_collected": here.store.rows("select count(*) as n from posts where watched <> '' and deleted = ''")[0]["n"],
        "reactions_due": here.store.rows("select count(*) as n from due")[0]["n"],
        "faults": len(here.faults.listed()),
    }
