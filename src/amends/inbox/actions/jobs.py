"""Starts, carries on and ends long work. Place in the path: a change that touches history -> job row -> portions by the worker."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import ModelMissing, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import job_kinds
from amends.inbox.actions.job_kinds import Finish, Portion, Slow, Tools
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, JobId
from amends.inbox.store import events, jobs
from amends.inbox.store.jobs import Job

MOST_FAILURES = 5
FIRST_PAUSE = timedelta(seconds=2)
MODEL_PAUSE = timedelta(seconds=30)
LEASE = timedelta(minutes=10)


def start(conn: Connection, *, kind: str, why: str, facts: Mapping[str, object], agent_id: AgentId | None, now: datetime) -> JobId:
    """Queue a job and return its id; one of the same kind with the same facts that is not over yet is begun anew by it."""
    jobs.lock_kind(conn, kind=job_kinds.known(kind))
    jobs.replace(conn, kind=kind, facts=facts, now=now)
    job_id = jobs.insert(conn, kind=kind, why=why, facts=facts, agent_id=agent_id, now=now)
    events.add(conn, EventKind.JOB_STARTED, now=now, agent_id=agent_id, job_id=job_id, job=kind, why=why)
    return job_id


def cancel(conn: Connection, *, job_id: JobId, agent_id: AgentId | None, now: datetime) -> None:
    """End a job before its time; what its portions did stays done."""
    job = job_of(conn, job_id)
    if not jobs.end(conn, job_id=job_id, state="cancelled", now=now):
        raise Refused(_("This job is over already."))
    events.add(conn, EventKind.JOB_CANCELLED, now=now, agent_id=agent_id, job_id=job_id, job=job.kind)


def job_of(conn: Connection, job_id: JobId) -> Job:
    """Return a job; `NotFound` where there is none."""
    found = jobs.find(conn, job_id=job_id)
    if found is None:
        raise NotFound(_("There is no such job."))
    return found


def latest(conn: Connection, *, kind: str) -> Job | None:
    """Return the newest job of a kind, or None."""
    return next(iter(jobs.latest(conn, kind=kind)), None)


def claim(conn: Connection, *, now: datetime) -> Job | None:
    """Return the job whose next portion is due, ours until the transaction ends, or None."""
    return jobs.claim(conn, now=now)


def carry_on(conn: Connection, job: Job, tools: Tools) -> Slow | None:
    """Do one portion of a claimed job and keep how far it came; the first one only counts what there is to do.

    Where a portion takes long, return it to be done when this transaction is over, then to be kept by `finish`. Meanwhile the job is lent:
    nobody else tries it, until it is clear that whoever had it died.
    """
    kind = job_kinds.load()[job_kinds.known(job.kind)]
    if job.state == "queued":
        jobs.begin(conn, job_id=job.id, total=kind.total(conn, job), now=tools.clock())
        return None
    done = kind.portion(conn, job, tools)
    if isinstance(done, Portion):
        _advance(conn, job, done, tools.clock())
        return None
    jobs.put_off(conn, job_id=job.id, error=job.error, failures=job.failures, until=tools.clock() + LEASE)
    return done


def finish(conn: Connection, job: Job, write: Finish, *, now: datetime) -> bool:
    """Keep the result of a long portion, and return whether it counts: it does not where the job was ended meanwhile or is another's."""
    if not jobs.lock_at(conn, job_id=job.id, position=job.position):
        return False
    _advance(conn, job, write(conn), now)
    return True


def _advance(conn: Connection, job: Job, done: Portion, now: datetime) -> None:
    jobs.advance(conn, job_id=job.id, position=done.position, done=done.done, now=now)
    if done.over:
        jobs.end(conn, job_id=job.id, state="done", now=now)
        events.add(conn, EventKind.JOB_DONE, now=now, job_id=job.id, job=job.kind)


def record_trouble(conn: Connection, job: Job, error: Exception, *, now: datetime) -> None:
    """Try the portion again after a growing pause, and give the job up after some tries; without a model it waits for one."""
    words = _words(error)
    if isinstance(error, ModelMissing):
        jobs.put_off(conn, job_id=job.id, error=words, failures=job.failures, until=now + MODEL_PAUSE)
    elif job.failures + 1 < MOST_FAILURES:
        pause = FIRST_PAUSE * 2**job.failures
        jobs.put_off(conn, job_id=job.id, error=words, failures=job.failures + 1, until=now + pause)
    elif jobs.end(conn, job_id=job.id, state="failed", error=words, now=now):
        events.add(conn, EventKind.JOB_FAILED, now=now, job_id=job.id, job=job.kind, why=words)


def _words(error: Exception) -> str:
    """Return an error in one line; that of a library with its name, since its words alone may say little."""
    first = str(error).strip().partition("\n")[0][:300]
    return first if isinstance(error, ModelMissing | Refused) else f"{type(error).__name__}: {first}"
