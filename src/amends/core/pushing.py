"""What a network tells us by itself (over a stream that we hold open, or by calling us), and what of very many posts at once.

Place in the path: stream -> `Streaming.listen` -> `Page`, or `POST /hooks/<source>` -> `Hearing.hear` -> `Heard`; both -> ingest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from amends.core.abilities import Option
from amends.core.ports import Cursor, Harvest, Page
from amends.core.post import Post
from amends.core.translating import N_
from amends.core.watching import Watch

STREAM = Option(name="stream", label=N_("Listen to its stream"), hint=N_("yes, where posts shall be here at once"))
"""Asked of every source whose network can be listened to."""

LARGEST_HOOK = 1024 * 1024
"""Bytes; a larger body is refused before it is read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """One call: `headers` by lower-case name, `query` of the address, `body` as it came."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hub:
    """What calls us about a feed: its `address`, and the `topic` by which it knows the feed. A watch's cursor names both."""

    address: str
    topic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a good call says: its posts, the `answer` that the network wants (a challenge, else nothing), of the type `answer_type`.

    `delivery_id` is the network's id of this call, empty where it gives none; the door takes each only once. `hub` is the one that calls
    about a feed, which is taken only while we ask it to, and `lease` until when it promises to; `leaving` where it asks whether it shall
    call no more.
    """

    harvest: Harvest
    delivery_id: str = ""
    answer: str = ""
    answer_type: str = "text/plain"
    hub: Hub | None = None
    lease: datetime | None = None
    leaving: bool = False


class Hearing(Protocol):
    """A collector whose network calls us."""

    def hear(self, hook: Hook) -> Heard:
        """Return what the call says; `HookRefused` where its signature, its time or its form is not right."""
        ...


class Subscribing(Protocol):
    """A collector whose feeds name hubs (`hub` and `topic` in a watch's cursor) that call us for a time, where they are asked."""

    def subscribe(self, hub: Hub, callback: str) -> None:
        """Ask `hub` to call us at `callback`; its promise comes as a call."""
        ...

    def unsubscribe(self, hub: Hub, callback: str) -> None:
        """Ask `hub` to call us at `callback` no more; whether we mean it, it asks by a call."""
        ...


class Streaming(Protocol):
    """A collector that can also listen. What a stream loses while it is cut, the watch fetches."""

    def listen(self, watch: Watch, cursor: Cursor | None, *, stopping: Callable[[], bool]) -> Iterator[Page]:
        """Yield pages as the network pushes them, an empty one at least every 15 seconds, until `stopping()`.

        `cursor` is that of the last page of an earlier stream. Ends, or raises a `NetworkError`, when the connection is lost.
        """
        ...


class Rechecking(Protocol):
    """A collector whose network tells of very many posts at once whether they still stand there, at little cost."""

    largest: int
    """How many posts may be asked for at once."""

    def recheck(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return those that are gone with `deleted=True` (of them nothing else is believed), and others only where they tell news."""
        ...
