"""Threads of this process for tasks that somebody in it wakes: a message to itself would cost more than to put a post on the desk."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from amends.worker.names import Lane, Task

THREADS = {Lane.COLLECT: 19, Lane.DESK: 14}


class Hands:
    """Tasks of the lanes that this process works on, once `work_on` has said which; none before that, nor when it is to stop."""

    def __init__(self, *, stopping: Event) -> None:
        self._stopping = stopping
        self._lanes: frozenset[Lane] = frozenset()

    def work_on(self, lanes: Sequence[Lane], perform: Callable[[Task], None]) -> None:
        """From now on `perform` the tasks of these lanes."""
        self._perform = perform
        self._threads = ThreadPoolExecutor(sum(THREADS[lane] for lane in lanes), thread_name_prefix="hand")
        self._lanes = frozenset(lanes)

    def take(self, task: Task) -> bool:
        """Perform `task` soon, in a thread of its own; False where it is not ours, or not any more."""
        if task.lane not in self._lanes or self._stopping.is_set():
            return False
        self._threads.submit(self._perform, task)
        return True
