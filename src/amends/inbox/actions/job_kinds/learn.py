"""Learns from corrections. Place in the path: a night, or a manager's wish -> here -> a head with its proof, kept and maybe adopted.

One portion: read, fit for some seconds while nothing is locked, write. Where it is adopted, history is judged anew by a job of its own.
"""

from amends.core.database import Connection
from amends.inbox.actions.job_kinds import Finish, Portion, Slow, Tools
from amends.inbox.actions.learn import gather, keep, try_out
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.store.jobs import Job


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - it is always one
    """Return 1: the trial."""
    return 1


def portion(conn: Connection, job: Job, tools: Tools) -> Slow:
    """Try once."""
    gathered = gather(conn, encoder=tools.classifier().version)

    def slow() -> Finish:
        found = try_out(gathered, tools.replay())

        def finish(conn: Connection) -> Portion:
            keep(conn, gathered, found, agent_id=job.agent_id, now=tools.clock(), at_night=job.why == JobWhy.NIGHTLY)
            return Portion(position=1, done=1, over=True)

        return finish

    return slow
