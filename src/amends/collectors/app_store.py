"""App Store: the reviews of our app and our answers over App Store Connect; without its key, the public feed, read-only.

Place in the path: `ingest` -> `AppStore.fetch` -> `core.rest.Rest` -> App Store Connect API v1 (customerReviews, customerReviewResponses).
How it is set up, and what is asked of us, is in docs/networks/app_store.md.
"""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from amends.collectors._app_store_posts import ANSWER, NETWORK, NO_KEY, TITLE, US, gone, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import CredentialsRefused, QueryRefused, ReplyRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, NOT_WATCHED, UNEXPECTED
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.rest import Params, Rest
from amends.core.tokens import Made, Token, signed
from amends.core.translating import N_
from amends.core.walk import Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "AppStore", "build", "posts_from"]

API = "https://api.appstoreconnect.apple.com/"
FEED = "https://itunes.apple.com/"
PAGE_LIMIT = 100
FEED_PAGES = 10
REPLY_LIMIT = 5_970
TOKEN_LASTS = timedelta(minutes=15)
OVERLAP = timedelta(hours=12)
"""A review appears some hours after the time that it bears."""

CREDENTIALS = ("key_id", "issuer_id", "private_key")
WATCHES = (WatchKind.REVIEWS,)
OPTIONS = (
    Option(name="app_id", label=N_("Number of the app"), hint=N_("the digits after “id” in its address"), required=True),
    Option(name="country", label=N_("Country of the public feed"), hint=N_("two letters; only without a key"), default="us"),
    Option(name="first_days", label=N_("Days to look back at first"), default="30"),
)
ABILITIES = Abilities(
    title=TITLE, keyless=True, mark="A", group=Group.REVIEWS, at="", handle=N_("Name of the app"), threads=False, at_once=1
)


class AppStore:
    """The reviews of one app."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._has_key = all(account.credentials.get(name) for name in CREDENTIALS)
        token = Token(clock, self._login)
        self._connect = Rest(account, clock, base=API, title=TITLE, headers=token.headers)
        self._feed = Rest(account, clock, base=FEED, title=TITLE)

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of reviews, the newest first."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        first = self._clock() - timedelta(days=self._account.number("first_days", 30))
        walk = Walk.resume(cursor, first.isoformat())
        body, place = self._from_connect(watch, walk, budget) if self._has_key else self._from_feed(watch, walk)
        harvest = posts_from(body, self._account)
        marks = [post.published_at.isoformat() for post in harvest.posts if not post.is_own]
        ends = bool(marks) and min(marks) < self._floor(walk)
        onward = walk.after(marks, "" if ends else place, map(_stamp, harvest.posts))
        return Page(
            posts=tuple(post for post in harvest.posts if not walk.knows(_stamp(post))),
            cursor=onward.cursor(),
            more=bool(onward.place),
            reads=len(marks),
            troubles=harvest.troubles,
            come_back_at=self._connect.come_back_at(),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new reviews need not wait for old ones."""
        return parted(Walk.resume(cursor).split())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return a review with our answer."""
        return tuple(post for post in self.refresh([root_id]) if not post.deleted)

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of reviews, one request each; nothing without a key, since the feed is asked for no single one."""
        if not self._has_key:
            return ()
        wanted = dict.fromkeys(external_id.removesuffix(ANSWER) for external_id in external_ids[:PAGE_LIMIT])
        return tuple(post for review_id in wanted for post in self._review(review_id))

    def reply(self, draft: Draft) -> Published:
        """Answer the review, in place of what we may have answered before."""
        if not self._has_key:
            raise ReplyRefused(NO_KEY)
        review = {"data": {"type": "customerReviews", "id": draft.root_id}}
        said = {"type": "customerReviewResponses", "attributes": {"responseBody": draft.text}, "relationships": {"review": review}}
        answer = reading.mapping(reading.mapping(self._connect.publish("v1/customerReviewResponses", {"data": said})).get("data"))
        found = posts_from({"answer": answer, "to": draft.root_id}, self._account).posts
        if not found:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        return _published(found[0])

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our answer under the review where it says what the draft says."""
        answers = [post for post in self._review(draft.root_id) if post.external_id.endswith(ANSWER) and not post.deleted]
        same = next((post for post in answers if draft.parent_id == draft.root_id and post.text.split() == draft.text.split()), None)
        return _published(same) if same else None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return our standing: what the app is called, and whether we may answer."""
        handle = self._account.handle
        if not self._has_key:
            return Standing(user_id="", handle=handle, can_reply=False, warnings=(NO_KEY,), cost=N_("Reading is free."))
        app = reading.mapping(reading.mapping(self._connect.get(f"v1/apps/{self._app_id()}")).get("data"))
        name = reading.text(reading.mapping(app.get("attributes")).get("name"))
        if not name:
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        warnings = () if name == handle else (keep(N_("This is the app %(name)s, not %(handle)s."), name=name, handle=handle),)
        cost = keep(N_("Free: %(n)s requests an hour."), n=3_600)
        return Standing(user_id=reading.name(app.get("id")), handle=name, can_reply=True, warnings=warnings, cost=cost)

    def _from_connect(self, watch: Watch, walk: Walk, budget: int) -> tuple[object, str]:
        asked: Params = {
            "sort": "-createdDate",
            "include": "response",
            "limit": min(PAGE_LIMIT, max(1, budget)),
            "cursor": walk.place or None,
        }
        body = reading.mapping(self._connect.get(f"v1/apps/{watch.query or self._app_id()}/customerReviews", asked))
        if not isinstance(body.get("data"), list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        following = reading.link(reading.mapping(body.get("links")).get("next"))
        return body, next(iter(parse_qs(urlsplit(following).query).get("cursor", [])), "")

    def _from_feed(self, watch: Watch, walk: Walk) -> tuple[object, str]:
        page = reading.whole(walk.place) or 1
        country = self._account.options.get("country") or US
        path = f"{country}/rss/customerreviews/page={page}/id={watch.query or self._app_id()}/sortby=mostrecent/json"
        body = reading.mapping(self._feed.get(path))
        if not isinstance(body.get("feed"), dict):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        is_last = page >= FEED_PAGES or not reading.mapping(body["feed"]).get("entry")
        return body, "" if is_last else str(page + 1)

    def _review(self, review_id: str) -> tuple[Post, ...]:
        try:
            body = reading.mapping(self._connect.get(f"v1/customerReviews/{review_id}", {"include": "response"}))
        except QueryRefused:
            if not self._connect.said_missing():
                raise
            return (gone(review_id), gone(review_id + ANSWER))
        if reading.name(reading.mapping(body.get("data")).get("id")) != review_id:
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return posts_from(body, self._account).posts

    def _floor(self, walk: Walk) -> str:
        """Return down to where a walk goes: some way below the mark, since a review appears later than the time it bears."""
        mark = reading.moment(walk.mark)
        return (mark - OVERLAP).isoformat() if mark else ""

    def _app_id(self) -> str:
        return self._account.options.get("app_id", "")

    def _login(self) -> Made:
        told, now = self._account.credentials, self._clock()
        if not self._has_key:
            raise CredentialsRefused(N_("Enter the key's id, the issuer's id and the private key, all three."))
        ends_at = now + TOKEN_LASTS
        claims = {"iss": told["issuer_id"], "iat": int(now.timestamp()), "exp": int(ends_at.timestamp()), "aud": "appstoreconnect-v1"}
        return Made(value=signed(claims, told["private_key"], algorithm="ES256", key_id=told["key_id"]), ends_at=ends_at)


def build(account: Account, clock: Clock = utc_now) -> AppStore:
    """Return the collector. Credentials: `key_id`, `issuer_id`, `private_key`. Options: `app_id`, `country`, `base_url`, `time_out`."""
    return AppStore(account, clock)


def _published(post: Post) -> Published:
    return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)


def _stamp(post: Post) -> str:
    return f"{post.external_id}@{int(post.published_at.timestamp())}"
