"""Bluesky: mentions, search, hashtags, own posts, threads and replies over XRPC, with atproto.

Place in the path: `ingest` -> `Bluesky.fetch` -> `Line` -> `core.network.Wire` -> Bluesky. Listings are walked from their newest post
back (`_bluesky_walk`); `listen` hears the same posts sooner. What Bluesky asks of us is in docs/networks/bluesky.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from amends.collectors._bluesky_items import POST, Item, items, parts, tid_time
from amends.collectors._bluesky_line import Line
from amends.collectors._bluesky_posts import NETWORK, gone, permalink, post_of, posts_from
from amends.collectors._bluesky_reply import is_answer, is_post, key_of, place_of, record_of
from amends.collectors._bluesky_stream import heard
from amends.collectors._bluesky_text import MOST_GRAPHEMES, length
from amends.collectors._bluesky_walk import begun, since, step
from amends.core import reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import AccessDenied, QueryRefused, ReplyRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import NOT_SHOWN, NOT_WATCHED, UNEXPECTED, WHO_ARE_WE, come_back
from amends.core.network_words import NOT_TOLD_WHY, Said
from amends.core.ports import Account, Attachment, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.translating import N_, _
from amends.core.walk import parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Bluesky", "build", "posts_from"]

CREDENTIALS = ("app_password",)
WATCHES = (WatchKind.MENTIONS, WatchKind.SEARCH, WatchKind.HASHTAG, WatchKind.OWN_POSTS)
OPTIONS = (
    Option(name="user_id", label=N_("Our account's DID"), hint=N_("did:plc:…; makes sure that our own posts are known as ours")),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
    Option(
        name="pds_url",
        label=N_("Our server"),
        hint=N_("only where our account does not lie with Bluesky itself"),
        default="https://bsky.social",
    ),
    Option(name="jetstream_url", label=N_("Stream"), hint=N_("a Jetstream server; “none” to do without")),
)
ABILITIES = Abilities(
    title="Bluesky",
    mark="B",
    confides=True,
    attachments=4,
    streams=frozenset({WatchKind.MENTIONS, WatchKind.SEARCH, WatchKind.HASHTAG}),
)
PAGE_LIMIT = 100
LOOKED_UP = 25
DEEPEST = 1000
FIRST_DAYS = 7
MOST_MENTIONS = 10
ABOUT_US = ["mention", "reply", "quote"]
FULL_PASSWORD = "com.atproto.access"  # noqa: S105 - the name of a right
BELONGS = N_("The login belongs to %(theirs)s, not to %(ours)s.")
SCOPES = {
    FULL_PASSWORD: N_("everything (the account's own password)"),
    "com.atproto.appPass": N_("read and post (app password)"),
    "com.atproto.appPassPrivileged": N_("read, post and direct messages (app password)"),
}


class Bluesky:
    """One account on Bluesky."""

    network = NETWORK
    max_reply_length = MOST_GRAPHEMES

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._line = Line(account, clock)

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return what is new on the next page of at most `budget` posts."""
        now, limit = self._clock(), min(PAGE_LIMIT, max(1, budget))
        walk = begun(cursor, now - timedelta(days=self._account.number("first_days", FIRST_DAYS)))
        method, name, asked = self._listing(watch, since(walk))
        place = {"cursor": walk.place} if walk.place else {}
        body = self._line.get(method, {**asked, **place, "limit": limit})
        troubles: list[str] = []
        page = self._page(body, name, troubles)
        taken = step(walk, page, reading.name(body.get("cursor")), limit, now)
        return Page(
            posts=tuple(post_of(item, self._account) for item in taken.new),
            cursor=taken.onward.cursor(),
            more=bool(taken.onward.place),
            reads=len(page),
            troubles=tuple(troubles),
            missed=taken.missed,
            come_back_at=come_back(self._line.headers_seen, now) if self._line.headers_seen.get("ratelimit-remaining") == "0" else None,
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new posts need not wait for old ones."""
        return parted(begun(cursor, self._clock()).split())

    def listen(self, watch: Watch, cursor: Cursor | None, *, stopping: Callable[[], bool]) -> Iterator[Page]:
        """Yield what Jetstream tells about us, or about the watch's words, as the API shows it."""
        if watch.kind not in ABILITIES.streams:
            raise QueryRefused(NOT_WATCHED % {"title": "Bluesky"})
        return heard(watch, cursor, self._account, self._line.did, show=self._shown, stopping=stopping)

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the thread as far as Bluesky shows it at once, oldest first; nothing where there is none, or we may not see it."""
        if not is_post(root_id):
            return ()
        try:
            node = self._node(root_id, depth=DEEPEST, above=DEEPEST)
        except QueryRefused:
            return ()
        return tuple(sorted(posts_from(node, self._account).posts, key=_in_thread))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 posts."""
        wanted = [uri for uri in dict.fromkeys(external_ids[:PAGE_LIMIT]) if is_post(uri)]
        shown = self._lookup(wanted)
        there = {reading.text(item.get("uri")) for item in shown}
        return (*self._posts(shown), *(gone(uri, self._account) for uri in wanted if uri not in there))

    def reply(self, draft: Draft) -> Published:
        """Publish `draft` as an answer to its parent, under a key of its own: a second try makes no second answer."""
        try:
            place = place_of(self._node(draft.parent_id, depth=0, above=0), draft)
        except QueryRefused as refusal:
            raise ReplyRefused(N_("The post is deleted.")) from refusal
        pictures = [self._uploaded(attachment) for attachment in draft.attachments]
        record = record_of(draft, place, pictures, self._resolver(), self._clock())
        said = {"repo": self._line.did, "collection": POST, "rkey": key_of(draft), "record": record}
        made = self._line.post("com.atproto.repo.createRecord", said)
        uri = reading.text(made.get("uri"))
        if not is_post(uri):
            raise Unreachable(NOT_SHOWN % {"title": "Bluesky"})
        at = tid_time(reading.text(reading.mapping(made.get("commit")).get("rev"))) or self._clock()
        return Published(external_id=uri, permalink=permalink(uri, self._account), published_at=at)

    def find_reply(self, draft: Draft) -> Published | None:
        """Look whether there is a record under the draft's key."""
        asked = {"repo": self._line.did, "collection": POST, "rkey": key_of(draft)}
        try:
            body = self._line.get("com.atproto.repo.getRecord", asked)
        except QueryRefused:
            return None
        if not isinstance(body.get("value"), dict):
            raise Unreachable(N_("Bluesky does not say what stands under the answer's key."))
        found = next((item for item in items(body, []) if is_answer(item.record, draft)), None)
        if found is None:
            return None
        at = found.published_at or self._clock()
        return Published(external_id=found.uri, permalink=permalink(found.uri, self._account), published_at=at)

    def reply_length(self, text: str) -> int:
        """Return how many of 300 the text takes up: its graphemes, or a tenth of its bytes where that is more."""
        return length(text)

    def check(self) -> Standing:
        """Return who Bluesky takes us for and what our password may do."""
        me = self._line.get("com.atproto.server.getSession", {})
        did, handle = reading.text(me.get("did")), reading.text(me.get("handle"))
        if not did:
            raise Unreachable(WHO_ARE_WE % {"title": "Bluesky"})
        if me.get("active") is False:
            raise AccessDenied(Said.BLUESKY_OUT_OF_USE, why=reading.text(me.get("status")) or _(NOT_TOLD_WHY))
        return Standing(
            user_id=did,
            handle=handle,
            can_reply=True,
            warnings=tuple(self._warnings(did, handle)),
            rights=(SCOPES.get(self._line.scope, self._line.scope),) if self._line.scope else (),
            cost=keep(N_("Free: about %(n)s requests in five minutes, %(logins)s logins a day."), n=3_000, logins=300),
        )

    def _warnings(self, did: str, handle: str) -> Iterator[str]:
        named = self._account.handle.lstrip("@")
        if named.casefold() not in {handle.casefold(), did}:
            yield keep(BELONGS, theirs=f"@{handle}", ours=f"@{named}")
        if self._account.options.get("user_id", did) not in {"", did}:
            yield keep(BELONGS, theirs=did, ours=self._account.options["user_id"])
        if self._line.scope == FULL_PASSWORD:
            yield N_("This is the account's own password: make an app password and enter that.")

    def _listing(self, watch: Watch, first: str) -> tuple[str, str, dict[str, object]]:
        """Return what to ask for a watch: the method, where the posts lie in its answer, and the question; `first` ends it where it can."""
        if watch.kind is WatchKind.MENTIONS:
            return "app.bsky.notification.listNotifications", "notifications", {"reasons": ABOUT_US}
        if watch.kind is WatchKind.OWN_POSTS:
            return "app.bsky.feed.getAuthorFeed", "feed", {"actor": self._line.did, "filter": "posts_with_replies", "includePins": "false"}
        if watch.kind in {WatchKind.SEARCH, WatchKind.HASHTAG}:
            words = watch.query if watch.kind is WatchKind.SEARCH else f"#{watch.query.lstrip('#')}"
            return "app.bsky.feed.searchPosts", "posts", {"q": words, "sort": "latest", "since": first}
        raise QueryRefused(NOT_WATCHED % {"title": "Bluesky"})

    def _page(self, body: Mapping[str, object], name: str, troubles: list[str]) -> list[Item]:
        """Return the posts in a listing, each once."""
        if not isinstance(body.get(name), list):
            raise Unreachable(UNEXPECTED % {"title": "Bluesky"})
        return list({item.uri: item for item in items({name: body[name]}, troubles)}.values())

    def _node(self, uri: str, *, depth: int, above: int) -> dict[str, object]:
        """Return a post in its thread; `QueryRefused` where there is none."""
        body = self._line.get("app.bsky.feed.getPostThread", {"uri": uri, "depth": depth, "parentHeight": above})
        if not isinstance(body.get("thread"), dict):
            raise Unreachable(N_("Bluesky's answer has no thread."))
        return reading.mapping(body["thread"])

    def _shown(self, uris: Sequence[str]) -> tuple[Post, ...]:
        """Return those of the posts that Bluesky shows."""
        return self._posts(self._lookup(uris))

    def _lookup(self, uris: Sequence[str]) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for begin in range(0, len(uris), LOOKED_UP):
            body = self._line.get("app.bsky.feed.getPosts", {"uris": list(uris[begin : begin + LOOKED_UP])})
            if not isinstance(body.get("posts"), list):
                raise Unreachable(N_("Bluesky's answer has no posts."))
            found += reading.mappings(body["posts"])
        return found

    def _posts(self, shown: Sequence[dict[str, object]]) -> tuple[Post, ...]:
        return posts_from({"posts": [*shown]}, self._account).posts

    def _uploaded(self, attachment: Attachment) -> dict[str, object]:
        body = self._line.upload("com.atproto.repo.uploadBlob", attachment.content, attachment.content_type)
        if not isinstance(body.get("blob"), dict):
            raise Unreachable(N_("Bluesky took the picture but does not name it."))
        return {"alt": attachment.alt, "image": body["blob"]}

    def _resolver(self) -> Callable[[str], str]:
        """Return what names the account of a handle, for the first few of a text."""
        known: dict[str, str] = {}
        return partial(self._account_of, known)

    def _account_of(self, known: dict[str, str], handle: str) -> str:
        if handle not in known and len(known) < MOST_MENTIONS:
            try:
                body = self._line.get("com.atproto.identity.resolveHandle", {"handle": handle})
            except QueryRefused:
                body = {}
            known[handle] = reading.text(body.get("did"))
        return known.get(handle, "")


def _in_thread(post: Post) -> tuple[datetime, bool, str]:
    """Return what posts of a thread are sorted by: time, and where that is the same the root first, then the keys, which rise."""
    return post.published_at, post.external_id != post.root_id, parts(post.external_id)[2]


def build(account: Account, clock: Clock = utc_now) -> Bluesky:
    """Return the collector for our `account` on Bluesky.

    Credentials: `app_password`. Options: `user_id` (a DID), `first_days`, `pds_url`, `jetstream_url`, `base_url`, `web_url`, `time_out`.
    """
    return Bluesky(account, clock)
