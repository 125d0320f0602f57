"""X: mentions, recent search, threads and replies over API v2, with tweepy.

Place in the path: `ingest` -> `X.fetch` -> tweepy -> `core.network.Wire` -> X. A walk goes from the newest post back to `since_id`;
`since_id` moves only when `next_token` is drained, so a crash in between repeats and loses nothing. What X asks of us (who may be
answered, what a read costs, how long a search reaches back) is in docs/networks/x.md.
"""

import logging
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import requests
import tweepy

from amends.collectors._x_answers import handle_warning, judge, page_of, shown_or_not, standing_of, unclear_ids, unpublished
from amends.collectors._x_items import FIELDS, digits, history, posts_in, unpack
from amends.collectors._x_length import weighted_length
from amends.collectors._x_posts import NETWORK, gone, permalink, posts_from, taken_at
from amends.collectors._x_walk import MARGIN, REACH, Walk, begin_again
from amends.core import reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import AccessDenied, CredentialsRefused, QueryRefused, Unreachable
from amends.core.network import SHORTEST_WAIT, TIME_OUT, Wire, come_back
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "X", "build", "posts_from"]

API = "https://api.twitter.com/"
REPLY_LIMIT = 280
PAGE_LIMIT = 100
OWN_PAGES = 5
USER_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
CREDENTIALS = (*USER_KEYS, "bearer_token")
WATCHES = (WatchKind.MENTIONS, WatchKind.SEARCH)
OPTIONS = (
    Option(name="user_id", label="Our numeric id", hint="asked of X once where it is empty"),
    Option(name="first_days", label="Days to look back at first", default="7"),
    Option(name="max_reply_length", label="Longest answer", hint="more than 280 with X Premium", default="280"),
    Option(name="replies", label="Whom we may answer", hint="“everyone” where our contract with X says so; else only who speaks to us"),
)
ABILITIES = Abilities(title="X", mark="X", price=0.005, reach=REACH)

# tweepy writes whole requests, tokens included, at DEBUG.
logging.getLogger("tweepy").setLevel(logging.INFO)


class X:
    """One account on X."""

    network = NETWORK

    def __init__(self, account: Account, clock: Clock) -> None:
        self.max_reply_length = int(account.number("max_reply_length", REPLY_LIMIT, least=1))
        self._clock = clock
        self._account = account
        base_url, time_out = account.options.get("base_url"), account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        self._wire = Wire(clock=clock, judge=judge, routes={API: base_url} if base_url else {}, time_out=time_out)
        self._client: Any = _client(account.credentials)
        self._client.session = self._wire
        self._as_user = all(account.credentials.get(key) for key in USER_KEYS)
        self._read_as_user = not account.credentials.get("bearer_token")

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of at most `budget` posts; X gives no fewer than 5 mentions or 10 found posts."""
        now = self._clock()
        walk = Walk.resume(cursor, now - _reach(self._account))
        try:
            whole = self._page(watch, walk, budget, now)
        except QueryRefused as refusal:
            return begin_again(walk, refusal, now)
        body = walk.unread(whole)
        harvest = posts_from(body, self._account)
        following = walk.after(whole, now)
        return Page(
            posts=harvest.posts,
            cursor=following.cursor(),
            more=bool(following.next_token),
            reads=len(reading.sequence(body["data"])),
            troubles=harvest.troubles,
            come_back_at=self._come_back_at(now),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new posts need not wait for old ones."""
        parts = Walk.resume(cursor, self._clock()).split()
        return parts and (parts[0].cursor(), parts[1].cursor())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the root and, of the last seven days, the newest hundred answers, oldest first."""
        if not digits(root_id):
            return ()
        root = self._call("get_tweets", [root_id], **FIELDS)
        ids = [version for item in posts_in(root) for version in history(item)] or [root_id]
        query = " OR ".join(f"conversation_id:{found}" for found in dict.fromkeys([root_id, *ids]))
        answers = self._call("search_recent_tweets", query, max_results=PAGE_LIMIT, **FIELDS)
        posts = {post.external_id: post for body in (answers, root) for post in posts_from(body, self._account).posts}
        return tuple(sorted(posts.values(), key=lambda post: (post.published_at, int(post.external_id))))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts; an edited one is looked up again under its newest id."""
        wanted = list(dict.fromkeys(found for found in external_ids[:PAGE_LIMIT] if digits(found)))
        if not wanted:
            return ()
        body = shown_or_not(self._call("get_tweets", wanted, **FIELDS))
        found = {post.external_id: post for post in posts_from(body, self._account).posts}
        found.update(self._newest_versions(body))
        unclear = {reading.name(item.get("id")) for item in posts_in(body)} | unclear_ids(body)
        missing = [gone(wanted_id, self._account) for wanted_id in wanted if wanted_id not in found and wanted_id not in unclear]
        return (*found.values(), *missing)

    def reply(self, draft: Draft) -> Published:
        """Publish `draft` under its parent."""
        body = self._call("create_tweet", text=draft.text, in_reply_to_tweet_id=draft.parent_id, user_auth=self._as_user)
        external_id = digits(reading.mapping(body.get("data")).get("id"))
        if not external_id:
            raise unpublished(body)
        return self._published(external_id)

    def find_reply(self, draft: Draft) -> Published | None:
        """Look for the reply among our own posts since the first try."""
        token: str | None = None
        for _ in range(OWN_PAGES):
            body = self._call(
                "get_users_tweets",
                self.user_id(),
                start_time=draft.since - MARGIN,
                max_results=PAGE_LIMIT,
                pagination_token=token,
                **FIELDS,
            )
            for post in posts_from(body, self._account).posts:
                if post.parent_id == draft.parent_id and _comparable(post.text) == _comparable(draft.text):
                    return self._published(post.external_id)
            token = reading.text(reading.mapping(body.get("meta")).get("next_token")) or None
            if token is None:
                break
        return None

    def reply_length(self, text: str) -> int:
        """Return the weighted length that X counts."""
        return weighted_length(text)

    def check(self) -> Standing:
        """Return who X takes us for; without a user's tokens we can read but not answer."""
        if not self._as_user:
            return self._check_app()
        me = reading.mapping(self._call("get_me", user_auth=True).get("data"))
        access = self._wire.headers_seen.get("x-access-level", "")
        warnings = ("The app may only read: give it the right to write, then make new access tokens.",) if access == "read" else ()
        return standing_of(me, can_reply=not warnings, warnings=(*warnings, *handle_warning(me, self._account)))

    def user_id(self) -> str:
        """Return our own user id: from the options, else asked once."""
        return self._account.options.get("user_id") or self._learn().options["user_id"]

    def _learn(self) -> Account:
        """Ask X once who we are, and keep it."""
        standing = self.check()
        self._account = replace(self._account, options={**self._account.options, "user_id": standing.user_id})
        return self._account

    def _check_app(self) -> Standing:
        """With a bearer token alone X does not say who we are, unless it is a user's (OAuth 2.0); then look the handle up."""
        try:
            me = reading.mapping(self._call("get_me", user_auth=False).get("data"))
            return standing_of(me, can_reply=True, warnings=handle_warning(me, self._account))
        except AccessDenied:
            me = reading.mapping(self._call("get_user", username=self._account.handle.lstrip("@"), user_auth=False).get("data"))
            return standing_of(
                me, can_reply=False, warnings=("With a bearer token alone we can read but not answer: add the access tokens.",)
            )

    def _page(self, watch: Watch, walk: Walk, budget: int, now: datetime) -> Mapping[str, object]:
        mentions = watch.kind is WatchKind.MENTIONS
        start = walk.start_time if mentions or walk.start_time is None else max(walk.start_time, now - REACH + MARGIN)
        asked = {
            **FIELDS,
            "max_results": min(PAGE_LIMIT, max(budget, 5 if mentions else 10)),
            "since_id": walk.since_id or None,
            "start_time": start,
            "pagination_token" if mentions else "next_token": walk.next_token or None,
        }
        if mentions:
            return page_of(self._call("get_users_mentions", self.user_id(), **asked))
        if watch.kind is WatchKind.SEARCH:
            return page_of(self._call("search_recent_tweets", watch.query, **asked))
        raise QueryRefused(f"X has no {watch.kind}.")

    def _call(self, method: str, *args: object, **asked: object) -> Mapping[str, object]:
        """Call tweepy and return the JSON object that X answers with."""
        asked.setdefault("user_auth", self._read_as_user)
        if asked["user_auth"] and not self._as_user:
            raise CredentialsRefused("Enter a bearer token, or all four: consumer key and secret, access token and secret.")
        try:
            body: object = getattr(self._client, method)(*args, **asked)
        except (requests.RequestException, tweepy.TweepyException, ValueError, RecursionError) as error:
            raise Unreachable("X answered something that is not its API's JSON.") from error
        if not isinstance(body, dict):
            raise Unreachable("X answered something that is not its API's JSON.")
        return reading.mapping(body)

    def _newest_versions(self, body: Mapping[str, object]) -> dict[str, Post]:
        """Look up the newest versions of the posts that came back in an older one."""
        along = unpack(body).posts
        newest = [history(item)[-1] for item in posts_in(body)]
        absent = [found for found in newest if found and found not in along]
        if not absent:
            return {}
        return {post.external_id: post for post in posts_from(self._call("get_tweets", absent, **FIELDS), self._account).posts}

    def _published(self, external_id: str) -> Published:
        at = taken_at(external_id) or self._clock()
        return Published(
            external_id=external_id, permalink=permalink(external_id, self._account.handle.lstrip("@"), self._account), published_at=at
        )

    def _come_back_at(self, now: datetime) -> datetime | None:
        headers = self._wire.headers_seen
        return come_back(headers, now) if headers.get("x-rate-limit-remaining") == "0" else None


def build(account: Account, clock: Clock = utc_now) -> X:
    """Return the collector for our `account` on X.

    Credentials: `consumer_key`, `consumer_secret`, `access_token`, `access_token_secret` to read and to answer; `bearer_token` alone
    to read. Options: `user_id`, `base_url`, `web_url`, `first_days`, `max_reply_length`, `replies`, `time_out`.
    """
    return X(account, clock)


def _comparable(text: str) -> str:
    """Return a text without what X changes in it: mentions put in front, links shortened, spaces, forms of the same letter."""
    bare = re.sub(r"^(?:@\w+\s+)+", "", unicodedata.normalize("NFC", text).strip())
    return " ".join(re.sub(r"https?://\S+", "LINK", bare).split())


def _client(credentials: Mapping[str, str]) -> tweepy.Client:
    given = {key: credentials.get(key) for key in CREDENTIALS}
    return tweepy.Client(**given, return_type=dict, wait_on_rate_limit=False)  # pyright: ignore[reportArgumentType]


def _reach(account: Account) -> timedelta:
    """Return how far back the first visit goes."""
    return timedelta(days=account.number("first_days", REACH.days)) - MARGIN
