"""X: mentions, quotes, searches, own posts, private messages, threads and replies over API v2, with tweepy; its stream and webhooks too.

Place in the path: `ingest` -> `X.fetch` -> tweepy -> `core.network.Wire` -> X. A walk goes from the newest post back to `since_id`;
`since_id` moves only when `next_token` is drained, so a crash in between repeats and loses nothing. What X asks of us (who may be
answered, what a read costs, how long a search reaches back) is in docs/networks/x.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from amends.collectors import _x_compliance, _x_hook, _x_stream
from amends.collectors import _x_talks as talks
from amends.collectors._x_answers import cost_of, gone_ids, handle_warning, page_of, shown_or_not, standing_of, unpublished
from amends.collectors._x_client import CREDENTIALS, Api
from amends.collectors._x_echo import says
from amends.collectors._x_items import FIELDS, digits, history, posts_in, unpack
from amends.collectors._x_length import weighted_length
from amends.collectors._x_listing import WATCHES, listing
from amends.collectors._x_login import grant, lacking
from amends.collectors._x_media import IN_PRIVATE, IN_PUBLIC, MOST, uploaded
from amends.collectors._x_messages import is_message
from amends.collectors._x_posts import gone, permalink, posts_from
from amends.collectors._x_query import compose, wrong_with
from amends.collectors._x_view import NETWORK, taken_at
from amends.collectors._x_walk import MARGIN, REACH, Walk, begin_again
from amends.core import reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import CLOCKS_APART, Clock, utc_now
from amends.core.errors import AccessDenied, QueryRefused
from amends.core.network import NOT_WATCHED, come_back
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.pushing import Heard, Hook
from amends.core.translating import N_
from amends.core.walk import parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "X", "build", "compose", "grant", "posts_from", "wrong_with"]

REPLY_LIMIT = 280
PAGE_LIMIT = 100
OWN_PAGES = THREAD_PAGES = 5
PRICE = 0.005
OPTIONS = (
    Option(name="user_id", label=N_("Our numeric id"), hint=N_("asked of X once where it is empty")),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
    Option(name="max_reply_length", label=N_("Longest answer"), hint=N_("more than 280 with X Premium"), default="280"),
    Option(
        name="replies", label=N_("Whom we may answer"), hint=N_("“everyone” where our contract with X says so; else only who speaks to us")
    ),
    Option(name="price_per_read", label=N_("Price of a read"), hint=N_("US dollars for one post, as our plan has it"), default=str(PRICE)),
    Option(
        name="backfill_minutes", label=N_("Minutes a stream makes up for"), hint=N_("1 to 5, with an Enterprise contract only"), number=True
    ),
)
ABILITIES = Abilities(
    title="X",
    mark="X",
    private=True,
    attachments=MOST[IN_PUBLIC],
    message_length=talks.LENGTH,
    message_pictures=MOST[IN_PRIVATE],
    streams=frozenset({WatchKind.SEARCH}),
    hooks=True,
    grants=True,
    price=PRICE,
    reach=REACH,
)


class X:
    """One account on X."""

    network = NETWORK

    def __init__(self, account: Account, clock: Clock) -> None:
        self.max_reply_length = int(account.number("max_reply_length", REPLY_LIMIT, least=1))
        self.largest = _x_compliance.LARGEST
        self._clock = clock
        self._account = account
        self._api = Api(account, clock)

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of at most `budget` posts; X gives no fewer than 5 mentions or 10 found posts."""
        now = self._clock()
        if watch.kind is WatchKind.INBOX:
            self.user_id()
            return talks.fetch(self._api, self._account, cursor, budget=budget, now=now, first=now - _reach(self._account))
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
        return parted((talks.Walk.resume(cursor) if "mark" in cursor else Walk.resume(cursor, self._clock())).split())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the root and, of the last seven days, the newest answers (at most five hundred), oldest first.

        Nothing of a private conversation: the inbox reads it, and to read it again costs money.
        """
        if not digits(root_id):
            return ()
        root = shown_or_not(self._api.call("get_tweets", [root_id], **FIELDS))
        ids = [version for item in posts_in(root) for version in history(item)] or [root_id]
        query = " OR ".join(f"conversation_id:{found}" for found in dict.fromkeys([root_id, *ids]))
        bodies = [*self._pages("search_recent_tweets", query, "next_token", THREAD_PAGES), root]
        posts = {post.external_id: post for body in bodies for post in posts_from(body, self._account).posts}
        return tuple(sorted(posts.values(), key=lambda post: (post.published_at, int(post.external_id))))

    def listen(self, watch: Watch, cursor: Cursor | None, *, stopping: Callable[[], bool]) -> Iterator[Page]:
        """Yield the posts of a search as X pushes them; `cursor` is not needed, since the search finds what a cut loses."""
        del cursor
        if watch.kind not in ABILITIES.streams:
            raise QueryRefused(NOT_WATCHED % {"title": "X"})
        return _x_stream.listen(self._api, self._account, self._clock, watch, stopping)

    def hear(self, hook: Hook) -> Heard:
        """Return what X calls in; `HookRefused` where X did not sign it."""
        return _x_hook.hear(hook, self._account)

    def recheck(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return those of at most `largest` posts that are gone, by X's batch compliance; `RateLimited` says when to ask again."""
        return _x_compliance.recheck(self._api, self._account, self._clock, external_ids)

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts; an edited one by its newest id. Of messages nothing is said."""
        wanted = list(dict.fromkeys(found for found in external_ids[:PAGE_LIMIT] if digits(found)))
        if not wanted:
            return ()
        body = shown_or_not(self._api.call("get_tweets", wanted, **FIELDS))
        found = {post.external_id: post for post in posts_from(body, self._account).posts}
        found.update(self._newest_versions(body))
        named = gone_ids(body) - {reading.name(item.get("id")) for item in posts_in(body)}
        missing = [gone(wanted_id, self._account) for wanted_id in wanted if wanted_id in named and wanted_id not in found]
        return (*found.values(), *missing)

    def reply(self, draft: Draft) -> Published:
        """Publish `draft` under its parent, or send it to its author alone."""
        if draft.private or is_message(draft.parent_id):
            return talks.send(self._api, self._account, draft, now=self._clock())
        pictures = uploaded(self._api, draft.attachments, IN_PUBLIC)
        body = self._api.call_as_user("create_tweet", text=draft.text, in_reply_to_tweet_id=draft.parent_id, media_ids=pictures or None)
        external_id = digits(reading.mapping(body.get("data")).get("id"))
        if not external_id:
            raise unpublished(body)
        return self._published(external_id)

    def find_reply(self, draft: Draft) -> Published | None:
        """Look for the reply among our own posts, or our messages, since the first try."""
        if draft.private or is_message(draft.parent_id):
            self.user_id()
            return talks.find(self._api, self._account, draft)
        pages = self._pages("get_users_tweets", self.user_id(), "pagination_token", OWN_PAGES, start_time=draft.since - CLOCKS_APART)
        posts = (post for body in pages for post in posts_from(body, self._account).posts)
        found = next((post for post in posts if post.parent_id == draft.parent_id and says(post.text, draft)), None)
        return self._published(found.external_id) if found else None

    def reply_length(self, text: str) -> int:
        """Return the weighted length that X counts."""
        return weighted_length(text)

    def check(self) -> Standing:
        """Return who X takes us for; without a user's tokens we can read but not answer."""
        standing = self._check_user() if self._api.as_user else self._check_app()
        tokens, level = self._api.tokens, self._api.wire.headers_seen.get("x-access-level", "")
        rights = tuple(filter(None, tokens.scope.split() if tokens else level.split("-")))
        lacks = lacking(rights) if tokens else ()
        return replace(
            standing,
            can_reply=standing.can_reply and not (lacks and "tweet.write" not in rights),
            warnings=(*standing.warnings, *lacks),
            rights=rights,
            cost=cost_of(self._account.number("price_per_read", PRICE)),
        )

    def user_id(self) -> str:
        """Return our own user id: from the options, else asked once."""
        return self._account.options.get("user_id") or self._learn().options["user_id"]

    def _learn(self) -> Account:
        """Ask X once who we are, and keep it."""
        standing = self.check()
        self._account = replace(self._account, options={**self._account.options, "user_id": standing.user_id})
        return self._account

    def _check_user(self) -> Standing:
        me = reading.mapping(self._api.call("get_me", user_auth=True).get("data"))
        access = self._api.wire.headers_seen.get("x-access-level", "")
        warnings = (N_("The app may only read: give it the right to write, then make new access tokens."),) if access == "read" else ()
        return standing_of(me, can_reply=not warnings, warnings=(*warnings, *handle_warning(me, self._account)))

    def _check_app(self) -> Standing:
        """With a bearer token alone X does not say who we are, unless it is a user's (OAuth 2.0); then look the handle up."""
        try:
            me = reading.mapping(self._api.call("get_me", user_auth=False).get("data"))
            return standing_of(me, can_reply=True, warnings=handle_warning(me, self._account))
        except AccessDenied:
            me = reading.mapping(self._api.call("get_user", username=self._account.handle.lstrip("@"), user_auth=False).get("data"))
            return standing_of(
                me, can_reply=False, warnings=(N_("With a bearer token alone we can read but not answer: add the access tokens."),)
            )

    def _page(self, watch: Watch, walk: Walk, budget: int, now: datetime) -> Mapping[str, object]:
        told = listing(watch, self._account.handle)
        asked = {
            **FIELDS,
            "max_results": min(PAGE_LIMIT, max(budget, told.least)),
            "since_id": walk.since_id or None,
            "start_time": max(walk.start_time, now - REACH + MARGIN) if told.query and walk.start_time else walk.start_time,
            told.onward: walk.next_token or None,
        }
        return page_of(self._api.call(told.method, told.query or self.user_id(), **asked))

    def _pages(self, method: str, subject: str, token: str, most: int, **asked: object) -> Iterator[Mapping[str, object]]:
        """Yield at most `most` whole pages of a listing."""
        place: str | None = None
        for _ in range(most):
            body = page_of(self._api.call(method, subject, max_results=PAGE_LIMIT, **{token: place}, **asked, **FIELDS))
            yield body
            place = reading.text(reading.mapping(body.get("meta")).get("next_token")) or None
            if place is None:
                return

    def _newest_versions(self, body: Mapping[str, object]) -> dict[str, Post]:
        """Look up the newest versions of the posts that came back in an older one."""
        along = unpack(body).posts
        newest = [history(item)[-1] for item in posts_in(body)]
        absent = [found for found in newest if found and found not in along]
        if not absent:
            return {}
        return {post.external_id: post for post in posts_from(self._api.call("get_tweets", absent, **FIELDS), self._account).posts}

    def _published(self, external_id: str) -> Published:
        at = taken_at(external_id) or self._clock()
        return Published(
            external_id=external_id, permalink=permalink(external_id, self._account.handle.lstrip("@"), self._account), published_at=at
        )

    def _come_back_at(self, now: datetime) -> datetime | None:
        headers = self._api.wire.headers_seen
        return come_back(headers, now) if headers.get("x-rate-limit-remaining") == "0" else None


def build(account: Account, clock: Clock = utc_now) -> X:
    """Return the collector for our `account` on X.

    Credentials: `client_id`, `client_secret` and, from signing in on X, `refresh_token`; or `consumer_key`, `consumer_secret`,
    `access_token`, `access_token_secret` to read and to answer; `bearer_token` alone to read; the stream and batch compliance need it, the
    webhook needs `consumer_secret`. Options: those of `OPTIONS`, and `base_url`, `web_url`, `time_out`.
    """
    return X(account, clock)


def _reach(account: Account) -> timedelta:
    """Return how far back the first visit goes."""
    return timedelta(days=account.number("first_days", REACH.days)) - MARGIN
