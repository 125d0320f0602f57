"""Runs the beat in this process: the wake-ups that come by the clock. It keeps nothing on disk, and a second beat does no harm."""

from celery.beat import ScheduleEntry, Scheduler
from typing_extensions import override

from amends.core import log
from amends.core.settings import settings
from amends.worker.app import make_app
from amends.worker.names import Task
from amends.worker.wake import broker_url, wake


class Wakes(Scheduler):
    """Sends each entry of the beat table as a wake-up, which a dead broker may swallow: the next one comes soon."""

    @override
    def apply_entry(self, entry: ScheduleEntry, producer: object = None) -> None:
        """Wake the entry's task."""
        wake(Task(entry.task))


def run_beat() -> None:
    """Send the wake-ups of the beat table until asked to stop."""
    log.set_up(level=settings().log_level, json=settings().log_json)
    make_app(broker_url()).Beat(quiet=True, scheduler_cls=Wakes).run()
