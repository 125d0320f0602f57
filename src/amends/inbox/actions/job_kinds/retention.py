"""Takes away what is kept too long, kind by kind. Place in the path: `actions.retention` -> here.

Its position counts the terms that are through; what a portion took is not found by the next.
"""

from amends.core.database import Connection
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.actions.retention import dry_run, take_away
from amends.inbox.rules.retention import Term, terms
from amends.inbox.store import retention
from amends.inbox.store.jobs import Job


def total(conn: Connection, job: Job) -> int:
    """Return how much is too old."""
    return sum(found.n for found in dry_run(conn, retention.settings(conn), now=job.created_at))


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Take the next portion of the term that is on."""
    due = _terms(conn, job)
    if job.position >= len(due):
        return Portion(position=job.position, done=0, over=True)
    taken = take_away(conn, due[job.position], now=tools.clock())
    through = job.position + taken.is_last
    return Portion(position=through, done=taken.n, over=through >= len(due))


def _terms(conn: Connection, job: Job) -> list[Term]:
    return terms(retention.settings(conn), job.created_at)
