"""SQL of jobs: long work that the worker does a portion at a time. The row says how far it is, whoever dies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_one
from amends.inbox.rules.ids import AgentId, JobId
from amends.inbox.rules.job_reasons import JobWhy


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A row of `jobs`; `agent` is the name of who asked for it, empty where nobody did."""

    id: JobId
    kind: str
    why: str
    facts: dict[str, object]
    state: str
    position: int
    done: int
    total: int
    error: str
    failures: int
    agent_id: AgentId | None
    agent: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_undone(self) -> bool:
        """Whether the worker has something left to do."""
        return self.state in {"queued", "running"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Id:
    id: JobId


def lock_kind(conn: Connection, *, kind: str) -> None:
    """Wait until nobody else starts a job of this kind."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('job ' || %(kind)s, 0))", {"kind": kind})


def replace(conn: Connection, *, kind: str, facts: Mapping[str, object], now: datetime) -> int:
    """End the undone jobs of this kind and these facts in favour of a new one, and return how many there were."""
    return execute(
        conn,
        """
        update jobs set state = 'cancelled', error = %(why)s, finished_at = %(now)s
        where state in ('queued', 'running') and kind = %(kind)s and facts = %(facts)s
        """,
        {"kind": kind, "facts": Jsonb(dict(facts)), "why": JobWhy.ANEW, "now": now},
    )


def insert(conn: Connection, *, kind: str, why: str, facts: Mapping[str, object], agent_id: AgentId | None, now: datetime) -> JobId:
    """Queue a job and return its id."""
    return fetch_one(
        conn,
        _Id,
        """
        insert into jobs (kind, why, facts, agent_id, created_at, next_at)
        values (%(kind)s, %(why)s, %(facts)s, %(agent)s, %(now)s, %(now)s) returning id
        """,
        {"kind": kind, "why": why, "facts": Jsonb(dict(facts)), "agent": agent_id, "now": now},
    ).id


def claim(conn: Connection, *, now: datetime) -> Job | None:
    """Return the job that has waited longest for its next portion, ours until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Job,
        """
        select j.id, j.kind, j.why, j.facts, j.state, j.position, j.done, j.total, j.error, j.failures, j.agent_id, '' as agent,
          j.created_at, j.started_at, j.finished_at
        from jobs j
        where j.state in ('queued', 'running') and j.next_at <= %(now)s
        order by j.next_at, j.id limit 1 for update skip locked
        """,
        {"now": now},
    )


def claim_this(conn: Connection, *, job_id: JobId) -> Job | None:
    """Return a job that is not over yet, ours until the transaction ends; None where it is over or somebody is at it."""
    return fetch_maybe(
        conn,
        Job,
        """
        select j.id, j.kind, j.why, j.facts, j.state, j.position, j.done, j.total, j.error, j.failures, j.agent_id, '' as agent,
          j.created_at, j.started_at, j.finished_at
        from jobs j where j.id = %(id)s and j.state in ('queued', 'running') for update skip locked
        """,
        {"id": job_id},
    )


def lock_at(conn: Connection, *, job_id: JobId, position: int) -> bool:
    """Tell whether a job still runs and stands at `position`; it is ours until the transaction ends."""
    found = fetch_maybe(
        conn,
        _Id,
        "select id from jobs where id = %(id)s and state = 'running' and position = %(position)s for update",
        {"id": job_id, "position": position},
    )
    return found is not None


def begin(conn: Connection, *, job_id: JobId, total: int, now: datetime) -> None:
    """Keep that the job runs, and how much there is to do."""
    execute(
        conn,
        "update jobs set state = 'running', total = %(total)s, started_at = %(now)s, next_at = %(now)s where id = %(id)s",
        {"id": job_id, "total": total, "now": now},
    )


def advance(conn: Connection, *, job_id: JobId, position: int, done: int, now: datetime) -> None:
    """Keep that everything up to `position` is done: `done` more than before. The next turn is another job's, where one waits."""
    execute(
        conn,
        """
        update jobs set position = %(position)s, done = done + %(done)s, total = greatest(total, done + %(done)s), failures = 0,
          error = '', next_at = %(now)s
        where id = %(id)s
        """,
        {"id": job_id, "position": position, "done": done, "now": now},
    )


def end(conn: Connection, *, job_id: JobId, state: str, error: str = "", now: datetime) -> int:
    """End a job that is not over yet, and return whether there was one (0 or 1)."""
    return execute(
        conn,
        """
        update jobs set state = %(state)s, error = %(error)s, finished_at = %(now)s
        where id = %(id)s and state in ('queued', 'running')
        """,
        {"id": job_id, "state": state, "error": error, "now": now},
    )


def put_off(conn: Connection, *, job_id: JobId, error: str, failures: int, until: datetime) -> None:
    """Try the next portion again at `until`."""
    execute(
        conn,
        """
        update jobs set error = %(error)s, failures = %(failures)s, next_at = %(until)s
        where id = %(id)s and state in ('queued', 'running')
        """,
        {"id": job_id, "error": error, "failures": failures, "until": until},
    )


def find(conn: Connection, *, job_id: JobId) -> Job | None:
    """Return a job, or None."""
    return fetch_maybe(
        conn,
        Job,
        """
        select j.id, j.kind, j.why, j.facts, j.state, j.position, j.done, j.total, j.error, j.failures, j.agent_id,
          coalesce(a.name, '') as agent, j.created_at, j.started_at, j.finished_at
        from jobs j left join agents a on a.id = j.agent_id
        where j.id = %(id)s
        """,
        {"id": job_id},
    )


def latest(conn: Connection, *, kind: str, limit: int = 1) -> list[Job]:
    """Return the newest jobs of a kind, the newest first."""
    return fetch_all(
        conn,
        Job,
        """
        select j.id, j.kind, j.why, j.facts, j.state, j.position, j.done, j.total, j.error, j.failures, j.agent_id,
          coalesce(a.name, '') as agent, j.created_at, j.started_at, j.finished_at
        from jobs j left join agents a on a.id = j.agent_id
        where j.kind = %(kind)s order by j.id desc limit %(limit)s
        """,
        {"kind": kind, "limit": limit},
    )
