"""SQL of exports of customers: who asked for which, how far it is, and the pieces of the file."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, JobId


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """An export; `which` is who is in it (empty: everybody), `n` how many, `size` how many characters."""

    id: int
    kind: str
    which: str
    state: str
    n: int
    size: int
    job_id: JobId | None
    agent: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of the file."""

    position: int
    body: str


def insert(conn: Connection, *, kind: str, which: str, agent_id: AgentId | None, now: datetime) -> int:
    """Store that an export is wanted, and return its id."""
    return fetch_values(
        conn,
        """
        insert into exports (kind, which, state, agent_id, created_at) values (%(kind)s, %(which)s, 'queued', %(agent_id)s, %(now)s)
        returning id
        """,
        {"kind": kind, "which": which, "agent_id": agent_id, "now": now},
    )[0]


def set_job(conn: Connection, export_id: int, job_id: JobId) -> None:
    """Say which job makes an export."""
    execute(conn, "update exports set job_id = %(job_id)s where id = %(id)s", {"id": export_id, "job_id": job_id})


def find(conn: Connection, export_id: int) -> Export | None:
    """Return an export, or None."""
    return fetch_maybe(
        conn,
        Export,
        """
        select e.id, e.kind, e.which, e.state, e.n, e.size, e.job_id, coalesce(a.name, '') as agent, e.created_at, e.finished_at
        from exports e left join agents a on a.id = e.agent_id where e.id = %(id)s
        """,
        {"id": export_id},
    )


def newest(conn: Connection, *, limit: int = 20) -> list[Export]:
    """Return the newest exports."""
    return fetch_all(
        conn,
        Export,
        """
        select e.id, e.kind, e.which, e.state, e.n, e.size, e.job_id, coalesce(a.name, '') as agent, e.created_at, e.finished_at
        from exports e left join agents a on a.id = e.agent_id order by e.id desc limit %(limit)s
        """,
        {"limit": limit},
    )


def add_piece(conn: Connection, export_id: int, *, position: int, body: str, n: int) -> None:
    """Put a piece behind the others; the same piece twice is one."""
    added = execute(
        conn,
        "insert into export_pieces (export_id, position, body) values (%(id)s, %(position)s, %(body)s) on conflict do nothing",
        {"id": export_id, "position": position, "body": body},
    )
    if added:
        execute(
            conn,
            "update exports set n = n + %(n)s, size = size + %(size)s where id = %(id)s",
            {"id": export_id, "n": n, "size": len(body)},
        )


def set_ready(conn: Connection, export_id: int, *, now: datetime) -> None:
    """Say that the file is whole."""
    execute(conn, "update exports set state = 'ready', finished_at = %(now)s where id = %(id)s", {"id": export_id, "now": now})


def next_piece(conn: Connection, export_id: int, *, after: int) -> Piece | None:
    """Return the piece behind `after`, or None."""
    return fetch_maybe(
        conn,
        Piece,
        """
        select position, body from export_pieces where export_id = %(id)s and position > %(after)s order by position limit 1
        """,
        {"id": export_id, "after": after},
    )


def clear_old(conn: Connection, *, before: datetime) -> int:
    """Forget the files of exports from before `before`, and return how many pieces that were."""
    return execute(
        conn,
        """
        with old as (update exports set state = 'cleared' where created_at < %(before)s and state <> 'cleared' returning id)
        delete from export_pieces where export_id in (select id from old)
        """,
        {"before": before},
    )
