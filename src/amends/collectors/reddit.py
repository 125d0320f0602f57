"""Reddit: new posts and comments of a subreddit, search, mentions and replies, with praw.

Place in the path: `ingest` -> `Reddit.fetch` -> praw -> `core.network.Wire` -> Reddit. A listing is walked from its newest thing back
with `after` until the mark of the last complete walk; `before` is never used, since a deleted anchor lists nothing for ever. What Reddit
asks of us is in docs/networks/reddit.md.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import praw
import praw.exceptions
import prawcore
import requests
from typing_extensions import override

from amends.collectors._reddit_listing import WATCHES, listing, listing_of
from amends.collectors._reddit_posts import NETWORK, gone, posts_from, things
from amends.collectors._reddit_walk import TOO_MANY, Walk
from amends.core import reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.network import SHORTEST_WAIT, TIME_OUT, Wire, come_back, is_refusal, words_of
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Reddit", "build", "posts_from"]

API = "https://oauth.reddit.com/"
LOGIN = "https://www.reddit.com/"
TOKEN_PATH = "api/v1/access_token"  # noqa: S105
REPLY_PATH = "api/comment"
CREDENTIALS = ("client_id", "client_secret", "username", "password", "refresh_token")
OPTIONS = (
    Option(name="first_days", label="Days to look back at first", default="7"),
    Option(name="user_agent", label="User agent", hint="how we call ourselves before Reddit"),
)
ABILITIES = Abilities(title="Reddit", mark="r", at_once=1)
REPLY_LIMIT = 10_000
PAGE_LIMIT = 100
THREAD_LIMIT = 500
OWN_PAGES = 5
FIRST_DAYS = 7
MARGIN = timedelta(minutes=5)
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
        base_url, time_out = account.options.get("base_url"), account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        self._wire = Wire(clock=clock, judge=judge, routes={API: base_url, LOGIN: base_url} if base_url else {}, time_out=time_out)
        self._client: praw.Reddit | None = None
        self._token_works = False

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return what is new or changed on the next page of at most `budget` things."""
        now = self._clock()
        walk = Walk.resume(cursor, now - timedelta(days=self._account.number("first_days", FIRST_DAYS)))
        path, asked = listing(watch)
        place = {"after": walk.anchors[-1]} if walk.anchors else {}
        body = listing_of(self._call("GET", path, {**asked, **place, "limit": min(PAGE_LIMIT, max(1, budget))}))
        troubles: list[str] = []
        found = list(things(body, troubles))
        page = [fields for _, fields in found]
        following = reading.text(reading.mapping(body.get("data")).get("after"))
        overlap = SEARCH_OVERLAP if watch.kind is WatchKind.SEARCH else OVERLAP
        onward = walk.after(page, following, overlap, now)
        short = walk.fell_short(page, following)
        harvest = posts_from([{"kind": kind, "data": fields} for kind, fields in found if walk.is_new(fields)], self._account)
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
        parts = Walk.resume(cursor, now).split(now)
        return parts and (parts[0].cursor(), parts[1].cursor())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the submission and the comments that Reddit shows at once, oldest first; nothing where there is none."""
        try:
            body = self._call("GET", f"comments/{root_id.removeprefix('t3_')}", {"limit": THREAD_LIMIT, "sort": "new"})
        except QueryRefused:
            return ()
        return tuple(sorted(posts_from(body, self._account).posts, key=lambda post: (post.published_at, post.external_id != root_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 things."""
        wanted = list(dict.fromkeys(external_ids[:PAGE_LIMIT]))
        if not wanted:
            return ()
        body = listing_of(self._call("GET", "api/info", {"id": ",".join(wanted)}))
        shown = {reading.text(fields.get("name")) for _, fields in things(body, [])}
        return (*posts_from(body, self._account).posts, *(gone(name, self._account) for name in wanted if name not in shown))

    def reply(self, draft: Draft) -> Published:
        """Publish `draft` as a comment under its parent."""
        body = self._call("POST", REPLY_PATH, {"thing_id": draft.parent_id, "text": draft.text})
        answer = reading.mapping(reading.mapping(body).get("json"))
        errors = reading.sequence(answer.get("errors"))
        if errors:
            raise self._refusal(answer, errors[0])
        made = posts_from(body, self._account).posts
        if not made:
            raise Unreachable("Reddit took the reply but does not show it.")
        return _published(made[0])

    def find_reply(self, draft: Draft) -> Published | None:
        """Look for the reply among our own comments since the first try."""
        place: dict[str, str] = {}
        for _ in range(OWN_PAGES):
            body = listing_of(self._call("GET", f"user/{self._name()}/comments", {"sort": "new", "limit": PAGE_LIMIT, **place}))
            posts = posts_from(body, self._account).posts
            same = next((post for post in posts if _is_reply(post, draft)), None)
            if same:
                return _published(same)
            following = reading.text(reading.mapping(body.get("data")).get("after"))
            if not following or (posts and posts[-1].published_at < draft.since - MARGIN):
                break
            place = {"after": following}
        return None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return who Reddit takes us for; without a user's login we can read but not answer."""
        me = reading.mapping(self._call("GET", "api/v1/me", {}))
        handle = reading.text(me.get("name"))
        if not handle:
            return Standing(user_id="", handle="", can_reply=False, warnings=("Without a user's login we can read but not answer.",))
        if me.get("is_suspended") is True:
            raise AccessDenied(f"Reddit has suspended u/{handle}.")
        warnings = () if handle.casefold() == self._name().casefold() else (f"The login belongs to u/{handle}, not to u/{self._name()}.",)
        return Standing(user_id=f"t2_{reading.text(me.get('id'))}", handle=handle, can_reply=True, warnings=warnings)

    def _name(self) -> str:
        return re.sub(r"\A/?u/", "", self._account.handle.lstrip("@"))

    def _call(self, method: str, path: str, asked: Mapping[str, str | int]) -> Any:
        """Call Reddit through praw and return the JSON that it answers with."""
        sent: dict[str, Any] = {"params" if method == "GET" else "data": dict(asked)}
        try:
            self._client = self._client or _client(self._account, self._wire)
            body: object = self._client.request(method=method, path=path, **sent)
        except CredentialsRefused:
            self._refuse_credentials()
            raise
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException, requests.RequestException, ValueError, RecursionError) as error:
            raise Unreachable("Reddit answered something that is not its API's JSON.") from error
        if not isinstance(body, dict | list):
            raise Unreachable("Reddit answered something that is not its API's JSON.")
        self._token_works = True
        return body

    def _refuse_credentials(self) -> None:
        """Forget a refused token; where it worked before it has only run out, and the next call gets a new one."""
        ran_out, self._client, self._token_works = self._token_works, None, False
        if ran_out:
            raise Unreachable("Reddit's access token has run out; the next call gets a new one.")

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
        headers = self._wire.headers_seen
        left = reading.number(headers.get("x-ratelimit-remaining"))
        return come_back(headers, now) if left is not None and left < 1 else None


class Requestor(prawcore.Requestor):
    """prawcore's requestor over our wire: its errors are ours at once, and no header makes prawcore sleep before the next request."""

    @override
    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:
        """Return a successful response, without the headers that prawcore would wait for."""
        response = self._http.request(*args, **kwargs)
        for header in [name for name in response.headers if name.lower().startswith("x-ratelimit")]:
            del response.headers[header]
        return response


def build(account: Account, clock: Clock = utc_now) -> Reddit:
    """Return the collector for our `account` on Reddit.

    Credentials: `client_id`, `client_secret`, and to answer `username` and `password` or `refresh_token`. Options: `user_id` (`t2_…`),
    `base_url`, `web_url`, `first_days`, `user_agent`, `time_out`.
    """
    return Reddit(account, clock)


def judge(response: requests.Response) -> NetworkError | None:
    """Return the errors that only Reddit makes."""
    path, status = (response.request.url or "").partition("?")[0].rstrip("/"), response.status_code
    if path.endswith(TOKEN_PATH):
        return _token_error(response)
    if status in {301, 302, 307, 308}:
        return QueryRefused("There is no such place on Reddit.")
    if path.endswith(REPLY_PATH) and is_refusal(status) and "insufficient_scope" not in response.headers.get("www-authenticate", ""):
        return ReplyRefused(words_of(response))
    return None


def _token_error(response: requests.Response) -> NetworkError | None:
    """Judge the answer to a login: Reddit refuses some with status 200, and prawcore believes whatever else is in it."""
    try:
        told = reading.mapping(response.json())
    except (ValueError, RecursionError):
        return Unreachable("Reddit's login answers no JSON.") if response.ok else None
    if "error" in told and response.status_code in {200, 400}:
        return CredentialsRefused(words_of(response))
    whole = isinstance(told.get("access_token"), str) and isinstance(told.get("expires_in"), int) and isinstance(told.get("scope"), str)
    return Unreachable("Reddit's login answers no token.") if response.ok and not whole else None


def _client(account: Account, wire: Wire) -> praw.Reddit:
    """Return praw's client, with nothing taken from a praw.ini or the environment."""
    given = {key: account.credentials.get(key) or None for key in CREDENTIALS}
    if not given["client_id"]:
        raise CredentialsRefused("The client id is missing.")
    return praw.Reddit(
        "DEFAULT",
        **given,
        oauth_url=API.rstrip("/"),
        reddit_url=LOGIN.rstrip("/"),
        user_agent=account.options.get("user_agent") or f"amends (by u/{account.handle})",
        ratelimit_seconds=0,
        check_for_updates=False,
        check_for_async=False,
        requestor_class=Requestor,
        requestor_kwargs={"session": wire},
    )


def _is_reply(post: Post, draft: Draft) -> bool:
    late_enough = post.published_at >= draft.since - MARGIN
    return late_enough and post.parent_id == draft.parent_id and _comparable(post.text) == _comparable(draft.text)


def _published(post: Post) -> Published:
    return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _seconds_in(words: str) -> float:
    """Return the seconds in "try again in 9 minutes", a minute where it says none."""
    found = WAIT.search(words)
    return int(found[1]) * UNITS[found[2]] if found else 60
