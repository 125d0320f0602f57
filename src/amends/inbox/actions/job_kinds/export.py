"""Writes customers into a file, in the order of their ids, a piece a portion; memory does not grow with their number."""

from amends.core.database import Connection
from amends.inbox.actions import export_customers
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.rules.export_files import WRITERS
from amends.inbox.store import attributes, exports, installation, persons
from amends.inbox.store.jobs import Job

PEOPLE = 2_000


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - every kind counts by its job
    """Return about how many customers there are."""
    return persons.count(conn)


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Write the next customers after `job.position`."""
    one = export_customers.found(conn, int(str(job.facts["export"])))
    people = export_customers.people_after(conn, one, after=job.position, limit=PEOPLE, now=job.created_at)
    keys = [row.key for row in attributes.every(conn) if not row.sensitive]
    body = WRITERS[one.kind](people, keys, stamp=installation.stamp(conn), first=job.position == 0)
    exports.add_piece(conn, one.id, position=job.position, body=body, n=len(people))
    is_over = len(people) < PEOPLE
    if is_over:
        exports.set_ready(conn, one.id, now=tools.clock())
    return Portion(position=people[-1].id if people else job.position, done=len(people), over=is_over)
