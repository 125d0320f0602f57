"""Gives open cases their deadlines anew. Place in the path: other targets -> here -> `cases.due_at`."""

from amends.core.database import Connection
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.store import deadlines
from amends.inbox.store.jobs import Job

CASES = 1_000


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - every kind counts by its job
    """Return how many open cases wait for us."""
    return deadlines.count_open(conn)


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:  # noqa: ARG001 - every kind may use its tools
    """Set the deadlines of the next cases behind `job.position`."""
    looked = deadlines.set_anew(conn, after=job.position, limit=CASES)
    return Portion(position=looked.last, done=looked.n, over=looked.n < CASES)
