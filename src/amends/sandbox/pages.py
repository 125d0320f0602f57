"""What the public sees: an index, profiles and threads of each network, as plain pages without script.

Every text on them is a stranger's; Jinja escapes all of it.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader

from amends.sandbox.mastodon import PUBLIC
from amends.sandbox.records import Network, PublicPost
from amends.sandbox.reddit_shape import permalink
from amends.sandbox.state import Here, Sandbox

router = APIRouter(include_in_schema=False)
PAGE = 40
SIDES = {
    Network.X: ("X side", "/x"),
    Network.REDDIT: ("Reddit side", "/reddit"),
    Network.MASTODON: ("Mastodon side", "/mastodon"),
    Network.BLUESKY: ("Bluesky side", "/bluesky"),
}
_templates = Environment(loader=PackageLoader("amends.sandbox"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%-d %b %Y, %H:%M:%S UTC")


def _x_page(handle: str) -> str:
    return f"/x/{quote(handle, safe='')}"


def _user_page(handle: str) -> str:
    return f"/reddit/user/{quote(handle, safe='')}"


def _mastodon_page(handle: str) -> str:
    return f"/mastodon/@{quote(handle, safe='')}"


def _sky_page(name: str) -> str:
    return f"/bluesky/profile/{quote(name, safe=':')}"


def _sub_page(name: str) -> str:
    return f"/reddit/r/{quote(name, safe='')}"


_PAGES = {Network.X: _x_page, Network.REDDIT: _user_page, Network.MASTODON: _mastodon_page, Network.BLUESKY: _sky_page}


def _profile(post: PublicPost) -> str:
    return _PAGES[post.network](post.author.handle)


def _handle(post: PublicPost) -> str:
    return f"u/{post.author.handle}" if post.network is Network.REDDIT else f"@{post.author.handle}"


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


_templates.filters.update(clock=_clock, iso=_iso, profile=_profile, handle=_handle)
_LINKS = {"x_page": _x_page, "user_page": _user_page, "sub_page": _sub_page, "mastodon_page": _mastodon_page, "sky_page": _sky_page}


def _render(here: Sandbox, name: str, network: Network | None, status: int = 200, **values: Any) -> HTMLResponse:
    side, home = SIDES[network] if network else ("Networks", "/")

    def href(post: PublicPost) -> str:
        return _href(here, post)

    def related(post: PublicPost) -> PublicPost | None:
        return _related(here, post)

    links = {"side": side, "home": home, "network": network or "", "sides": tuple(SIDES.values()), "href": href, "related": related}
    page = _templates.get_template(name).render(**links, **_LINKS, **values)
    return HTMLResponse(page, status)


def _href(here: Sandbox, post: PublicPost) -> str:
    if post.network is Network.X:
        return f"{_x_page(post.author.handle)}/status/{post.id}"
    if post.network is Network.MASTODON:
        return f"{_mastodon_page(post.author.handle)}/{post.id}"
    if post.network is Network.BLUESKY:
        return f"{_sky_page(post.author.id)}/post/{post.id.rpartition('/')[2]}"
    return "/reddit" + quote(permalink(here.store.must_have(Network.REDDIT, post.root_id), post))


def _related(here: Sandbox, post: PublicPost) -> PublicPost | None:
    target = post.quoted_id or post.shared_id
    return here.store.post(post.network, target) if target else None


@router.get("/")
def front(here: Here) -> HTMLResponse:
    """Return the page that leads to the networks."""
    counts = here.store.rows("select network, count(*) as n, sum(origin = 'api') as answers from posts group by network")
    known = {row["network"]: row for row in counts}
    doors = [
        {"name": name, "href": href, "posts": known.get(network, {}).get("n", 0), "answers": known.get(network, {}).get("answers", 0)}
        for network, (name, href) in SIDES.items()
    ]
    return _render(here, "front.html", None, title="Networks", doors=doors, brands=list(here.scenario.brands.values()))


@router.get("/sandbox.css")
def style() -> Response:
    """Return the one style sheet."""
    return Response((files("amends.sandbox") / "templates" / "sandbox.css").read_text(), media_type="text/css")


@router.get("/x")
def x_index(here: Here, before: int = 2**62) -> HTMLResponse:
    """Return the newest posts on X."""
    return _list(here, Network.X, "The newest posts", "p.network = 'x'", before)


@router.get("/x/avatar/{handle}.svg")
def avatar(handle: str) -> Response:
    """Return a picture for an account: its initial on a colour of its own."""
    hue = hashlib.sha256(handle.lower().encode()).digest()[0] * 360 // 256
    letter = html.escape(handle[:1].upper())
    return _svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl({hue} 42% 42%)"/>'
        f'<text x="20" y="27" font-family="sans-serif" font-size="19" fill="#fff" text-anchor="middle">{letter}</text></svg>'
    )


@router.get("/x/media/{name}.svg")
@router.get("/reddit/media/{name}.svg")
def media(name: str) -> Response:
    """Return a stand-in for a photo: its name on a plain ground."""
    words = html.escape(name.replace("-", " "))
    return _svg(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 270"><rect width="480" height="270" fill="#8a93a3"/>'
        f'<text x="240" y="142" font-family="sans-serif" font-size="22" fill="#fff" text-anchor="middle">{words}</text></svg>'
    )


def _svg(picture: str) -> Response:
    return Response(
        picture, media_type="image/svg+xml", headers={"cache-control": "max-age=86400", "content-security-policy": "default-src 'none'"}
    )


@router.get("/x/{handle}")
def x_profile(handle: str, here: Here, before: int = 2**62) -> HTMLResponse:
    """Return an account's page on X."""
    return _profile_page(here, Network.X, handle.removeprefix("@"), before)


@router.get("/x/{_handle}/status/{post_id}")
def x_thread(_handle: str, post_id: str, here: Here) -> HTMLResponse:
    """Return a conversation on X; the handle in the address is for people, the id decides."""
    version = here.store.version(int(post_id)) if re.fullmatch(r"\d{1,18}|[1-8]\d{18}", post_id) else None
    return _thread(here, here.store.post(Network.X, version.post_id) if version else None)


@router.get("/mastodon")
def mastodon_index(here: Here, before: int = 2**62) -> HTMLResponse:
    """Return the newest posts on Mastodon that everybody may see."""
    return _list(here, Network.MASTODON, "The newest posts", f"p.network = 'mastodon' and {PUBLIC}", before)


@router.get("/mastodon/@{handle}")
def mastodon_profile(handle: str, here: Here, before: int = 2**62) -> HTMLResponse:
    """Return an account's page on Mastodon."""
    return _profile_page(here, Network.MASTODON, handle, before)


@router.get("/mastodon/@{_handle}/{post_id}")
def mastodon_thread(_handle: str, post_id: str, here: Here) -> HTMLResponse:
    """Return a thread on Mastodon."""
    return _thread(here, here.store.post(Network.MASTODON, post_id))


@router.get("/reddit")
def reddit_index(here: Here, before: int = 2**62) -> HTMLResponse:
    """Return the newest submissions on Reddit."""
    return _list(here, Network.REDDIT, "The newest threads", "p.network = 'reddit' and p.parent_id = ''", before)


@router.get("/reddit/r/{name}")
def subreddit(name: str, here: Here, before: int = 2**62) -> HTMLResponse:
    """Return a subreddit's newest submissions."""
    return _list(here, Network.REDDIT, f"r/{name}", "p.subreddit = :name and p.parent_id = ''", before, name=name)


@router.get("/reddit/user/{handle}")
def reddit_profile(handle: str, here: Here, before: int = 2**62) -> HTMLResponse:
    """Return an account's page on Reddit."""
    return _profile_page(here, Network.REDDIT, handle, before)


@router.get("/reddit/r/{_name}/comments/{path:path}")
def reddit_thread(_name: str, path: str, here: Here) -> HTMLResponse:
    """Return a thread on Reddit, `ID/slug`, perhaps with one comment marked, `ID/slug/COMMENT`."""
    short, _, rest = path.partition("/")
    comment = rest.partition("/")[2]
    return _thread(here, here.store.post(Network.REDDIT, f"t1_{comment}" if comment else f"t3_{short}"))


@router.get("/bluesky")
def bluesky_index(here: Here, before: int = 2**62) -> HTMLResponse:
    """Return the newest posts on Bluesky."""
    return _list(here, Network.BLUESKY, "The newest posts", "p.network = 'bluesky'", before)


@router.get("/bluesky/profile/{name}")
def bluesky_profile(name: str, here: Here, before: int = 2**62) -> HTMLResponse:
    """Return an account's page on Bluesky, by its handle or its id."""
    found = here.store.account(Network.BLUESKY, handle=name, account_id=name)
    return _profile_page(here, Network.BLUESKY, found.handle if found else name, before)


@router.get("/bluesky/profile/{name}/post/{key}")
def bluesky_thread(name: str, key: str, here: Here) -> HTMLResponse:
    """Return a thread on Bluesky, with one post of it marked."""
    found = here.store.account(Network.BLUESKY, handle=name, account_id=name)
    return _thread(here, here.store.post(Network.BLUESKY, f"at://{found.id}/app.bsky.feed.post/{key}") if found else None)


def _profile_page(here: Sandbox, network: Network, handle: str, before: int) -> HTMLResponse:
    account = here.store.account(network, handle=handle)
    if account is None:
        return _lost(here, network)
    lead = account.about or f"{account.followers} followers"
    return _list(
        here, network, account.name, f"p.network = :network and a.id = :id and {PUBLIC}", before, lead=lead, network=network, id=account.id
    )


def _list(here: Sandbox, side: Network, title: str, condition: str, before: int, *, lead: str = "", **values: object) -> HTMLResponse:
    posts = here.store.posts(
        f"p.seq < :before and p.deleted = '' and {condition} order by p.seq desc limit {PAGE + 1}", before=before, **values
    )
    older = posts[PAGE - 1].seq if len(posts) > PAGE else None
    return _render(here, "list.html", side, title=title, lead=lead, posts=posts[:PAGE], older=older)


def _thread(here: Sandbox, focus: PublicPost | None) -> HTMLResponse:
    if focus is None:
        return _lost(here, Network.X)
    posts = here.store.posts(
        f"p.network = :network and p.root_id = :root and {PUBLIC} order by p.seq", network=focus.network, root=focus.root_id
    )
    below: dict[str, list[PublicPost]] = {}
    for post in posts:
        below.setdefault(post.parent_id, []).append(post)
    root = here.store.must_have(focus.network, focus.root_id)
    title = f"r/{root.subreddit}" if root.subreddit else f"A conversation that @{root.author.handle} began"
    branches = list(_branches(below, "", 0))
    return _render(here, "thread.html", focus.network, title=title, root=root, branches=branches, focus=focus.id)


def _branches(below: dict[str, list[PublicPost]], parent: str, depth: int) -> Iterator[tuple[PublicPost, int]]:
    for post in below.get(parent, []):
        yield post, depth
        yield from _branches(below, post.id, depth + 1)


def _lost(here: Sandbox, network: Network) -> HTMLResponse:
    return _render(here, "lost.html", network, status=404, title="Nothing here")
