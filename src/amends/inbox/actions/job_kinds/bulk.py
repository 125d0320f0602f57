"""Does one thing to many cases, in the order of their ids. Place in the path: `actions.bulk` -> here -> each case with how it went."""

from amends.core.database import Connection
from amends.inbox.actions.bulk import do_one, run_of, work_on
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.store import bulk
from amends.inbox.store.jobs import Job

CASES = 50


def total(conn: Connection, job: Job) -> int:
    """Return how many cases there are."""
    return bulk.count(conn, run_id=_run(job))


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Do the next cases after `job.position`."""
    todo = bulk.next_cases(conn, run_id=_run(job), after=job.position, limit=CASES)
    work = work_on(conn, run_of(conn, _run(job)), policy=tools.policy, now=tools.clock())
    bulk.save(conn, run_id=work.run.id, done=[do_one(work, case) for case in todo])
    return Portion(position=todo[-1].case_id if todo else job.position, done=len(todo), over=len(todo) < CASES)


def _run(job: Job) -> int:
    return int(str(job.facts["run"]))
