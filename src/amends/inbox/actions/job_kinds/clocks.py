"""Puts clocks that run under the policies as they stand. Place in the path: "apply to what runs" -> here -> `actions.clocks`."""

from amends.core.database import Connection
from amends.inbox.actions.clocks import keep
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.actions.terms import Book
from amends.inbox.store import clocks
from amends.inbox.store.jobs import Job

CASES = 200


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - every kind counts by its job
    """Return of how many cases a clock runs."""
    return clocks.count_running(conn)


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """See to the next cases behind `job.position`."""
    found = clocks.lock_running(conn, after=job.position, limit=CASES)
    keep(conn, found, now=tools.clock(), bind=Book.anew)
    return Portion(position=found[-1] if found else job.position, done=len(found), over=len(found) < CASES)
