"""YouTube: comments under the videos of our own channel, and our answers under them, over the official Data API.

Place in the path: `ingest` -> `YouTube.fetch` -> `core.rest.Rest` -> Data API v3. It costs units of a daily quota: these are our reads. How
it is set up, and what is asked of us, is in docs/networks/youtube.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import requests

from amends.collectors._youtube_posts import NETWORK, TITLE, gone, posts_from, thread_of
from amends.core import reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import CLOCKS_APART, Clock, utc_now
from amends.core.errors import CredentialsRefused, NetworkError, QueryRefused, RateLimited, Unreachable
from amends.core.harvest import Fields, parsed
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, NOT_WATCHED, UNEXPECTED, come_back, words_of
from amends.core.network_grant import Grant
from amends.core.ports import Account, Cursor, Draft, Harvest, Page, Published, Standing
from amends.core.post import Post
from amends.core.rest import Params, Rest
from amends.core.tokens import Made, Token, granted
from amends.core.translating import N_
from amends.core.walk import Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "YouTube", "build", "grant", "posts_from"]

API = "https://www.googleapis.com/youtube/v3"
AUTHORIZE = "https://accounts.google.com/o/oauth2/v2/auth"
LOGIN = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
PAGE_LIMIT = 100
IDS_LIMIT = 50
ANSWERS_PAGES = 10
FIRST_DAYS = 7
AGAIN_DAYS = 2
REPLY_LIMIT = 10_000
PACIFIC = ZoneInfo("America/Los_Angeles")
USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded"})
TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
SWITCHED_OFF = frozenset({"commentsDisabled"})
COST = N_("A page costs 1 unit of the day's 10,000, an answer 50.")
CREDENTIALS = ("client_id", "client_secret", "refresh_token")
WATCHES = (WatchKind.COMMENTS,)
OPTIONS = (
    Option(name="user_id", label=N_("Id of our channel"), hint=N_("begins with UC"), required=True),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
    Option(name="again_days", label=N_("Days in which late answers are looked for"), default="2"),
)
ABILITIES = Abilities(title=TITLE, mark="YT", grants=True, at_once=1)


class YouTube:
    """One channel."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        token = Token(clock, self._login)
        self._rest = Rest(account, clock, base=API, title=TITLE, headers=token.headers, judge=lambda response: _judge(response, clock()))

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of threads, the newest first, with the answers in them that are new."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        first = self._clock() - timedelta(days=self._account.number("first_days", FIRST_DAYS))
        walk = Walk.resume(cursor, first.isoformat())
        asked: Params = {
            "part": "snippet,replies",
            "allThreadsRelatedToChannelId": self._account.options.get("user_id", ""),
            "order": "time",
            "textFormat": "plainText",
            "maxResults": min(PAGE_LIMIT, max(1, budget)),
            "pageToken": walk.place or None,
        }
        body = self._page("commentThreads", asked)
        items = reading.mappings(body["items"])
        harvest = posts_from(body, self._account)
        more_answers = [page for item in items if _has_grown(item, walk) for page in self._answers(_name(item), _video(item))]
        posts = {post.external_id: post for one in (harvest, *more_answers) for post in one.posts}
        marks = [post.published_at.isoformat() for post in harvest.posts if post.parent_id is None and not post.deleted]
        stamps = [*map(_stamp, posts.values()), *map(_size, items)]
        onward = walk.after(marks, "" if self._is_over(walk, marks) else reading.text(body.get("nextPageToken")), stamps)
        return Page(
            posts=tuple(post for post in posts.values() if not walk.knows(_stamp(post))),
            cursor=onward.cursor(),
            more=bool(onward.place),
            reads=1 + len(more_answers),
            troubles=tuple(trouble for one in (harvest, *more_answers) for trouble in one.troubles),
            come_back_at=self._rest.come_back_at(),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new comments need not wait for old ones."""
        return parted(Walk.resume(cursor).split())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return a comment with its answers, oldest first."""
        thread = thread_of(root_id)
        posts = [*self.refresh([thread]), *self._answered(thread)]
        shown = {post.external_id: post for post in posts if not post.deleted}
        return tuple(sorted(shown.values(), key=lambda post: (post.published_at, post.external_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of comments, fifty a request; what is not shown any more comes back deleted."""
        wanted = [*dict.fromkeys(external_ids[:PAGE_LIMIT])]
        parts = [wanted[start : start + IDS_LIMIT] for start in range(0, len(wanted), IDS_LIMIT)]
        return tuple(post for part in parts for post in self._state_of(part))

    def reply(self, draft: Draft) -> Published:
        """Answer in the comment's thread: YouTube knows no deeper ones."""
        said = {"snippet": {"parentId": thread_of(draft.parent_id), "textOriginal": draft.text}}
        found = posts_from(self._rest.publish("comments?part=snippet", said), self._account).posts
        if not found:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        return _published(found[0])

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our answer in the thread where it says what the draft says."""
        thread = thread_of(draft.parent_id)
        ours = [post for post in self._answered(thread) if post.is_own and post.parent_id == thread]
        late = [post for post in ours if post.published_at >= draft.since - CLOCKS_APART]
        same = next((post for post in late if post.text.split() == draft.text.split()), None)
        return _published(same) if same else None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return our standing: which channel the login speaks for."""
        channel = next(iter(reading.mappings(self._page("channels", {"part": "snippet", "mine": "true"})["items"])), {})
        told = reading.mapping(channel.get("snippet"))
        title, name = reading.text(told.get("title")), reading.text(told.get("customUrl")).removeprefix("@")
        handle, user_id = self._account.handle, reading.text(channel.get("id"))
        ours = self._account.options.get("user_id", "")
        others = (
            keep(N_("The login speaks for the channel %(theirs)s, not for %(ours)s."), theirs=title, ours=handle)
            if title
            else keep(N_("The login speaks for nobody's channel, not for %(ours)s."), ours=handle),
        )
        is_ours = handle.casefold() in {title.casefold(), name.casefold()} and ours in {"", user_id}
        return Standing(
            user_id=user_id, handle=name or title, can_reply=True, warnings=() if is_ours else others, rights=(SCOPE,), cost=COST
        )

    def _answered(self, thread: str) -> list[Post]:
        return [post for page in self._answers(thread) for post in page.posts]

    def _answers(self, thread: str, video: str = "") -> list[Harvest]:
        """Return all pages of answers in a thread; none of a thread that is gone."""
        pages: list[Harvest] = []
        asked: Params = {"part": "snippet", "parentId": thread, "maxResults": PAGE_LIMIT, "textFormat": "plainText"}
        token = None
        while len(pages) < ANSWERS_PAGES:
            try:
                body = self._page("comments", {**asked, "pageToken": token})
            except QueryRefused:
                break
            items = [{**item, "thread": {"videoId": video}} for item in reading.mappings(body["items"])]
            pages.append(posts_from({"items": items}, self._account))
            token = reading.text(body.get("nextPageToken"))
            if not token:
                break
        return pages

    def _state_of(self, wanted: Sequence[str]) -> tuple[Post, ...]:
        body = self._page("comments", {"part": "snippet", "id": ",".join(wanted), "textFormat": "plainText"})
        shown = {reading.text(item.get("id")) for item in reading.mappings(body["items"])}
        return (*posts_from(body, self._account).posts, *(gone(name) for name in wanted if name not in shown))

    def _is_over(self, walk: Walk, marks: Sequence[str]) -> bool:
        """Tell whether a walk is far enough below its mark: an old thread that gets an answer stays where it is."""
        mark = reading.moment(walk.mark)
        again = timedelta(days=self._account.number("again_days", AGAIN_DAYS))
        return bool(marks) and mark is not None and min(marks) < (mark - again).isoformat()

    def _page(self, path: str, asked: Params) -> Fields:
        body = reading.mapping(self._rest.get(path, asked))
        if not isinstance(body.get("items"), list) and not _is_empty(body):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return {**body, "items": reading.sequence(body.get("items"))}

    def _login(self) -> Made:
        told = {name: self._account.credentials.get(name, "") for name in CREDENTIALS}
        if not all(told.values()):
            raise CredentialsRefused(N_("Enter the client's id, its secret and the refresh token, all three."))
        address = f"{self._rest.base}/token" if self._account.options.get("base_url") else LOGIN
        return granted(self._rest.wire, address, {"grant_type": "refresh_token", **told}, self._clock())


def build(account: Account, clock: Clock = utc_now) -> YouTube:
    """Return the collector. Credentials: `client_id`, `client_secret`, `refresh_token`. Options: `user_id`, `first_days`, `again_days`."""
    return YouTube(account, clock)


def grant(account: Account, clock: Clock, callback: str) -> Grant:
    """Return how Google is asked to let us in; the web client's id and secret are entered before, and `callback` is in it."""
    del clock, callback
    client_id, secret = (account.credentials.get(name, "") for name in ("client_id", "client_secret"))
    if not client_id or not secret:
        raise CredentialsRefused(N_("Enter the id and the secret of the web client first."))
    return Grant(
        authorize=AUTHORIZE,
        token=LOGIN,
        client_id=client_id,
        client_secret=secret,
        scope=SCOPE,
        gives={"refresh_token": "refresh_token"},
        more={"access_type": "offline", "prompt": "consent"},
    )


def _judge(response: requests.Response, now: datetime) -> NetworkError | None:
    """Tell a used-up quota and a video without comments from a missing right: all three are 403 there."""
    if response.status_code != 403:  # noqa: PLR2004
        return None
    error = reading.mapping(reading.mapping(parsed(response.content)).get("error"))
    reasons = {reading.text(one.get("reason")) for one in reading.mappings(error.get("errors"))}
    if reasons & USED_UP:
        return RateLimited(words_of(response), until=_next_day(now))
    if reasons & TOO_FAST:
        return RateLimited(words_of(response), until=come_back(response.headers, now))
    return QueryRefused(N_("Comments are switched off under this video.")) if reasons & SWITCHED_OFF else None


def _next_day(now: datetime) -> datetime:
    """Return when the quota's day ends: at midnight in California."""
    there = now.astimezone(PACIFIC)
    return datetime.combine(there.date() + timedelta(days=1), datetime.min.time(), PACIFIC).astimezone(now.tzinfo)


def _is_empty(body: Fields) -> bool:
    """Tell whether a body is a list without items, which YouTube may leave out."""
    return reading.text(body.get("kind")).endswith("ListResponse")


def _has_grown(item: Fields, walk: Walk) -> bool:
    """Tell whether a thread holds more answers than it shows, and another number of them than when we last looked."""
    return _total(item) > len(reading.sequence(reading.mapping(item.get("replies")).get("comments"))) and not walk.knows(_size(item))


def _name(item: Fields) -> str:
    return reading.text(item.get("id"))


def _video(item: Fields) -> str:
    return reading.text(reading.mapping(item.get("snippet")).get("videoId"))


def _total(item: Fields) -> int:
    return reading.whole(reading.mapping(item.get("snippet")).get("totalReplyCount")) or 0


def _size(item: Fields) -> str:
    return f"{_name(item)}#{_total(item)}"


def _stamp(post: Post) -> str:
    return f"{post.external_id}@{int((post.edited_at or post.published_at).timestamp())}"


def _published(post: Post) -> Published:
    return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)
