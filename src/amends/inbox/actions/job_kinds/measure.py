"""Measures clocks of the past by a calendar. Place in the path: a calendar chosen for the desk -> here -> `actions.measure_clocks`."""

from amends.core.database import Connection
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.actions.measure_clocks import desk_calendar, measure
from amends.inbox.store import clock_measures
from amends.inbox.store.jobs import Job

CASES = 200


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - every kind counts by its job
    """Return of how many cases a clock is not measured."""
    return clock_measures.count(conn, desk=_desk(conn))


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:  # noqa: ARG001 - what is over needs no clock
    """See to the next cases behind `job.position`."""
    found = clock_measures.lock_unmeasured(conn, desk=_desk(conn), after=job.position, limit=CASES)
    measure(conn, found)
    return Portion(position=found[-1] if found else job.position, done=len(found), over=len(found) < CASES)


def _desk(conn: Connection) -> int | None:
    calendar = desk_calendar(conn)
    return calendar.id if calendar else None
