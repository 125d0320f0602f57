"""Says "look again" to the workers after a commit. Losing the message costs two seconds at most: the sweep looks anyway.

Place in the path: api, worker (after every commit that left work) -> broker -> tasks. Importing this loads no model and no collector.
"""

import time
from collections.abc import Callable
from functools import cache
from threading import Lock

from celery import Celery

from amends.core.errors import SettingsWrong
from amends.core.log import logger
from amends.core.settings import settings
from amends.worker.app import make_app
from amends.worker.names import Task

log = logger(__name__)

EXPIRES = 10.0
"""Seconds after which a wake-up says nothing any more, so that a worker that was away does not find a mountain of them."""

PATIENCE = 1.0
REST = 2.0
SAY_AGAIN = 60.0


class Waker:
    """Publishes wake-ups. Where the broker is dead, it rests for two seconds before it tries again, and says so once a minute."""

    def __init__(self, app: Celery, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._lock = Lock()
        self._rest_until = self._silent_until = float("-inf")

    def wake(self, task: Task) -> bool:
        """Publish one wake-up and return whether the broker took it. Never raises; a dead broker costs a second at most."""
        if self._clock() < self._rest_until:
            return False
        try:
            self._app.send_task(task.value, queue=task.lane.value, expires=EXPIRES, retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - each broker library has errors of its own, and none of them may stop the caller
            self._rest(task, error)
            return False
        return True

    def _rest(self, task: Task, error: Exception) -> None:
        with self._lock:
            now = self._clock()
            self._rest_until = now + REST
            said = now < self._silent_until
            self._silent_until = self._silent_until if said else now + SAY_AGAIN
        if not said:
            log.warning("broker_gone", task=task.value, error=str(error) or type(error).__name__)


def broker_url() -> str:
    """Return the broker of the settings; `SettingsWrong` where there is none."""
    url = settings().broker_url
    if url is None:
        raise SettingsWrong("AMENDS_BROKER_URL is not set; `./amends up` starts a broker by itself, a single part does not.")
    return url


@cache
def _waker() -> Waker:
    return Waker(make_app(broker_url(), patience=PATIENCE))


def wake(task: Task = Task.RELAY) -> bool:
    """Wake `task`; without an argument the relay, which reads the new events and wakes what they ask for. Call it after the commit."""
    return _waker().wake(task)
