"""Takes away what is kept too long, kind by kind. Place in the path: `actions.retention` -> here.

Its position says which term is on, and where the next portion of it begins; a portion that was done twice finds nothing the second time.
"""

from amends.core.database import Connection
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.actions.retention import dry_run, take_away
from amends.inbox.rules.retention import Term, terms
from amends.inbox.store import retention
from amends.inbox.store.jobs import Job

TERM = 1 << 44
"""So far apart are the positions of two terms: further than any id, and than the milliseconds of any post's time."""


def total(conn: Connection, job: Job) -> int:
    """Return how much is too old."""
    return sum(found.n for found in dry_run(conn, retention.settings(conn), now=job.created_at))


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Take the next portion of the term that is on."""
    due = _terms(conn, job)
    number, after = divmod(job.position, TERM)
    if number >= len(due):
        return Portion(position=job.position, done=0, over=True)
    taken = take_away(conn, due[number], after=after, now=tools.clock())
    place = (number + 1) * TERM if taken.after is None else number * TERM + taken.after
    return Portion(position=place, done=taken.n, over=place >= len(due) * TERM)


def _terms(conn: Connection, job: Job) -> list[Term]:
    return terms(retention.settings(conn), job.created_at)
