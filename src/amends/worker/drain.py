"""Runs a step again and again until nothing is left, in at most so many threads of this process.

Wake-ups come in bursts: a second one that arrives while the first is still at work only has to make sure that one more look is taken.
"""

from collections.abc import Callable
from threading import BoundedSemaphore, Event

Step = Callable[[], bool]


class Drain:
    """`run(step)` returns when `step` has said that nothing is left, or at once where `at_once` threads are running it already.

    No wake-up is lost: what arrives while every place is taken makes one of those threads look once more. `stopping` ends it early.
    """

    def __init__(self, *, stopping: Event, at_once: int = 1) -> None:
        self._places = BoundedSemaphore(at_once)
        self._asked = Event()
        self._stopping = stopping

    def run(self, step: Step) -> None:
        """Call `step` until it returns False."""
        self._asked.set()
        while self._asked.is_set() and self._places.acquire(blocking=False):
            try:
                self._asked.clear()
                self._until_empty(step)
            finally:
                self._places.release()

    def look_again(self) -> bool:
        """Make a thread that is at work look once more; False where a place is free, so that perhaps nobody is, or work is to end."""
        self._asked.set()
        if self._stopping.is_set():
            return False
        if self._places.acquire(blocking=False):
            self._places.release()
            return False
        return True

    def _until_empty(self, step: Step) -> None:
        while not self._stopping.is_set() and step():
            pass
