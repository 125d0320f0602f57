"""Runs a worker in this process until it is asked to stop (SIGTERM, SIGINT): what is under way is finished first."""

import os
import warnings
from collections.abc import Sequence
from threading import Thread
from typing import Any

from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.signals import worker_shutting_down

from amends.core import garbage, log
from amends.core.settings import settings
from amends.inbox import notifiers
from amends.worker import streaming, tasks
from amends.worker.app import make_app
from amends.worker.context import HANDS, STOPPING, context
from amends.worker.hands import THREADS
from amends.worker.names import Lane, Task
from amends.worker.wake import broker_url


@worker_shutting_down.connect
def _stop_drains(**_given: Any) -> None:
    STOPPING.set()


def run_worker(lanes: Sequence[Lane] = tuple(Lane)) -> None:
    """Work on `lanes` with a pool of threads; one process a lane keeps a hanging network away from the desk."""
    log.set_up(level=settings().log_level, json=settings().log_json)
    # Celery warns of root because of pickled messages, and of work that goes on without its broker; our messages carry no work.
    warnings.simplefilter("ignore", SecurityWarning)
    warnings.simplefilter("ignore", CPendingDeprecationWarning)
    context().pool.open()
    app = make_app(broker_url())
    tasks.register(app)
    HANDS.work_on(lanes, lambda task: tasks.perform(task, context()))
    if Lane.DESK in lanes:
        Thread(target=_warm_up, daemon=True).start()
    if Lane.COLLECT in lanes:
        Thread(target=streaming.supervise, args=(context(),), daemon=True).start()
    app.worker_main(
        [
            "worker",
            f"--queues={','.join(lanes)}",
            f"--hostname={'-'.join(lanes)}-{os.getpid()}@%h",
            f"--concurrency={sum(THREADS[lane] for lane in lanes)}",
            "--pool=threads",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _warm_up() -> None:
    """Load what takes seconds while nobody waits for it: the model (by a look for posts to triage) and the alert channels."""
    tasks.perform(Task.TRIAGE, context())
    notifiers.load()
    garbage.look_seldom()
