"""Discourse: the newest posts of a forum, what a search finds there, and who mentions us; answers under them.

Place in the path: `ingest` -> `Discourse.fetch` -> `core.rest.Rest` -> the forum's own API. Public forums can be read without a key. How it
is set up, and what is asked of us, is in docs/networks/discourse.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import requests

from amends.collectors import _discourse_hook
from amends.collectors._discourse_listing import Hits, before, in_category, is_topic, newest_marks, notified, searched
from amends.collectors._discourse_posts import NETWORK, TITLE, external_id_of, gone, home, items_of, posts_from
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option, Script
from amends.core.clock import CLOCKS_APART, Clock, utc_now
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, NOT_WATCHED, UNEXPECTED, WHO_ARE_WE, words_of
from amends.core.outward import check_outward
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.pushing import Heard, Hook
from amends.core.rest import Params, Rest
from amends.core.translating import N_
from amends.core.walk import Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Discourse", "build", "posts_from"]

PAGE_LIMIT = 100
LOOKUPS = 20
"""At most so many posts a page are asked for one by one: a search shows only their beginnings, and a forum allows few requests a minute."""

FIRST_DAYS = 7
REPLY_LIMIT = 32_000
BEYOND_THE_LAST = 1_000_000_000
NO_KEY = N_("Without an API key the forum can only be read: enter one to answer and to see who mentions us.")
CREDENTIALS = ("api_key", "webhook_secret")
WATCHES = (WatchKind.TOPICS, WatchKind.SEARCH, WatchKind.MENTIONS)
OPTIONS = (
    Option(name="address", label=N_("Address of the forum"), hint=N_("as https://forum.example.com"), required=True),
    Option(name="user_id", label=N_("Our user's number there"), hint=N_("by it our own posts are known")),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
)
ABILITIES = Abilities(
    title=TITLE, keyless=True, mark="D", group=Group.FORUMS, confides=True, hooks=True, script=Script.MARKDOWN_WITH_LINES, at_once=2
)


class Discourse:
    """One forum."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._home = home(account)
        self._key = account.credentials.get("api_key", "")
        self._rest = Rest(account, clock, base=self._home, title=TITLE, headers=self._headers, judge=_judge)
        if not account.options.get("base_url"):
            self._rest.wire.stay_outside()

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of posts, the newest first."""
        if watch.kind is WatchKind.TOPICS:
            return self._newest(watch, cursor)
        walk = Walk.resume(cursor, self._first().isoformat())
        if watch.kind is WatchKind.SEARCH:
            return self._looked_up(searched(self._rest, watch.query, walk), walk, budget)
        if watch.kind is WatchKind.MENTIONS:
            self._need_key()
            return self._looked_up(notified(self._rest, self._account.handle, walk, budget), walk, budget)
        raise QueryRefused(NOT_WATCHED % {"title": TITLE})

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new posts need not wait for old ones."""
        return parted(Walk.resume(cursor).split(), **({"since": cursor["since"]} if "since" in cursor else {}))

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the beginning of a topic, oldest first."""
        body = self._topic(f"t/{_topic_of(root_id)}.json", {"include_raw": "true"})
        return tuple(post for post in posts_from(body, self._account).posts if not post.deleted)

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of posts, one request each; of those that the forum has no time for now, nothing is said."""
        found: list[Post] = []
        for external_id in dict.fromkeys(external_ids[:PAGE_LIMIT]):
            try:
                found += self._one(external_id)
            except RateLimited:
                if not found:
                    raise
                break
        return tuple(found)

    def reply(self, draft: Draft) -> Published:
        """Answer the post in its topic."""
        self._need_key()
        topic, _, number = draft.parent_id.partition("/")
        said = {"raw": draft.text, "topic_id": int(topic), "reply_to_post_number": int(number)}
        body = reading.mapping(self._rest.publish("posts.json", said))
        if body.get("action") == "enqueued":
            raise ReplyRefused(N_("The forum's staff has to approve the answer first; it waits there."))
        found = posts_from(body, self._account).posts
        if not found:
            raise Unreachable(NOT_SHOWN % {"title": TITLE})
        return _published(found[0])

    def find_reply(self, draft: Draft) -> Published | None:
        """Return our answer among the newest posts of the topic where it says what the draft says."""
        asked = {"post_number": BEYOND_THE_LAST, "asc": "false", "include_raw": "true"}
        body = self._topic(f"t/{_topic_of(draft.root_id)}/posts.json", asked)
        ours = [post for post in posts_from(body, self._account).posts if post.is_own and post.parent_id == draft.parent_id]
        late = [post for post in ours if post.published_at >= draft.since - CLOCKS_APART]
        same = next((post for post in late if _bare(post.text) == _bare(draft.text)), None)
        return _published(same) if same else None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return our standing: as whom the key acts, or that the forum can be read without one."""
        if not self._key:
            self._rest.get("site/basic-info.json")
            return Standing(user_id="", handle=self._account.handle, can_reply=False, warnings=(NO_KEY,), cost=N_("Reading is free."))
        user = reading.mapping(reading.mapping(self._rest.get("session/current.json")).get("current_user"))
        name, handle = reading.text(user.get("username")), self._account.handle
        if not name:
            raise Unreachable(WHO_ARE_WE % {"title": TITLE})
        warnings = (
            ()
            if name.casefold() == handle.casefold()
            else (keep(N_("The key acts as %(name)s, not as %(handle)s."), name=name, handle=handle),)
        )
        return Standing(user_id=reading.name(user.get("id")), handle=name, can_reply=True, warnings=warnings, cost=N_("Reading is free."))

    def hear(self, hook: Hook) -> Heard:
        """Return what the forum's call says."""
        return _discourse_hook.hear(hook, self._account)

    def _newest(self, watch: Watch, cursor: Cursor | None) -> Page:
        """Return the next page of all newest posts, by their numbers: those go up, while times may lie where posts are moved."""
        walk = Walk.counted(cursor)
        since = reading.moment(reading.mapping(cursor).get("since")) or self._first()
        body = reading.mapping(self._rest.get("posts.json", {"before": int(walk.place) if walk.place else None}))
        if not isinstance(body.get("latest_posts"), list):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        harvest = posts_from(body, self._account)
        marks = newest_marks(body)
        is_old = min((post.published_at for post in harvest.posts), default=since) < since
        onward = walk.after(marks, before(walk, marks, ends=is_old and not walk.mark), (post.external_id for post in harvest.posts))
        return Page(
            posts=tuple(post for post in in_category(harvest.posts, watch.query) if not walk.knows(post.external_id)),
            cursor={**onward.cursor(), "since": since.isoformat()},
            more=bool(onward.place),
            reads=len(marks),
            troubles=harvest.troubles,
            come_back_at=self._rest.come_back_at(),
        )

    def _looked_up(self, hits: Hits, walk: Walk, budget: int) -> Page:
        """Return the posts that were hit, whole; where they are too many for now, the same page is asked for again."""
        unknown = [name for name in hits.names if not walk.knows(name)]
        taken = unknown[: min(LOOKUPS, max(1, budget))]
        posts = [post for name in taken for post in self._one(name)]
        onward = walk.after(hits.marks, hits.place if len(taken) < len(unknown) else hits.following, taken)
        return Page(
            posts=tuple(post for post in posts if not post.deleted),
            cursor=onward.cursor(),
            more=bool(onward.place),
            reads=1 + len(taken) if hits.names else 0,
            come_back_at=self._rest.come_back_at(),
        )

    def _one(self, external_id: str) -> tuple[Post, ...]:
        """Return the present state of one post; nothing where we may not see it, which says nothing about the others."""
        topic, _, number = external_id.partition("/")
        is_first = number == "1"
        asked: Params = {"include_raw": "true"} if is_first else {}
        try:
            body = self._rest.get(f"t/{topic}.json" if is_first else f"posts/by_number/{topic}/{number}.json", asked)
        except AccessDenied:
            return ()
        except QueryRefused:
            if not self._rest.said_missing():
                raise
            return (gone(external_id),)
        if not (is_topic(body) if is_first else external_id_of(reading.mapping(body)) == external_id):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        if external_id not in {external_id_of(reading.mapping(item)) for item in items_of(body)}:
            return (gone(external_id),)
        return tuple(post for post in posts_from(body, self._account).posts if post.external_id == external_id)

    def _topic(self, path: str, asked: Params) -> object:
        body = self._rest.get(path, asked)
        if not is_topic(body):
            raise Unreachable(UNEXPECTED % {"title": TITLE})
        return body

    def _first(self) -> datetime:
        return self._clock() - timedelta(days=self._account.number("first_days", FIRST_DAYS))

    def _need_key(self) -> None:
        if not self._key:
            raise CredentialsRefused(NO_KEY)

    def _headers(self) -> Mapping[str, str]:
        """Return the headers of a request made now; an address inside our own network is not asked."""
        if not self._account.options.get("base_url"):
            check_outward(self._home)
        return {"Api-Key": self._key, "Api-Username": self._account.handle} if self._key else {}


def build(account: Account, clock: Clock = utc_now) -> Discourse:
    """Return the collector. Credentials: `api_key`, `webhook_secret` (may be left out). Options: `address`, `user_id`, `first_days`."""
    return Discourse(account, clock)


def _judge(response: requests.Response) -> NetworkError | None:
    """Tell a key that is wrong from a place that we may not see: both are 403 there."""
    words = words_of(response) if response.status_code == 403 else ""  # noqa: PLR2004
    return CredentialsRefused(words) if "key is invalid" in words else None


def _published(post: Post) -> Published:
    return Published(external_id=post.external_id, permalink=post.permalink, published_at=post.published_at)


def _topic_of(external_id: str) -> str:
    return external_id.partition("/")[0]


def _bare(text: str) -> str:
    """Return the letters and digits of a text: a forum changes quotes, dashes and space."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
