"""How a post came to us: the watch that met it, and whether we fetched it there or the network pushed it (a stream, a call)."""

from dataclasses import dataclass

from amends.inbox.rules.ids import WatchId

Way = int
"""The id of a watch where we fetched, the same negative where the network pushed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A way in its parts."""

    watch_id: WatchId
    pushed: bool


def fetched(watch_id: WatchId) -> Way:
    """Return the way of a post that we found by asking."""
    return watch_id


def pushed(watch_id: WatchId) -> Way:
    """Return the way of a post that the network sent by itself."""
    return -watch_id


def told(way: Way) -> Told:
    """Return what a way says."""
    return Told(watch_id=WatchId(abs(way)), pushed=way < 0)
