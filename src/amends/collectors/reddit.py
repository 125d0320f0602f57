"""Reddit: new posts and comments of a subreddit, search, mentions and replies, with praw.

Place in the path: `ingest` -> `Reddit.fetch` -> praw -> `core.network.Wire` -> Reddit. A listing is walked from its newest thing back
with `after` until the mark of the last complete walk; `before` is never used, since a deleted anchor lists nothing for ever. What Reddit
asks of us is in docs/networks/reddit.md.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from amends.collectors._reddit_client import CREDENTIALS, REPLY_PATH, Api, grant, name_of
from amends.collectors._reddit_listing import WATCHES, listing, listing_of
from amends.collectors._reddit_posts import NETWORK, gone, hidden_in, posts_from, things
from amends.collectors._reddit_things import MESSAGE
from amends.collectors._reddit_walk import TOO_MANY, Walk
from amends.core import reading
from amends.core.abilities import Abilities, Option, Script
from amends.core.clock import CLOCKS_APART, Clock, utc_now
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, come_back
from amends.core.network_words import Said
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.translating import N_
from amends.core.walk import parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Reddit", "build", "grant", "posts_from"]

OPTIONS = (
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
    Option(
        name="user_agent", label=N_("User agent"), hint=N_("how we call ourselves before Reddit"), default="server:amends:v1 (by /u/handle)"
    ),
)
ABILITIES = Abilities(title="Reddit", mark="r", at="u/", confides=True, grants=True, script=Script.MARKDOWN, at_once=1)
COST = N_("Reddit's API is free up to 100 requests a minute for what is not commercial; commercial use needs an agreement with Reddit.")
NEEDED = {
    "read": N_("“%(right)s” (to read posts)"),
    "submit": N_("“%(right)s” (to answer)"),
    "privatemessages": N_("“%(right)s” (to read mentions and the inbox)"),
    "history": N_("“%(right)s” (to find our own answers)"),
}
REPLY_LIMIT = 10_000
PAGE_LIMIT = 100
THREAD_LIMIT = 500
MORE_CALLS = 5
OWN_PAGES = 5
FIRST_DAYS = 7
OVERLAP = timedelta(minutes=2)
SEARCH_OVERLAP = timedelta(minutes=15)
WAIT = re.compile(r"(\d+) (millisecond|second|minute|hour)")
UNITS = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600}


class Reddit:
    """One account on Reddit."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._api = Api(account, clock)

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return what is new or changed on the next page of at most `budget` things."""
        now = self._clock()
        walk = Walk.resume(cursor, now - timedelta(days=self._account.number("first_days", FIRST_DAYS)))
        path, asked = listing(watch, name_of(self._account))
        place = {"after": walk.anchors[-1]} if walk.anchors else {}
        body = listing_of(self._api.call("GET", path, {**asked, **place, "limit": min(PAGE_LIMIT, max(1, budget))}))
        troubles: list[str] = []
        found = list(things(body, troubles, messages=watch.kind is WatchKind.INBOX))
        page = [fields for _, fields in found]
        following = reading.text(reading.mapping(body.get("data")).get("after"))
        overlap = SEARCH_OVERLAP if watch.kind is WatchKind.SEARCH else OVERLAP
        onward = walk.after(page, following, overlap, now)
        short = walk.fell_short(page, following)
        new = [{"kind": kind, "data": fields} for kind, fields in found if walk.is_new(fields)]
        harvest = posts_from(new, self._account, messages=True)
        return Page(
            posts=harvest.posts,
            cursor=onward.cursor(),
            more=bool(onward.anchors),
            reads=len(page),
            troubles=(*troubles, *harvest.troubles, *((TOO_MANY,) if short else ())),
            missed=walk.missed(page, now) if short else None,
            come_back_at=self._come_back_at(now),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new posts need not wait for old ones."""
        now = self._clock()
        return parted(Walk.resume(cursor, now).split(now))

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the submission and its comments, oldest first; nothing where there is none.

        What Reddit hides behind "more comments" is fetched too, up to five hundred comments; where that fails the rest is good.
        """
        kind, _, short = root_id.rpartition("_")
        place = f"message/messages/{short}" if kind == MESSAGE else f"comments/{short}"
        try:
            body = self._api.call("GET", place, {"limit": THREAD_LIMIT, "sort": "new"})
        except QueryRefused:
            return ()
        if not (isinstance(body, list) and body):
            listing_of(body)
        posts = {post.external_id: post for post in posts_from(body, self._account, messages=True).posts}
        with suppress(NetworkError):
            self._unfold(root_id, hidden_in(body), posts)
        return tuple(sorted(posts.values(), key=lambda post: (post.published_at, post.external_id != root_id)))

    def _unfold(self, root_id: str, hidden: Sequence[str], posts: dict[str, Post]) -> None:
        """Add the hidden comments of a thread to `posts`, a hundred at a time, as Reddit gives them."""
        ahead = dict.fromkeys(hidden)
        for _ in range(MORE_CALLS):
            names = list(islice(ahead, PAGE_LIMIT))
            if not names:
                return
            asked = {"api_type": "json", "link_id": root_id, "children": ",".join(names), "limit_children": "false", "sort": "new"}
            body = self._api.call("GET", "api/morechildren", asked)
            posts |= {post.external_id: post for post in posts_from(body, self._account).posts if post.root_id == root_id}
            ahead = {name: None for name in (*ahead, *hidden_in(body)) if name not in names and f"t1_{name}" not in posts}

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 things; private messages cannot be looked up, and nothing is said of them."""
        wanted = [name for name in dict.fromkeys(external_ids[:PAGE_LIMIT]) if not name.startswith(MESSAGE)]
        if not wanted:
            return ()
        body = listing_of(self._api.call("GET", "api/info", {"id": ",".join(wanted)}))
        shown = {reading.text(fields.get("name")) for _, fields in things(body, [])}
        return (*posts_from(body, self._account).posts, *(gone(name, self._account) for name in wanted if name not in shown))

    def reply(self, draft: Draft) -> Published:
        """Publish `draft` as a comment under its parent."""
        body = self._api.call("POST", REPLY_PATH, {"thing_id": draft.parent_id, "text": draft.text})
        answer = reading.mapping(reading.mapping(body).get("json"))
        errors = reading.sequence(answer.get("errors"))
        if errors:
            raise self._refusal(answer, errors[0])
        made = posts_from(body, self._account, messages=True).posts
        if not made:
            raise Unreachable(NOT_SHOWN % {"title": "Reddit"})
        return _published(made[0])

    def find_reply(self, draft: Draft) -> Published | None:
        """Look for the reply among our own comments, or messages, since the first try."""
        listed = "message/sent" if draft.parent_id.startswith(MESSAGE) else f"user/{name_of(self._account)}/comments"
        place: dict[str, str] = {}
        for _ in range(OWN_PAGES):
            body = listing_of(self._api.call("GET", listed, {"sort": "new", "limit": PAGE_LIMIT, **place}))
            posts = posts_from(body, self._account, messages=True).posts
            same = next((post for post in posts if _is_reply(post, draft)), None)
            if same:
                return _published(same)
            following = reading.text(reading.mapping(body.get("data")).get("after"))
            if not following or (posts and posts[-1].published_at < draft.since - CLOCKS_APART):
                break
            place = {"after": following}
        return None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return who Reddit takes us for; without a user's login we can read but not answer."""
        me = reading.mapping(self._api.call("GET", "api/v1/me", {}))
        handle = reading.text(me.get("name"))
        if not handle:
            warning = N_("Without a user's login we can read but not answer.")
            return Standing(user_id="", handle="", can_reply=False, warnings=(warning,), rights=self._api.scopes(), cost=COST)
        if me.get("is_suspended") is True:
            raise AccessDenied(Said.REDDIT_SUSPENDED, handle=f"u/{handle}")
        warnings = (
            ()
            if handle.casefold() == name_of(self._account).casefold()
            else (keep(N_("The login belongs to %(theirs)s, not to %(ours)s."), theirs=f"u/{handle}", ours=f"u/{name_of(self._account)}"),)
        )
        rights = self._api.scopes()
        lacking = [keep(told, right=right) for right, told in NEEDED.items() if "*" not in rights and right not in rights]
        return Standing(
            user_id=f"t2_{reading.text(me.get('id'))}",
            handle=handle,
            can_reply="*" in rights or "submit" in rights,
            warnings=(*warnings, *((keep(N_("The login lacks rights: %(rights)s."), rights=lacking),) if lacking else ())),
            rights=rights,
            cost=COST,
        )

    def _refusal(self, answer: Mapping[str, object], error: object) -> NetworkError:
        """Return the error that Reddit writes into an answer with status 200: `[code, words, field]`."""
        code, words = (*map(reading.text, reading.sequence(error)), "", "")[:2]
        if code == "USER_REQUIRED":
            return CredentialsRefused(words)
        if code != "RATELIMIT":
            return ReplyRefused(words or code)
        told = reading.number(answer.get("ratelimit")) or _seconds_in(words)
        return RateLimited(words, until=self._clock() + timedelta(seconds=told))

    def _come_back_at(self, now: datetime) -> datetime | None:
        headers = self._api.wire.headers_seen
        left = reading.number(headers.get("x-ratelimit-remaining"))
        return come_back(headers, now) if left is not None and left < 1 else None


def build(account: Account, clock: Clock = utc_now) -> Reddit:
    """Return the collector for our `account` on Reddit.

    Credentials: `client_id`, `client_secret`, and to answer `username` and `password` or `refresh_token`. Options: `user_id` (`t2_…`),
    `base_url`, `web_url`, `first_days`, `user_agent`, `time_out`.
    """
    return Reddit(account, clock)


def _is_reply(post: Post, draft: Draft) -> bool:
    late_enough = post.published_at >= draft.since - CLOCKS_APART
    return late_enough and post.parent_id == draft.parent_id and _comparable(post.text) == _comparable(draft.text)


def _published(post: Post) -> Published:
    return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _seconds_in(words: str) -> float:
    """Return the seconds in "try again in 9 minutes", a minute where it says none."""
    found = WAIT.search(words)
    return int(found[1]) * UNITS[found[2]] if found else 60
