"""Listen to a Mastodon server's stream (server-sent events), with bounds on everything that it may send.

Place in the path: `Mastodon.listen` -> `events` -> `posts_from`. A thread reads, so that the listener is never held up longer than a beat.
"""

import contextlib
import json
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from amends.collectors._mastodon_client import USER_AGENT, Client
from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import NetworkError, QueryRefused, Unreachable
from amends.core.network import cut_off, error_of
from amends.core.translating import N_
from amends.core.watching import Watch, WatchKind

STREAMS = frozenset({WatchKind.MENTIONS, WatchKind.HASHTAG})
PATHS = {WatchKind.MENTIONS: "user/notification", WatchKind.HASHTAG: "hashtag"}
SILENCE = 45.0
BEAT = 10.0
GLANCE = 0.25
LARGEST_EVENT = 4 * 1024 * 1024
LARGEST_REFUSAL = 64 * 1024
WAITING = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What the server tells: `kind` in its own word, `data` read, None where it is not JSON."""

    kind: str
    data: object


def events(client: Client, watch: Watch, clock: Clock, *, stopping: Callable[[], bool]) -> Iterator[Event | None]:
    """Yield what the server tells, None at least every ten seconds, until `stopping()`; raise where the stream ends."""
    with closing(_connect(client, watch, clock)) as response:
        waiting: queue.Queue[Event | Exception] = queue.Queue(WAITING)
        over = threading.Event()
        threading.Thread(target=_read, args=(response, waiting, over), daemon=True).start()
        try:
            yield from _handed_on(waiting, stopping)
        finally:
            over.set()


def _handed_on(waiting: "queue.Queue[Event | Exception]", stopping: Callable[[], bool]) -> Iterator[Event | None]:
    told_at = monotonic()
    while not stopping():
        found: Event | Exception | None = None
        with contextlib.suppress(queue.Empty):
            found = waiting.get(timeout=GLANCE)
        if isinstance(found, Exception):
            raise Unreachable(N_("The stream has ended.")) from found
        if found is not None or monotonic() - told_at > BEAT:
            told_at = monotonic()
            yield found


def _read(response: requests.Response, waiting: "queue.Queue[Event | Exception]", over: threading.Event) -> None:
    """Put every event into the queue, and what ended the stream last."""

    def put(found: Event | Exception) -> None:
        while not over.is_set():
            with contextlib.suppress(queue.Full):
                waiting.put(found, timeout=GLANCE)
                return

    try:
        for event in parsed(_lines(response.raw)):
            put(event)
        put(EOFError("the server closed the stream"))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
        put(error)


def _lines(raw: Any) -> Generator[bytes]:
    rest = b""
    while part := raw.read1(LARGEST_REFUSAL, decode_content=True):
        *whole, rest = (rest + part).split(b"\n")
        yield from whole
        if len(rest) > LARGEST_EVENT:
            raise ValueError("a line without end")


def parsed(lines: Iterator[bytes]) -> Iterator[Event]:
    """Return the events in the lines of a stream."""
    kind, data, size = "", list[bytes](), 0
    for line in lines:
        name, _, value = line.rstrip(b"\r").partition(b":")
        if not name and not value and data:
            yield Event(kind=kind, data=_json(b"\n".join(data)))
            kind, data, size = "", [], 0
        elif name == b"event":
            kind = value.strip().decode("utf-8", "replace")
        elif name == b"data":
            data.append(value.removeprefix(b" "))
            size += len(value)
        if size > LARGEST_EVENT:
            raise ValueError("an event without end")


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _connect(client: Client, watch: Watch, clock: Clock) -> requests.Response:
    session = requests.Session()
    session.trust_env, session.adapters = client.wire.trust_env, client.wire.adapters
    headers = {"Authorization": f"Bearer {client.token}", "Accept": "text/event-stream", "User-Agent": USER_AGENT}
    asked = {"tag": watch.query.strip().lstrip("#")} if watch.kind is WatchKind.HASHTAG else {}
    address = f"{_base(client)}/api/v1/streaming/{PATHS[watch.kind]}"
    try:
        response = session.get(
            address, params=asked, headers=headers, stream=True, timeout=(client.time_out, SILENCE), allow_redirects=False
        )
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
        raise Unreachable(cut_off(error, address)) from error
    if response.status_code < 300:  # noqa: PLR2004
        return response
    with closing(response):
        raise _refusal(response, clock)


def _refusal(response: requests.Response, clock: Clock) -> NetworkError:
    """Return what a refused stream means, from no more of its body than a refusal needs."""
    with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
        response._content = response.raw.read1(LARGEST_REFUSAL, decode_content=True)  # noqa: SLF001
    return error_of(response, clock()) or Unreachable(N_("No stream."))


def _base(client: Client) -> str:
    """Return where the streams are: as the server says, but our token goes to no host beyond it."""
    try:
        told = reading.mapping(client.call("GET", "/api/v2/instance"))
    except QueryRefused:
        return client.home
    urls = reading.mapping(reading.mapping(told.get("configuration")).get("urls"))
    streaming, home = urlsplit(reading.text(urls.get("streaming"))), urlsplit(client.home)
    host, own = streaming.hostname or "", home.hostname or ""
    if streaming.scheme not in {"ws", "wss", "http", "https"} or not (host == own or host.endswith(f".{own}")):
        return client.home
    scheme = "https" if home.scheme == "https" else "http"
    return f"{scheme}://{streaming.netloc}{streaming.path.rstrip('/')}"
