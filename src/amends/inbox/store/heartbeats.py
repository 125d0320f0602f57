"""SQL of heartbeats: which parts of the worker live, and what hinders them. Read by doctor and by the screens."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values

TRIAGE = "triage"
"""The part that reads posts; what hinders it keeps every new post from the inbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heartbeat:
    """A part's last sign of life; `trouble` is empty where it is well."""

    part: str
    at: datetime
    trouble: str


def beat(conn: Connection, part: str, *, trouble: str = "", now: datetime) -> None:
    """Keep that `part` lives."""
    execute(
        conn,
        """
        insert into heartbeats (part, at, trouble) values (%(part)s, %(now)s, %(trouble)s)
        on conflict (part) do update set at = excluded.at, trouble = excluded.trouble where heartbeats.at <= excluded.at
        """,
        {"part": part, "now": now, "trouble": trouble},
    )


def trouble_of(conn: Connection, part: str) -> str:
    """Return what hinders a part, "" where it is well or never gave a sign of life."""
    found = fetch_values(conn, "select trouble from heartbeats where part = %(part)s", {"part": part})
    return "".join(found)


def heartbeats(conn: Connection) -> list[Heartbeat]:
    """Return every part that ever gave a sign of life."""
    return fetch_all(conn, Heartbeat, "select part, at, trouble from heartbeats order by part")
