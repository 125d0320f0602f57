"""A network that pushes, for tests: its stream says what the test puts into it, and does what streams do on bad days."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event

from amends.core.ports import Cursor, Page
from amends.core.watching import Watch
from tests.fakes import FakeNetwork

END = "end"
HANG = "hang"
Step = Page | Exception | str


@dataclass
class FakeStream(FakeNetwork):
    """Streams that yield, raise, end or hang as `steps` say; without one they give a sign of life every few milliseconds.

    `opened` are the cursors that streams were opened with, `listening` how many are open now; `freed` wakes those that hang.
    """

    steps: "Queue[Step]" = field(default_factory=Queue)
    opened: list[Cursor | None] = field(default_factory=list)
    listening: int = 0
    freed: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        super().__init__()

    def listen(self, watch: Watch, cursor: Cursor | None, *, stopping: Callable[[], bool]) -> Iterator[Page]:  # noqa: ARG002
        """Yield what the test has put in."""
        self.opened.append(cursor)
        self.listening += 1
        last = cursor or {}
        try:
            while not stopping():
                step = self._next()
                if step == END:
                    return
                if step == HANG:
                    self.freed.wait(30)
                if isinstance(step, Exception):
                    raise step
                page = step if isinstance(step, Page) else Page(posts=(), cursor=last)
                last = page.cursor
                yield page
        finally:
            self.listening -= 1

    def _next(self) -> Step | None:
        try:
            return self.steps.get(timeout=0.01)
        except Empty:
            return None


def until(condition: Callable[[], bool], *, seconds: float = 240) -> bool:
    """Tell whether `condition` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
