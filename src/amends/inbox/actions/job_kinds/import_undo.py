"""Takes a whole import back: what it made goes unless it was used since, what it changed is as before unless it was changed since.

Systems outside are told of numbers that they gave to people who go, and of numbers that are one no more.
"""

from amends.core.database import Connection
from amends.inbox.actions import customer_import
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.store import customer_refs, import_match, import_undo, imports, sync_news
from amends.inbox.store.jobs import Job

ROWS = 4_000


def total(conn: Connection, job: Job) -> int:
    """Return how many rows the file has."""
    return customer_import.found(conn, _id(job)).total


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Take back what the next rows after `job.position` did."""
    one = customer_import.found(conn, _id(job))
    import_match.lock(conn)
    upto = min(job.position + ROWS, one.total)
    parted = import_undo.take_back(conn, one, after=job.position, upto=upto, agent_id=job.agent_id, now=tools.clock())
    for customer_id in dict.fromkeys(each.customer_id for each in parted):
        sync_news.add_merged(conn, customer_id, [each.id for each in parted], now=tools.clock())
        customer_refs.tell_again(conn, customer_id)
    if upto >= one.total:
        import_undo.drop_organisations(conn, one)
        customer_import.conclude(conn, one, "undone", agent_id=job.agent_id, now=tools.clock())
    else:
        imports.let_disk_follow(conn)
    return Portion(position=upto, done=upto - job.position, over=upto >= one.total)


def _id(job: Job) -> int:
    return int(str(job.facts["import"]))
