"""X: mentions, recent search, threads and replies over API v2, with tweepy.

Place in the path: `ingest` -> `X.fetch` -> tweepy -> `core.network.Wire` -> X. A walk goes from the newest post back to `since_id`;
`since_id` moves only when `next_token` is drained, so a crash in between repeats and loses nothing. What X asks of us (who may be
answered, what a read costs, how long a search reaches back) is in docs/networks/x.md.
"""

import logging
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import requests
import tweepy

from amends.collectors._x_items import history, unpack
from amends.collectors._x_length import weighted_length
from amends.collectors._x_posts import NETWORK, gone, permalink, posts_from, taken_at
from amends.core import reading
from amends.core.clock import Clock, utc_now
from amends.core.errors import AccessDenied, NetworkError, PaymentRequired, QueryRefused, ReplyRefused, SettingsWrong, Unreachable
from amends.core.network import Wire, come_back, words_of
from amends.core.ports import Account, Cursor, Draft, Harvest, Page, Published, Standing, Watch, WatchKind
from amends.core.post import Post

__all__ = ["X", "build", "posts_from"]

API = "https://api.twitter.com/"
REPLY_LIMIT = 280
PAGE_LIMIT = 100
REACH = timedelta(days=7)
MARGIN = timedelta(minutes=5)
SETTLING = timedelta(seconds=10)
OWN_PAGES = 5
FIELDS: dict[str, Any] = {
    "expansions": [
        "author_id",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
        "in_reply_to_user_id",
        "attachments.media_keys",
        "entities.mentions.username",
        "edit_history_tweet_ids",
    ],
    "tweet_fields": [
        "attachments",
        "author_id",
        "conversation_id",
        "created_at",
        "edit_history_tweet_ids",
        "entities",
        "id",
        "in_reply_to_user_id",
        "lang",
        "note_tweet",
        "public_metrics",
        "referenced_tweets",
        "reply_settings",
        "text",
    ],
    "user_fields": ["id", "name", "profile_image_url", "protected", "public_metrics", "username", "verified"],
    "media_fields": ["alt_text", "media_key", "preview_image_url", "type", "url", "variants"],
}
OF_THE_APP = ("oauth1-permissions", "unsupported-authentication", "client-forbidden")

# tweepy writes whole requests, tokens included, at DEBUG.
logging.getLogger("tweepy").setLevel(logging.INFO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """How far a walk has come: from `newest_id` back towards `since_id` (or `start_time` before there is one), now at `next_token`."""

    since_id: str = ""
    start_time: datetime | None = None
    next_token: str = ""
    newest_id: str = ""

    @classmethod
    def resume(cls, cursor: Cursor | None, first: datetime) -> "Walk":
        """Return the walk that `cursor` describes; without one, a walk back to `first`."""
        told = reading.mapping(cursor)
        since_id = _digits(told.get("since_id"))
        return cls(
            since_id=since_id,
            start_time=None if since_id else reading.moment(told.get("start_time")) or first,
            next_token=reading.text(told.get("next_token")),
            newest_id=_digits(told.get("newest_id")),
        )

    def cursor(self) -> Cursor:
        """Return the walk as it is kept in the database."""
        return {
            "since_id": self.since_id or None,
            "start_time": self.start_time.isoformat() if self.start_time else None,
            "next_token": self.next_token or None,
            "newest_id": self.newest_id or None,
        }

    def after(self, body: Mapping[str, object], now: datetime) -> "Walk":
        """Return the walk after a page; when it was the last one, the next walk begins where this one began.

        Ids of the last seconds are held back: X numbers posts in several places at once, and search shows them a little later, so
        a smaller id may still appear.
        """
        meta = reading.mapping(body.get("meta"))
        seen = [self.newest_id, _digits(meta.get("newest_id")), *(_digits(item.get("id")) for item in _items(body))]
        newest = max(filter(None, seen), key=int, default="")
        token = reading.text(meta.get("next_token"))
        if token:
            return replace(self, next_token=token, newest_id=newest)
        settled = min(filter(None, (newest, _id_at(now - SETTLING))), key=int) if newest else ""
        since_id = max(filter(None, (self.since_id, settled)), key=int, default="")
        return Walk(since_id=since_id, start_time=None if since_id else self.start_time)


class X:
    """One account on X."""

    network = NETWORK

    def __init__(self, account: Account, clock: Clock) -> None:
        self.max_reply_length = int(account.options.get("max_reply_length", REPLY_LIMIT))
        self._clock = clock
        self._account = account
        base_url = account.options.get("base_url")
        self._wire = Wire(clock=clock, judge=judge, routes={API: base_url} if base_url else {})
        self._client: Any = _client(account.credentials)
        self._client.session = self._wire
        self._as_user = bool(account.credentials.get("access_token"))
        self._read_as_user = self._as_user and not account.credentials.get("bearer_token")

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of at most `budget` posts; X gives no fewer than 5 mentions or 10 found posts."""
        now = self._clock()
        walk = Walk.resume(cursor, now - _reach(self._account))
        try:
            body = self._page(watch, walk, budget, now)
        except QueryRefused as refusal:
            return _begin_again(walk, refusal, now)
        harvest = posts_from(body, self._seen_by())
        following = walk.after(body, now)
        return Page(
            posts=harvest.posts,
            cursor=following.cursor(),
            more=bool(following.next_token),
            reads=len(reading.sequence(body.get("data"))) or len(_items(body)),
            troubles=(*harvest.troubles, *_partial_errors(body)),
            come_back_at=self._come_back_at(now),
        )

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the root and, of the last seven days, the newest hundred answers, oldest first."""
        root = self._call("get_tweets", [root_id], **FIELDS)
        ids = [version for item in _items(root) for version in history(item)] or [root_id]
        query = " OR ".join(f"conversation_id:{found}" for found in dict.fromkeys([root_id, *ids]))
        answers = self._call("search_recent_tweets", query, max_results=PAGE_LIMIT, **FIELDS)
        posts = {post.external_id: post for body in (answers, root) for post in posts_from(body, self._seen_by()).posts}
        return tuple(sorted(posts.values(), key=lambda post: (post.published_at, int(post.external_id))))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts; an edited one is looked up again under its newest id."""
        wanted = list(dict.fromkeys(found for found in external_ids[:PAGE_LIMIT] if _digits(found)))
        if not wanted:
            return ()
        body = self._call("get_tweets", wanted, **FIELDS)
        found = {post.external_id: post for post in posts_from(body, self._seen_by()).posts}
        found.update(self._newest_versions(body))
        unclear = {reading.name(item.get("id")) for item in _items(body)} | _in_trouble(body)
        missing = [gone(wanted_id, self._account) for wanted_id in wanted if wanted_id not in found and wanted_id not in unclear]
        return (*found.values(), *missing)

    def reply(self, draft: Draft) -> Published:
        """Publish `draft` under its parent."""
        body = self._call("create_tweet", text=draft.text, in_reply_to_tweet_id=draft.parent_id, user_auth=self._as_user)
        external_id = _digits(reading.mapping(body.get("data")).get("id"))
        if not external_id:
            raise Unreachable("X accepted the reply but did not say its id.")
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
            for post in posts_from(body, self._seen_by()).posts:
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
        return _standing(me, can_reply=not warnings, warnings=(*warnings, *_handle_warning(me, self._account)))

    def user_id(self) -> str:
        """Return our own user id: from the options, else asked once."""
        return self._account.options.get("user_id") or self._learn().options["user_id"]

    def _learn(self) -> Account:
        """Ask X once who we are, and keep it."""
        standing = self.check()
        self._account = replace(self._account, options={**self._account.options, "user_id": standing.user_id})
        return self._account

    def _seen_by(self) -> Account:
        return self._account

    def _check_app(self) -> Standing:
        """With a bearer token alone X does not say who we are, unless it is a user's (OAuth 2.0); then look the handle up."""
        try:
            me = reading.mapping(self._call("get_me", user_auth=False).get("data"))
            return _standing(me, can_reply=True, warnings=_handle_warning(me, self._account))
        except AccessDenied:
            me = reading.mapping(self._call("get_user", username=self._account.handle.lstrip("@"), user_auth=False).get("data"))
            return _standing(
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
            return _page_of(self._call("get_users_mentions", self.user_id(), **asked))
        if watch.kind is WatchKind.SEARCH:
            return _page_of(self._call("search_recent_tweets", watch.query, **asked))
        raise SettingsWrong(f"X has no {watch.kind}.")

    def _call(self, method: str, *args: object, **asked: object) -> Mapping[str, object]:
        """Call tweepy and return the JSON object that X answers with."""
        asked.setdefault("user_auth", self._read_as_user)
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
        newest = [history(item)[-1] for item in _items(body)]
        absent = [found for found in newest if found and found not in along]
        if not absent:
            return {}
        return {post.external_id: post for post in posts_from(self._call("get_tweets", absent, **FIELDS), self._seen_by()).posts}

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
    to read. Options: `user_id`, `base_url`, `web_url`, `first_days`, `max_reply_length`, `replies`.
    """
    return X(account, clock)


def judge(response: requests.Response) -> NetworkError | None:
    """Return the errors that only X makes: a reply that it will not take, and a month's posts used up."""
    words = words_of(response)
    problem = response.text if response.status_code in {400, 403, 404, 429} else ""
    if response.request.method == "POST" and response.status_code in {400, 403, 404} and not any(sign in problem for sign in OF_THE_APP):
        return ReplyRefused(words)
    if response.status_code == 429 and "UsageCapExceeded" in problem:  # noqa: PLR2004
        return PaymentRequired(words)
    return None


def _client(credentials: Mapping[str, str]) -> tweepy.Client:
    keys = ("bearer_token", "consumer_key", "consumer_secret", "access_token", "access_token_secret")
    return tweepy.Client(**{key: credentials.get(key) for key in keys}, return_type=dict, wait_on_rate_limit=False)


def _reach(account: Account) -> timedelta:
    """Return how far back the first visit goes."""
    return timedelta(days=float(account.options.get("first_days", REACH.days))) - MARGIN


def _begin_again(walk: Walk, refusal: QueryRefused, now: datetime) -> Page:
    """Answer a refused cursor: drop the part of it that X refuses; raise where it is the query itself."""
    words = str(refusal)
    if walk.next_token:
        fresh = Walk(since_id=walk.since_id, start_time=walk.start_time)
        return Page(
            posts=(),
            cursor=fresh.cursor(),
            more=True,
            troubles=(f"X no longer knows the place we stopped at; the walk begins again. {words}",),
        )
    if walk.since_id and "since_id" in words:
        fresh = Walk(start_time=now - REACH + MARGIN)
        return Page(
            posts=(),
            cursor=fresh.cursor(),
            more=True,
            troubles=(f"The last visit is over 7 days ago; what is older X no longer finds. {words}",),
        )
    raise refusal


def _page_of(body: Mapping[str, object]) -> Mapping[str, object]:
    """Return `body` where it is a page of posts; an answer without posts and without counts would otherwise end a walk too early."""
    if isinstance(body.get("data"), list | dict) or isinstance(body.get("meta"), dict):
        return body
    errors = reading.mappings(body.get("errors"))
    if errors:
        raise AccessDenied(" ".join(filter(None, (reading.text(error.get("detail")) for error in errors))))
    raise Unreachable("X answered without posts and without counting them.")


def _items(body: Mapping[str, object]) -> list[dict[str, object]]:
    data = body.get("data")
    return reading.mappings(data if isinstance(data, list) else [data])


def _partial_errors(body: Mapping[str, object]) -> tuple[str, ...]:
    """Return what X says it could not show; posts and people that a post merely refers to are no trouble."""
    errors = reading.mappings(body.get("errors"))
    return tuple(reading.text(error.get("detail") or error.get("title")) for error in errors if not _only_referred(error))


def _only_referred(error: Mapping[str, object]) -> bool:
    return error.get("parameter") in FIELDS["expansions"] or error.get("field") in FIELDS["expansions"]


def _in_trouble(body: Mapping[str, object]) -> set[str]:
    """Return the ids that X names with an error that does not mean they are gone."""
    gone_for_good = ("resource-not-found", "not-authorized-for-resource")
    errors = reading.mappings(body.get("errors"))
    return {
        reading.name(error.get("resource_id") or error.get("value"))
        for error in errors
        if not reading.text(error.get("type")).endswith(gone_for_good)
    }


def _digits(value: object) -> str:
    told = reading.name(value)
    return told if told.isascii() and told.isdigit() and len(told) < reading.LONGEST_NUMBER else ""


def _id_at(moment: datetime) -> str:
    """Return the smallest id that a post of this moment could have."""
    return str(max(0, int(moment.timestamp() * 1000) - 1_288_834_974_657) << 22)


def _comparable(text: str) -> str:
    """Return a text without what X changes in it: mentions put in front, links shortened, spaces, forms of the same letter."""
    bare = re.sub(r"^(?:@\w+\s+)+", "", unicodedata.normalize("NFC", text).strip())
    return " ".join(re.sub(r"https?://\S+", "LINK", bare).split())


def _standing(me: Mapping[str, object], *, can_reply: bool, warnings: tuple[str, ...]) -> Standing:
    user_id = _digits(me.get("id"))
    if not user_id:
        raise Unreachable("X did not say who we are.")
    return Standing(user_id=user_id, handle=reading.text(me.get("username")), can_reply=can_reply, warnings=warnings)


def _handle_warning(me: Mapping[str, object], account: Account) -> tuple[str, ...]:
    theirs, ours = reading.text(me.get("username")), account.handle.lstrip("@")
    return () if theirs.casefold() == ours.casefold() else (f"The tokens belong to @{theirs}, not to @{ours}.",)
