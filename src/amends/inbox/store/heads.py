"""SQL of heads: every trial of learning with its proof; at most one is in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_one
from amends.inbox.rules.ids import AgentId, HeadId


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadRow:
    """A trial without its weights; it was never in force where `adopted_at` is None.

    `agent` is empty where the night asked for it, or somebody at the command line.
    """

    id: HeadId
    version: str
    encoder: str
    report: dict[str, Any]
    refused_why: str
    created_at: datetime
    agent: str
    at_night: bool
    adopted_at: datetime | None
    retired_at: datetime | None

    @property
    def in_force(self) -> bool:
        """Whether this head speaks now, where its encoder reads."""
        return self.adopted_at is not None and self.retired_at is None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredHead:
    """The head in force."""

    version: str
    encoder: str
    weights: bytes = field(repr=False)
    learnt_until: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewHead:
    """A trial to store."""

    version: str
    encoder: str
    weights: bytes | None = field(repr=False)
    report: Mapping[str, Any]
    refused_why: str
    learnt_until: int
    agent_id: AgentId | None
    at_night: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Number:
    n: int


def lock(conn: Connection) -> None:
    """Wait until nobody else changes which head is in force."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('heads', 0))")


def next_number(conn: Connection, *, encoder: str) -> int:
    """Return the number of the next trial with these weights."""
    return fetch_one(conn, _Number, "select count(*) + 1 as n from heads where encoder = %(encoder)s", {"encoder": encoder}).n


def learnt_until(conn: Connection) -> int:
    """Return the newest correction that any trial knew."""
    return fetch_one(conn, _Number, "select coalesce(max(learnt_until), 0) as n from heads").n


def insert(conn: Connection, new: NewHead, *, now: datetime) -> None:
    """Keep a trial."""
    execute(
        conn,
        """
        insert into heads (version, encoder, weights, report, refused_why, learnt_until, created_at, created_by, at_night)
        values (%(version)s, %(encoder)s, %(weights)s, %(report)s, %(refused_why)s, %(learnt_until)s, %(now)s, %(agent_id)s, %(at_night)s)
        """,
        {name: getattr(new, name) for name in NewHead.__dataclass_fields__} | {"report": Jsonb(dict(new.report)), "now": now},
    )


def retire(conn: Connection, *, now: datetime) -> int:
    """Take the head in force out of it, and return whether there was one (0 or 1)."""
    return execute(conn, "update heads set retired_at = %(now)s where adopted_at is not null and retired_at is null", {"now": now})


def adopt(conn: Connection, *, version: str, now: datetime) -> None:
    """Put a head in force; the one before must be retired."""
    execute(conn, "update heads set adopted_at = %(now)s, retired_at = null where version = %(version)s", {"version": version, "now": now})


def in_force(conn: Connection) -> StoredHead | None:
    """Return the head in force, or None where the shipped model speaks for itself."""
    return fetch_maybe(
        conn,
        StoredHead,
        """
        select version, encoder, weights, learnt_until from heads
        where adopted_at is not null and retired_at is null and weights is not null
        """,
    )


def find(conn: Connection, *, version: str) -> HeadRow | None:
    """Return a trial by its version, or None."""
    return fetch_maybe(
        conn,
        HeadRow,
        """
        select h.id, h.version, h.encoder, h.report, h.refused_why, h.created_at, coalesce(a.name, '') as agent, h.at_night,
          h.adopted_at, h.retired_at
        from heads h left join agents a on a.id = h.created_by where h.version = %(version)s
        """,
        {"version": version},
    )


def newest(conn: Connection, *, limit: int = 50) -> list[HeadRow]:
    """Return the newest trials, the newest first."""
    return fetch_all(
        conn,
        HeadRow,
        """
        select h.id, h.version, h.encoder, h.report, h.refused_why, h.created_at, coalesce(a.name, '') as agent, h.at_night,
          h.adopted_at, h.retired_at
        from heads h left join agents a on a.id = h.created_by order by h.id desc limit %(limit)s
        """,
        {"limit": limit},
    )
