"""Does what an import's dry run found, in the order of the file; each row is matched anew, since people change meanwhile."""

from amends.core.database import Connection
from amends.inbox.actions import customer_import
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.store import import_apply, import_match, imports
from amends.inbox.store.jobs import Job

ROWS = 4_000


def total(conn: Connection, job: Job) -> int:
    """Return how many rows the file has."""
    return customer_import.found(conn, _id(job)).total


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Import the next rows after `job.position`."""
    one = customer_import.found(conn, _id(job))
    import_match.lock(conn)
    upto = min(job.position + ROWS, one.total)
    import_match.match_again(conn, one, one.mapping, after=job.position, upto=upto)
    import_apply.apply(conn, one, one.mapping, after=job.position, upto=upto, agent_id=job.agent_id, now=tools.clock())
    if upto >= one.total:
        customer_import.conclude(conn, one, "done", agent_id=job.agent_id, now=tools.clock())
    else:
        imports.let_disk_follow(conn)
    return Portion(position=upto, done=upto - job.position, over=upto >= one.total)


def _id(job: Job) -> int:
    return int(str(job.facts["import"]))
