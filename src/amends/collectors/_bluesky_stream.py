"""Listen to Jetstream, which tells of every new post on the network: what concerns us is picked out here.

Place in the path: `Bluesky.listen` -> here -> `Page`. An event has neither handle nor counters, so what was picked is looked up (`show`)
before it is handed over; where the network's own index is slower than the stream, the event itself is.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from amends.collectors._bluesky_items import MICRO, POST, Item, items, parts
from amends.collectors._bluesky_posts import post_of
from amends.collectors._bluesky_text import words
from amends.core import reading
from amends.core.errors import NetworkError, QueryRefused, Unreachable
from amends.core.network import SHORTEST_WAIT, TIME_OUT
from amends.core.network_words import Said
from amends.core.outward import check_outward
from amends.core.ports import Account, Cursor, Page
from amends.core.post import Post
from amends.core.translating import N_
from amends.core.watching import Watch, WatchKind

JETSTREAM = "wss://jetstream2.us-east.bsky.network/subscribe"
SOCKETS = frozenset({"wss", "ws"})
LARGEST_EVENT = 1024 * 1024
HEARTBEAT = 10.0
GATHERING = 1.0
MOST_AT_ONCE = 1000
WORDS = re.compile(r'"[^"]+"|\S+')
REPEATED = 5 * MICRO
Show = Callable[[Sequence[str]], tuple[Post, ...]]


def heard(watch: Watch, cursor: Cursor | None, account: Account, did: str, *, show: Show, stopping: Callable[[], bool]) -> Iterator[Page]:
    """Yield pages of what the stream tells, an empty one at least every ten seconds, until `stopping()` or the connection is lost."""
    at = reading.whole(reading.mapping(cursor).get("time_us"))
    concerns = about(watch, did)
    try:
        with connect(_address(account, at), open_timeout=_patience(account), max_size=LARGEST_EVENT, close_timeout=1, proxy=None) as line:
            while not stopping():
                events = list(_gathered(line))
                at = max(filter(None, (at, *(reading.whole(event.get("time_us")) for event in events))), default=None)
                found = [item for item in items(list(events), []) if concerns(item)]
                yield Page(posts=_looked_up(found, account, show), cursor={"time_us": at}, reads=len(found))
    except (OSError, WebSocketException, ValueError) as error:
        raise Unreachable(Said.STREAM_CUT, what=type(error).__name__) from error


def _address(account: Account, at: int | None) -> str:
    """Return where to listen, from a little before the last event on: what comes twice is known."""
    given = account.options.get("jetstream_url", "")
    if given == "none" or (account.options.get("base_url") and not given):
        raise QueryRefused(N_("There is no stream here: enter the address of a Jetstream server, or let the watch be fetched alone."))
    if not account.options.get("base_url"):
        check_outward(given or JETSTREAM, SOCKETS)
    asked = {"wantedCollections": POST, **({"cursor": str(at - REPEATED)} if at else {})}
    return f"{given or JETSTREAM}?{urlencode(asked)}"


def _patience(account: Account) -> float:
    return account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)


def _gathered(line: ClientConnection) -> Iterator[Mapping[str, object]]:
    """Yield events for a second from the first on, none where all is silent for ten; what came before the line was cut still counts."""
    until = monotonic() + HEARTBEAT
    for number in range(MOST_AT_ONCE):
        try:
            told = line.recv(timeout=max(until - monotonic(), 0))
        except TimeoutError:
            return
        except ConnectionClosed:
            if number == 0:
                raise
            return
        if number == 0:
            until = monotonic() + GATHERING
        yield _event(told)


def _event(told: str | bytes) -> dict[str, object]:
    try:
        return reading.mapping(json.loads(told))
    except (ValueError, RecursionError):
        return {}


def about(watch: Watch, did: str) -> Callable[[Item], bool]:
    """Return what tells whether a post is one that the watch looks for."""
    if watch.kind is WatchKind.MENTIONS:
        return lambda item: item.author_id != did and did in _called(item)
    wanted = [f"#{watch.query.lstrip('#')}"] if watch.kind is WatchKind.HASHTAG else WORDS.findall(watch.query)
    needles = [word.strip('"').casefold() for word in wanted]
    return lambda item: bool(needles) and all(needle in words(item.record.get("text"), None)[0].casefold() for needle in needles)


def _called(item: Item) -> set[str]:
    """Return the accounts that a post speaks to: whom it mentions, answers, or quotes."""
    mentioned = {did for did, _ in words(item.record.get("text"), item.record.get("facets"))[1]}
    embed = reading.mapping(reading.mapping(item.record.get("embed")).get("record"))
    quoted = reading.mapping(embed.get("record")) or embed
    answered = reading.mapping(item.record.get("reply"))
    named = (quoted, reading.mapping(answered.get("parent")), reading.mapping(answered.get("root")))
    return mentioned | {parts(reading.text(found.get("uri")))[0] for found in named}


def _looked_up(found: Sequence[Item], account: Account, show: Show) -> tuple[Post, ...]:
    if not found:
        return ()
    uris = list(dict.fromkeys(item.uri for item in found))
    try:
        shown = {post.external_id: post for post in show(uris)}
    except NetworkError:
        shown = dict[str, Post]()
    told = {item.uri: post_of(item, account) for item in found}
    return tuple(shown.get(uri, told[uri]) for uri in uris)
