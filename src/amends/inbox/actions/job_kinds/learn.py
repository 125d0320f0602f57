"""Learns from corrections. Place in the path: a night, or a manager's wish -> here -> a head with its proof, kept and maybe adopted.

One portion, of some seconds; where it is adopted, history is judged anew by a job of its own.
"""

from amends.core.database import Connection
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.actions.learn import gather, keep
from amends.inbox.store.jobs import Job
from amends.triage.learning import trial


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - it is always one
    """Return 1: the trial."""
    return 1


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Try once."""
    gathered = gather(conn, encoder=tools.classifier().version)
    found = trial(gathered.lessons, tools.replay(), current=gathered.current, version=gathered.version, encoder=gathered.encoder)
    keep(conn, gathered, found, agent_id=job.agent_id, now=tools.clock())
    return Portion(position=1, done=1, over=True)
