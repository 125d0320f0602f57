"""Mastodon: mentions, hashtags, search, own posts, threads, answers and streams, with Mastodon.py.

Place in the path: `ingest` -> `Mastodon.fetch` -> Mastodon.py -> `core.network.Wire` -> our account's server. Mastodon says of an answer
which status it answers, not where its thread began; that is looked up once, when the answer is first met, and kept in its raw body. What
servers ask of us is in docs/networks/mastodon.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from amends.collectors import _mastodon_answers as answers
from amends.collectors import _mastodon_stream as stream
from amends.collectors._mastodon_client import STATUSES, Client, Gone
from amends.collectors._mastodon_grant import grant
from amends.collectors._mastodon_items import Fields, status_in
from amends.collectors._mastodon_length import counted_length
from amends.collectors._mastodon_posts import NETWORK, gone, own_name, posts_from
from amends.collectors._mastodon_threads import around, one, rooted
from amends.collectors._mastodon_walk import MOST, WATCHES, after, first_mark, listing_of, unread
from amends.core import reading
from amends.core.abilities import Abilities, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import AccessDenied, QueryRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import NOT_WATCHED, UNEXPECTED, WHO_ARE_WE, come_back
from amends.core.ports import Account, Cursor, Draft, Page, Published, Standing
from amends.core.post import Post
from amends.core.translating import N_
from amends.core.walk import REMEMBERED, Walk, parted
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Mastodon", "build", "grant", "posts_from"]

REPLY_LIMIT = 500
NAME_IN_FRONT = 32
FIRST_DAYS = 7
OWN_PAGES = 5
IN_BULK = 20
REFRESHED = 100
CREDENTIALS = ("access_token",)
OPTIONS = (
    Option(name="instance", label=N_("Server"), hint=N_("mastodon.example; may stay empty where the handle is @name@server")),
    Option(name="user_id", label=N_("Our numeric id"), hint=N_("asked of the server once where it is empty")),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
    Option(
        name="max_characters",
        label=N_("Characters that the server allows"),
        hint=N_("check says where it is another number"),
        default="500",
    ),
    Option(name="reply_visibility", label=N_("Who sees an answer to a public post"), hint=N_("public or unlisted"), default="public"),
)
ABILITIES = Abilities(title="Mastodon", mark="M", private=True, attachments=4, streams=stream.STREAMS, grants=True, at_once=2)


class Mastodon:
    """One account on a Mastodon server."""

    network = NETWORK

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._client = Client(account, clock)
        self._longest = int(account.number("max_characters", REPLY_LIMIT, least=NAME_IN_FRONT + 1))
        self.max_reply_length = self._longest - NAME_IN_FRONT

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return what is new or changed on the next page of at most `budget` entries; a server shows 40 at once."""
        now, limit = self._clock(), min(MOST, max(1, budget))
        listing = listing_of(watch, self._user_id() if watch.kind is WatchKind.OWN_POSTS else "")
        walk = Walk.resume(cursor, first_mark(now, self._account.number("first_days", FIRST_DAYS)))
        place = {"max_id": walk.place} if walk.place else {}
        entries = listing.entries(self._client.call("GET", listing.path, {**listing.asked, "limit": limit, **place}))
        below = listing.place_after(entries, limit, walk.place, self._client.wire.headers_seen.get("link"))
        come_back_at = self._come_back_at(now)
        fresh = unread(walk, entries, listing.late)
        onward = after(walk, entries, below, listing.late, now)
        harvest = posts_from(rooted(self._client, fresh), self._account)
        return Page(
            posts=harvest.posts,
            cursor=onward.cursor(),
            more=bool(onward.place),
            reads=len(fresh),
            troubles=harvest.troubles,
            come_back_at=self._come_back_at(now) or come_back_at,
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way, so that new posts need not wait for old ones."""
        return parted(Walk.resume(cursor).split())

    def listen(self, watch: Watch, cursor: Cursor | None, *, stopping: Callable[[], bool]) -> Iterator[Page]:
        """Yield what the server pushes; a deletion only of what this stream has brought."""
        if watch.kind not in stream.STREAMS:
            raise QueryRefused(NOT_WATCHED % {"title": "Mastodon"})
        self._client.must_have_token()
        walk = Walk.resume(cursor)
        for event in stream.events(self._client, watch, self._clock, stopping=stopping):
            page = self._page_of(event, walk) if event else Page(posts=(), cursor=walk.cursor())
            walk = Walk.resume(page.cursor)
            yield page

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the thread around the status `root_id`, oldest first; nothing where it is gone."""
        try:
            root = one(self._client, root_id)
            above, under = around(self._client, root_id)
        except Gone:
            return ()
        entries = [{"root_id": root_id, "status": status} for status in (*above, root, *under)]
        return tuple(sorted(posts_from(entries, self._account).posts, key=lambda post: (post.published_at, post.external_id != root_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of at most 100 statuses; one is deleted only where the server says so of it alone."""
        wanted = list(dict.fromkeys(filter(None, external_ids[:REFRESHED])))
        shown = [status for at in range(0, len(wanted), IN_BULK) for status in self._in_bulk(wanted[at : at + IN_BULK])]
        found = {reading.name(status.get("id")) for status in shown}
        missing: list[Post] = []
        for external_id in wanted:
            if external_id in found:
                continue
            try:
                shown.append(one(self._client, external_id))
            except Gone:
                missing.append(gone(external_id))
        return (*posts_from(rooted(self._client, shown), self._account).posts, *missing)

    def reply(self, draft: Draft) -> Published:
        """Publish `draft` under its parent."""
        return answers.publish(self._client, draft, self._account)

    def find_reply(self, draft: Draft) -> Published | None:
        """Look for the reply among our own statuses since the first try."""
        self._user_id()
        return answers.find(self._client, draft, self._account, pages=OWN_PAGES)

    def reply_length(self, text: str) -> int:
        """Return the number of characters that Mastodon counts; the receiver's name in front is allowed for in the limit."""
        return counted_length(text)

    def check(self) -> Standing:
        """Return who the server takes us for, what our app may do, and what the server's limits are."""
        me = reading.mapping(self._client.call("GET", "/api/v1/accounts/verify_credentials"))
        user_id, handle = reading.name(me.get("id")), reading.text(me.get("acct"))
        if not user_id:
            raise Unreachable(WHO_ARE_WE % {"title": "Mastodon"})
        rights = self._rights()
        warnings = (*self._of_another(handle), *_without_write(rights), *self._of_length())
        can_reply = not rights or not _without_write(rights)
        return Standing(user_id=user_id, handle=handle, can_reply=can_reply, warnings=warnings, rights=rights, cost=N_("Reading is free."))

    def _page_of(self, event: stream.Event, walk: Walk) -> Page:
        """Return what one event of a stream brings."""
        deleted = reading.name(event.data) if event.kind == "delete" else ""
        if deleted:
            posts = (gone(deleted),) if walk.knows(deleted) else ()
            return Page(posts=posts, cursor=walk.cursor())
        if not isinstance(event.data, dict) or not isinstance(reading.mapping(status_in(event.data)).get("content"), str):
            trouble = () if isinstance(event.data, dict | list) or not event.kind else (f"{event.kind}: not to be read",)
            return Page(posts=(), cursor=walk.cursor(), troubles=trouble)
        harvest = posts_from(rooted(self._client, [event.data]), self._account)
        known = tuple(dict.fromkeys((*(post.external_id for post in harvest.posts), *walk.known)))[:REMEMBERED]
        return Page(posts=harvest.posts, cursor=replace(walk, known=known).cursor(), reads=len(harvest.posts), troubles=harvest.troubles)

    def _in_bulk(self, wanted: Sequence[str]) -> list[Fields]:
        """Return those of the statuses that the server shows at once; none from a server that is too old to."""
        try:
            found = self._client.call("GET", STATUSES, {"id[]": list(wanted)})
        except QueryRefused:
            return []
        if not isinstance(found, list):
            raise Unreachable(UNEXPECTED % {"title": "Mastodon"})
        return reading.mappings(found)

    def _rights(self) -> tuple[str, ...]:
        """Return the scopes of our app, nothing where the server does not say."""
        try:
            told = reading.mapping(self._client.call("GET", "/api/v1/apps/verify_credentials"))
        except (QueryRefused, AccessDenied):
            return ()
        return tuple(filter(None, map(reading.text, reading.sequence(told.get("scopes")))))

    def _of_length(self) -> tuple[str, ...]:
        """Return a warning where the server takes answers of another length than the source says."""
        try:
            told = reading.mapping(self._client.call("GET", "/api/v2/instance"))
        except QueryRefused:
            return ()
        statuses = reading.mapping(reading.mapping(told.get("configuration")).get("statuses"))
        allowed = reading.whole(statuses.get("max_characters")) or self._longest
        return () if allowed == self._longest else (keep(N_("This server allows %(n)s characters: set the option to that."), n=allowed),)

    def _of_another(self, handle: str) -> tuple[str, ...]:
        ours = own_name(self._account)
        return (
            ()
            if handle.casefold() == ours.casefold()
            else (keep(N_("The token belongs to %(theirs)s, not to %(ours)s."), theirs=f"@{handle}", ours=f"@{ours}"),)
        )

    def _user_id(self) -> str:
        """Return our own id: from the options, else asked once."""
        if not self._account.options.get("user_id"):
            me = reading.mapping(self._client.call("GET", "/api/v1/accounts/verify_credentials"))
            user_id = reading.name(me.get("id"))
            if not user_id:
                raise Unreachable(WHO_ARE_WE % {"title": "Mastodon"})
            self._account = replace(self._account, options={**self._account.options, "user_id": user_id})
        return self._account.options["user_id"]

    def _come_back_at(self, now: datetime) -> datetime | None:
        headers = self._client.wire.headers_seen
        left = reading.number(headers.get("x-ratelimit-remaining"))
        return come_back(headers, now) if left is not None and left < 1 else None


def build(account: Account, clock: Clock = utc_now) -> Mastodon:
    """Return the collector for our `account` on a Mastodon server.

    Credentials: `access_token`. Options: `instance`, `user_id`, `first_days`, `max_characters`, `reply_visibility`, `base_url`, `time_out`.
    """
    return Mastodon(account, clock)


def _without_write(rights: Sequence[str]) -> tuple[str, ...]:
    if not rights or not {"write", "write:statuses"}.isdisjoint(rights):
        return ()
    return (N_("The app may only read: give it the right write:statuses, then make a new access token."),)
