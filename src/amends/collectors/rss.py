"""Feeds (RSS, Atom): blogs, forums, status pages and review sites that have no better way, read-only.

Place in the path: `ingest` -> `Rss.fetch` -> `core.network.Wire` -> the feed -> feedparser. A feed shows its newest entries and nothing
else, so what falls out of it between two visits is lost: the page says so. A feed with a hub calls us too. See docs/networks/rss.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from amends.collectors import _rss_hub
from amends.collectors._rss_hub import Mode
from amends.collectors._rss_posts import NETWORK, TITLE, Feed, first_seen, posts_from, read_feed, stamp
from amends.core import reading
from amends.core.abilities import Abilities, Group
from amends.core.clock import Clock, utc_now
from amends.core.errors import QueryRefused, Unreachable
from amends.core.harvest import LONG_AGO
from amends.core.network import NOT_WATCHED, SHORTEST_WAIT, TIME_OUT, Wire
from amends.core.outward import check_outward
from amends.core.ports import Account, Cursor, Json, Missed, Page, Standing
from amends.core.post import Post
from amends.core.pushing import Heard, Hook, Hub
from amends.core.read_only import ReadOnly
from amends.core.translating import N_
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Rss", "build", "posts_from"]

REMEMBERED = 2_000
NOT_CHANGED = 304
TURNED_OVER = N_("The feed shows only its newest entries, and none of those that we know is among them any more.")
CREDENTIALS = ()
WATCHES = (WatchKind.FEED,)
OPTIONS = ()
ABILITIES = Abilities(
    title="RSS",
    mark="≋",
    group=Group.FEEDS,
    at="",
    handle=N_("Name of the feeds"),
    replies=False,
    refreshes=False,
    threads=False,
    hooks=True,
)


class Rss(ReadOnly):
    """Any number of feeds under one name."""

    network = NETWORK
    title = TITLE

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._base = account.options.get("base_url")
        time_out = account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        self._wire = Wire(clock=clock, routes={}, time_out=time_out)
        self._wire.trust_env = not self._base
        if not self._base:
            self._wire.stay_outside()

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:  # noqa: ARG002 - a feed comes whole or not at all
        """Return the feed's entries that are new or changed."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        told, now = reading.mapping(cursor), self._clock()
        asked = {"If-None-Match": reading.text(told.get("etag")), "If-Modified-Since": reading.text(told.get("modified"))}
        response = self._wire.request("GET", self._address(watch), headers={name: value for name, value in asked.items() if value})
        if response.status_code == NOT_CHANGED:
            return Page(posts=(), cursor=dict(cursor or {}))
        feed = read_feed(response.content)
        if not feed.is_feed:
            raise Unreachable(N_("What lies there is no feed."))
        harvest = posts_from(first_seen(feed.entries, now), self._account)
        known = [reading.text(one) for one in reading.sequence(told.get("known"))]
        stamps = [stamp(post) for post in harvest.posts]
        return Page(
            posts=tuple(post for post in harvest.posts if stamp(post) not in known),
            cursor={
                "etag": self._wire.headers_seen.get("etag", ""),
                "modified": self._wire.headers_seen.get("last-modified", ""),
                "known": [*islice(dict.fromkeys((*stamps, *known)), REMEMBERED)],
                "visited": now.isoformat(),
                **_hub(response.links, feed, self._address(watch)),
            },
            reads=len(harvest.posts),
            troubles=harvest.troubles,
            missed=None if not known or set(stamps) & set(known) else _missed(reading.moment(told.get("visited")), harvest.posts, now),
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:  # noqa: ARG002 - the socket's form
        """Return None: a feed has no second page."""
        return None

    def thread(self, root_id: str) -> tuple[Post, ...]:  # noqa: ARG002 - the socket's form
        """Return nothing: a feed shows no threads."""
        return ()

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:  # noqa: ARG002 - the socket's form
        """Return nothing: a feed says nothing about an entry that fell out of it."""
        return ()

    def subscribe(self, hub: Hub, callback: str) -> None:
        """Ask a feed's hub to call us; one inside our own network is not asked."""
        self._tell(hub, Mode.SUBSCRIBE, callback)

    def unsubscribe(self, hub: Hub, callback: str) -> None:
        """Ask a feed's hub to call us no more."""
        self._tell(hub, Mode.UNSUBSCRIBE, callback)

    def hear(self, hook: Hook) -> Heard:
        """Return what a hub calls in; `HookRefused` where we did not ask it to, or it did not sign it."""
        return _rss_hub.hear(hook, self._account, now=self._clock())

    def check(self) -> Standing:
        """Return our standing: anybody may read a feed."""
        return Standing(user_id="", handle=self._account.handle, can_reply=False, cost=N_("Reading is free."))

    def _tell(self, hub: Hub, mode: Mode, callback: str) -> None:
        if not self._base:
            check_outward(hub.address)
        _rss_hub.ask(self._wire, hub, mode, callback, self._account)

    def _address(self, watch: Watch) -> str:
        """Return where the feed lies; an address inside our own network is not asked."""
        if self._base:
            return f"{self._base.rstrip('/')}/{urlsplit(watch.query).path.lstrip('/')}"
        check_outward(watch.query)
        return watch.query


def build(account: Account, clock: Clock = utc_now) -> Rss:
    """Return the collector; it needs no credentials. Options: `base_url`, `time_out`."""
    return Rss(account, clock)


def _hub(links: Mapping[str, Mapping[str, str]], feed: Feed, address: str) -> dict[str, Json]:
    """Return the hub that a feed names, in its headers or in itself, and the feed's own name for itself; nothing where it has none."""
    hub = reading.link(links.get("hub", {}).get("url")) or feed.hub
    topic = reading.link(links.get("self", {}).get("url")) or feed.topic or address
    return {"hub": hub, "topic": topic} if hub else {}


def _missed(since: datetime | None, posts: Sequence[Post], now: datetime) -> Missed | None:
    """Return the stretch since the last visit of a feed that turned over in between; times that cannot be true end it nowhere."""
    told = [post.published_at for post in posts if (since or LONG_AGO) < post.published_at <= now]
    return Missed(since=since, until=min(told, default=now), reason=TURNED_OVER) if posts else None
