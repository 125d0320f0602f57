"""SQL of jobs: long work in the background, with its progress."""

from collections.abc import Mapping
from datetime import datetime

from amends.core.database import Connection, Jsonb, fetch_values
from amends.inbox.rules.ids import AgentId, JobId


def insert(conn: Connection, *, kind: str, why: str, facts: Mapping[str, object], agent_id: AgentId | None, now: datetime) -> JobId:
    """Store a queued job and return its id."""
    [job_id] = fetch_values(
        conn,
        """
        insert into jobs (kind, why, facts, agent_id, created_at) values (%(kind)s, %(why)s, %(facts)s, %(agent_id)s, %(now)s)
        returning id
        """,
        {"kind": kind, "why": why, "facts": Jsonb(facts), "agent_id": agent_id, "now": now},
    )
    return JobId(job_id)
