"""Hacker News: stories and comments that name us, read-only, over the search that Hacker News itself uses and over its own API.

Place in the path: `ingest` -> `HackerNews.fetch` -> `core.rest.Rest` -> the search. Nothing can be written there: agents open the post.
How it is set up, and what is asked of us, is in docs/networks/hacker_news.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.collectors._hacker_news_posts import NETWORK, TITLE, gone, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import QueryRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import NOT_WATCHED, UNEXPECTED
from amends.core.ports import Account, Cursor, Page, Standing
from amends.core.post import Post
from amends.core.read_only import ReadOnly
from amends.core.rest import Rest
from amends.core.translating import N_
from amends.core.walk import Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "HackerNews", "build", "posts_from"]

SEARCH = "https://hn.algolia.com/api/v1"
ITEMS = "https://hacker-news.firebaseio.com/v0"
PAGE_LIMIT = 100
FIRST_DAYS = 7
OVERLAP = 900
"""Seconds that a walk reads again: the search shows a comment some minutes after it was written."""

CREDENTIALS = ()
WATCHES = (WatchKind.SEARCH,)
OPTIONS = (Option(name="first_days", label=N_("Days to look back at first"), default="7"),)
ABILITIES = Abilities(title=TITLE, mark="Y", group=Group.FORUMS, at="", handle=N_("Our user there"), replies=False, at_once=1)


class HackerNews(ReadOnly):
    """What is said on Hacker News; our account is only a name by which our own posts are known."""

    network = NETWORK
    title = TITLE

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._search = Rest(account, clock, base=SEARCH, title=TITLE)
        self._items = Rest(account, clock, base=ITEMS, title=TITLE)

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of what names the watch's words, the newest first."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        walk = Walk.counted(cursor, _mark(self._clock() - self._first()))
        size = min(PAGE_LIMIT, max(1, budget))
        body = self._search.get("search_by_date", _asked(watch, walk, size))
        if not isinstance(reading.mapping(body).get("hits"), list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        harvest = posts_from(body, self._account)
        onward = walk.after(
            [_mark(post.published_at) for post in harvest.posts], _place(harvest.posts, walk, body, size), _ids(harvest.posts)
        )
        return Page(
            posts=tuple(post for post in harvest.posts if not walk.knows(post.external_id)),
            cursor=onward.cursor(),
            more=bool(onward.place),
            reads=len(harvest.posts),
            troubles=harvest.troubles,
            come_back_at=self._search.come_back_at(),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new posts need not wait for old ones."""
        return parted(Walk.counted(cursor).split())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the story and all comments under it, oldest first; nothing where there is none."""
        try:
            body = self._search.get(f"items/{reading.whole(root_id) or 0}")
        except QueryRefused:
            return ()
        if reading.name(reading.mapping(body).get("id")) != root_id:
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return tuple(sorted(posts_from(body, self._account).posts, key=lambda post: (post.published_at, int(post.external_id))))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of items, one request each; what is flagged away or deleted comes back deleted."""
        found: list[Post] = []
        for external_id in dict.fromkeys(filter(str.isdecimal, external_ids[:PAGE_LIMIT])):
            item = reading.mapping(self._items.get(f"item/{external_id}.json"))
            if reading.name(item.get("id")) != external_id:
                raise Unreachable(UNEXPECTED % {"title": TITLE})
            is_gone = item.get("deleted") is True or item.get("dead") is True
            found += [gone(external_id, self._account)] if is_gone else posts_from(item, self._account).posts
        return tuple(found)

    def check(self) -> Standing:
        """Return our standing: anybody may read, and where a handle is entered it must be somebody's."""
        handle = self._account.handle
        told = reading.mapping(self._items.get(f"user/{handle}.json")) if handle else {}
        known = reading.text(told.get("id"))
        unknown = keep(
            N_("%(network)s knows no user %(handle)s: our own posts there are not told from others'."), network=TITLE, handle=handle
        )
        warnings = () if known == handle else (unknown,)
        return Standing(user_id=known, handle=known, can_reply=False, warnings=warnings, cost=N_("Reading is free."))

    def _first(self) -> timedelta:
        return timedelta(days=self._account.number("first_days", FIRST_DAYS))


def build(account: Account, clock: Clock = utc_now) -> HackerNews:
    """Return the collector; it needs no credentials. Options: `first_days`, `base_url`, `web_url`, `time_out`."""
    return HackerNews(account, clock)


def _asked(watch: Watch, walk: Walk, size: int) -> dict[str, str | int | None]:
    since = int(walk.mark) - OVERLAP
    until = f",created_at_i<={int(walk.place)}" if walk.place else ""
    return {"query": watch.query, "tags": "(story,comment)", "hitsPerPage": size, "numericFilters": f"created_at_i>={since}{until}"}


def _place(posts: Sequence[Post], walk: Walk, body: object, size: int) -> str:
    """Return from where to go on: the second of the oldest post, since the search shows only a thousand hits by page number."""
    if len(reading.sequence(reading.mapping(body).get("hits"))) < size or not posts:
        return ""
    oldest = min(_mark(post.published_at) for post in posts)
    return oldest if oldest != walk.place else f"{int(oldest) - 1:010}"


def _mark(moment: datetime) -> str:
    return f"{int(moment.timestamp()):010}"


def _ids(posts: Sequence[Post]) -> list[str]:
    return [post.external_id for post in posts]
