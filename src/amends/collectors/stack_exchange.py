"""Stack Exchange: questions under our tags or with our words, on any of its sites, read-only.

Place in the path: `ingest` -> `StackExchange.fetch` -> `core.rest.Rest` -> API 2.3. Answers there belong to people, not to programs: agents
open the question. How it is set up, and what is asked of us, is in docs/networks/stack_exchange.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import requests

from amends.collectors._stack_exchange_posts import NETWORK, TITLE, external_id_of, gone, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import CredentialsRefused, NetworkError, QueryRefused, RateLimited, Unreachable
from amends.core.harvest import parsed
from amends.core.html_text import text_of
from amends.core.kept import keep
from amends.core.network import NOT_WATCHED, UNEXPECTED, words_of
from amends.core.ports import Account, Cursor, Page, Standing
from amends.core.post import Post
from amends.core.read_only import ReadOnly
from amends.core.rest import Params, Rest
from amends.core.translating import N_
from amends.core.walk import Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "StackExchange", "build", "posts_from"]

API = "https://api.stackexchange.com/2.3"
PAGE_LIMIT = 100
FIRST_DAYS = 7
THROTTLED, BAD_KEY = 502, frozenset({401, 402, 403, 405, 406})
LONGEST_WAIT = 86_400
CREDENTIALS = ("key",)
WATCHES = (WatchKind.QUESTIONS, WatchKind.SEARCH)
OPTIONS = (
    Option(name="site", label=N_("Site"), hint=N_("as its address begins: stackoverflow, superuser, …"), default="stackoverflow"),
    Option(name="user_id", label=N_("Our user's number there"), hint=N_("by it our own answers are known")),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
)
ABILITIES = Abilities(title=TITLE, keyless=True, mark="S", group=Group.FORUMS, at="", handle=N_("Our user there"), replies=False, at_once=1)


class StackExchange(ReadOnly):
    """One site of Stack Exchange."""

    network = NETWORK
    title = TITLE

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._rest = Rest(account, clock, base=API, title=TITLE, judge=lambda response: _judge(response, clock()))
        self._always: Params = {
            "site": account.options.get("site") or "stackoverflow",
            "key": account.credentials.get("key") or None,
            "filter": "withbody",
        }

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of questions, the newest first."""
        now = self._clock()
        walk = Walk.counted(cursor, _mark(now - timedelta(days=self._account.number("first_days", FIRST_DAYS))))
        until = {"todate": int(walk.place)} if walk.place else {}
        asked = {"fromdate": int(walk.mark), "order": "desc", "sort": "creation", "pagesize": min(PAGE_LIMIT, max(1, budget)), **until}
        body = self._page(*_question(watch), asked)
        harvest = posts_from(body, self._account)
        onward = walk.after([_mark(post.published_at) for post in harvest.posts], _place(harvest.posts, walk, body), _ids(harvest.posts))
        return Page(
            posts=tuple(post for post in harvest.posts if not walk.knows(post.external_id)),
            cursor=onward.cursor(),
            more=bool(onward.place),
            reads=len(harvest.posts),
            troubles=harvest.troubles,
            come_back_at=_rest_until(body, now) or self._rest.come_back_at(),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new posts need not wait for old ones."""
        return parted(Walk.counted(cursor).split())

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the question with its first hundred answers, oldest first."""
        number = root_id.removeprefix("q")
        if not number.isdecimal():
            return ()
        bodies = [self._page(path, {}, {"pagesize": PAGE_LIMIT}) for path in (f"questions/{number}", f"questions/{number}/answers")]
        posts = {post.external_id: post for body in bodies for post in posts_from(body, self._account).posts}
        return tuple(sorted(posts.values(), key=lambda post: (post.published_at, post.external_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts; what is not shown any more comes back deleted."""
        found: list[Post] = []
        for letter, path in (("q", "questions"), ("a", "answers"), ("c", "comments")):
            wanted = [name for name in dict.fromkeys(external_ids[:PAGE_LIMIT]) if name[:1] == letter and name[1:].isdecimal()]
            if wanted:
                body = self._page(f"{path}/{';'.join(name[1:] for name in wanted)}", {}, {"pagesize": PAGE_LIMIT})
                shown = {external_id_of(item) for item in reading.mappings(body["items"])}
                found += [*posts_from(body, self._account).posts, *(gone(name) for name in wanted if name not in shown)]
        return tuple(found)

    def check(self) -> Standing:
        """Return our standing; without a key an address may ask 300 times a day."""
        user_id = self._account.options.get("user_id", "")
        body = self._page(f"users/{user_id}" if user_id.isdecimal() else "info", {}, {})
        user = next(iter(reading.mappings(body["items"])), {})
        known, name = reading.name(user.get("user_id")), text_of(reading.text(user.get("display_name")))
        handle = self._account.handle
        warnings = (
            (keep(N_("On this site no user %(id)s is called %(handle)s."), id=user_id, handle=handle),)
            if user_id and (known, name) != (user_id, handle)
            else ()
        )
        left = reading.whole(body.get("quota_remaining"))
        cost = N_("Reading is free.") if left is None else keep(N_("Reading is free; requests left today: %(n)s."), n=left)
        return Standing(user_id=known, handle=name, can_reply=False, warnings=warnings, cost=cost)

    def _page(self, path: str, question: Params, asked: Params) -> dict[str, object]:
        body = reading.mapping(self._rest.get(path, {**self._always, **question, **asked}))
        if not isinstance(body.get("items"), list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return body


def build(account: Account, clock: Clock = utc_now) -> StackExchange:
    """Return the collector. Credential: `key` (may be left out). Options: `site`, `user_id`, `first_days`, `base_url`, `time_out`."""
    return StackExchange(account, clock)


def _question(watch: Watch) -> tuple[str, Params]:
    if watch.kind is WatchKind.QUESTIONS:
        return "questions", {"tagged": ";".join(watch.query.replace(",", " ").split())}
    if watch.kind is WatchKind.SEARCH:
        return "search/advanced", {"q": watch.query}
    raise QueryRefused(NOT_WATCHED % {"title": TITLE})


def _place(posts: Sequence[Post], walk: Walk, body: Mapping[str, object]) -> str:
    """Return from where to go on: the second of the oldest question, since page numbers shift while new ones come in."""
    if body.get("has_more") is not True or not posts:
        return ""
    oldest = min(_mark(post.published_at) for post in posts)
    return oldest if oldest != walk.place else f"{int(oldest) - 1:010}"


def _rest_until(body: Mapping[str, object], now: datetime) -> datetime | None:
    """Return when a method may be asked again where the answer says that it needs a rest (`backoff`, seconds)."""
    seconds = reading.number(body.get("backoff"))
    return now + timedelta(seconds=min(seconds, LONGEST_WAIT)) if seconds else None


def _judge(response: requests.Response, now: datetime) -> NetworkError | None:
    """Tell a throttled address and a refused key from a refused query: all three are 400 there."""
    told = reading.mapping(parsed(response.content)) if response.status_code == 400 else {}  # noqa: PLR2004
    error = reading.whole(told.get("error_id"))
    if error == THROTTLED:
        seconds = next((int(word) for word in words_of(response).split() if word.isdecimal()), 60)
        return RateLimited(words_of(response), until=now + timedelta(seconds=min(seconds, LONGEST_WAIT)))
    return CredentialsRefused(words_of(response)) if error in BAD_KEY else None


def _mark(moment: datetime) -> str:
    return f"{int(moment.timestamp()):010}"


def _ids(posts: Sequence[Post]) -> list[str]:
    return [post.external_id for post in posts]
