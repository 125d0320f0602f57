"""Starts long work in the background. Place in the path: a change that touches history -> here -> the worker."""

from collections.abc import Mapping
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId, JobId
from amends.inbox.store import jobs


def start(conn: Connection, *, kind: str, why: str, facts: Mapping[str, object], agent_id: AgentId | None, now: datetime) -> JobId:
    """Queue a job and return its id."""
    return jobs.insert(conn, kind=kind, why=why, facts=facts, agent_id=agent_id, now=now)
