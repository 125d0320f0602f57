"""Carries long work on, one portion a transaction, so that a killed worker goes on where the row says.

Place in the path: event `job_started`, sweep -> here -> `inbox.actions.job_kinds`. New posts come first: while some wait for triage, a
job gets one portion a sweep.
"""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial

from amends.core.database import Connection, DatabaseGone
from amends.core.log import bound, logger
from amends.inbox.actions import jobs
from amends.inbox.actions.job_kinds import Slow, Tools
from amends.inbox.actions.learn import learn_tonight
from amends.inbox.actions.retention import start_tonight
from amends.inbox.store import untriaged
from amends.inbox.store.jobs import Job
from amends.triage.replay import replay_of
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


class _Stumbled(Exception):
    """A portion failed; what it had written is taken back."""

    def __init__(self, job: Job, error: Exception) -> None:
        super().__init__(str(error))
        self.job = job
        self.error = error


def carry_one_on(at: Context) -> bool:
    """Do one portion of one job; False where none is due, or where new posts wait to be triaged first."""
    try:
        with at.pool.transaction() as conn:
            job, slow = _carry_on(conn, at)
        if job and slow:
            _finish(at, job, slow)
    except _Stumbled as stumbled:
        _record(at, stumbled)
        return True
    if job is None:
        return False
    at.wake(Task.RELAY)
    with at.pool.transaction() as conn:
        return not untriaged.is_any(conn)


def _carry_on(conn: Connection, at: Context) -> tuple[Job | None, Slow | None]:
    job = jobs.claim(conn, now=at.clock())
    if job is None:
        return None, None
    tools = Tools(classifier=at.classifier, clock=at.clock, replay=partial(replay_of, at.settings.triage_model), policy=at.policy)
    with _watched(job):
        return job, jobs.carry_on(conn, job, tools)


def _finish(at: Context, job: Job, slow: Slow) -> None:
    """Do the long work of a portion while no transaction is open, then keep its result."""
    with _watched(job):
        write = slow()
        with at.pool.transaction() as conn:
            counts = jobs.finish(conn, job, write, now=at.clock())
        log.info("portion_finished", counts=counts)


@contextmanager
def _watched(job: Job) -> Generator[None]:
    """Name the job in the log, and turn what goes wrong into `_Stumbled`; without a database nobody could keep that."""
    with bound(job_id=job.id, job=job.kind):
        try:
            yield
        except DatabaseGone:
            raise
        except Exception as error:
            log.warning("portion_failed", words=str(error), position=job.position, failures=job.failures, exc_info=error)
            raise _Stumbled(job, error) from error


def _record(at: Context, stumbled: _Stumbled) -> None:
    with at.pool.transaction() as conn:
        jobs.record_trouble(conn, stumbled.job, stumbled.error, now=at.clock())


def learn(at: Context) -> None:
    """Begin to learn, where it is night and there is something new to learn; several workers begin it once."""
    with at.pool.transaction() as conn:
        started = learn_tonight(conn, now=at.clock())
    if started is not None:
        at.wake(Task.RELAY)


def forget(at: Context) -> None:
    """Begin to take away what is kept too long, once a night."""
    with at.pool.transaction() as conn:
        started = start_tonight(conn, now=at.clock())
    if started is not None:
        at.wake(Task.RELAY)
