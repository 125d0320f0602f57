"""The doors that the check knocks at: the REST API of Amends, and the sandbox's control API."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from amends.core.errors import AmendsError

Row = dict[str, Any]
Found = TypeVar("Found")


class Stuck(AmendsError):
    """The story did not go on."""


@dataclass(frozen=True, kw_only=True)
class Doors:
    """`desk` is the REST API with a bearer token, `town` the networks and their control API; `deadline` is when patience ends."""

    desk: httpx.Client
    town: httpx.Client
    deadline: float

    def ask(self, path: str, **asked: str | int) -> Row:
        """Return what the desk answers."""
        return self.desk.get(path, params=asked).raise_for_status().json()

    def tell(self, path: str, **told: Any) -> Row:
        """Do something at the desk."""
        return self.desk.post(path, json=told).raise_for_status().json()

    def look(self, path: str) -> Row:
        """Return what the sandbox answers."""
        return self.town.get(path).raise_for_status().json()

    def do(self, path: str, **told: Any) -> Row:
        """Do something in the sandbox."""
        answer = self.town.post(path, json=told).raise_for_status()
        return answer.json() if answer.content else {}

    def until(self, what: str, find: Callable[[], Found | None]) -> Found:
        """Return what `find` finds, asking ten times a second; `Stuck` says that `what` did not happen in time."""
        while time.monotonic() < self.deadline:
            found = find()
            if found:
                return found
            time.sleep(0.1)
        raise Stuck(f"stuck: {what}")

    def all_posts(self) -> Iterator[Row]:
        """Yield every post that was collected."""
        before: int | None = None
        while True:
            page = self.ask("/posts", limit=500, **({"before": before} if before else {}))
            yield from page["posts"]
            before = page["next"]
            if before is None:
                return

    def all_cases(self) -> Iterator[Row]:
        """Yield every case."""
        after = ""
        while True:
            page = self.ask("/cases", view="all", limit=200, after=after)
            yield from page["cases"]
            after = page["next"]
            if not after:
                return
