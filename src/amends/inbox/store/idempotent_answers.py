"""SQL of answers that are given again to the same request: by who asks, their key, and what was asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, Jsonb, execute, fetch_maybe
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An answer, and the digest of what it answers."""

    digest: str
    answer: dict[str, object]


def find(conn: Connection, *, agent_id: AgentId, key: str) -> Kept | None:
    """Return the answer that was given to this key, or None; nobody else answers the key until the transaction ends."""
    execute(
        conn,
        "select pg_advisory_xact_lock(hashtextextended('answer ' || %(agent_id)s || ' ' || %(key)s, 0))",
        {"agent_id": agent_id, "key": key},
    )
    return fetch_maybe(
        conn,
        Kept,
        "select digest, answer from idempotent_answers where agent_id = %(agent_id)s and key = %(key)s",
        {"agent_id": agent_id, "key": key},
    )


def add(conn: Connection, *, agent_id: AgentId, key: str, kept: Kept, now: datetime) -> None:
    """Keep an answer."""
    execute(
        conn,
        """
        insert into idempotent_answers (agent_id, key, digest, answer, at)
        values (%(agent_id)s, %(key)s, %(digest)s, %(answer)s, %(now)s)
        """,
        {"agent_id": agent_id, "key": key, "digest": kept.digest, "answer": Jsonb(kept.answer), "now": now},
    )


def begin(conn: Connection, *, agent_id: AgentId, key: str, now: datetime, again_after: timedelta) -> bool:
    """Keep that something is done under this key, and no answer to it; False where that was so already, less than `again_after` ago."""
    return (
        execute(
            conn,
            """
            insert into idempotent_answers as known (agent_id, key, digest, answer, at) values (%(agent_id)s, %(key)s, '', '{}', %(now)s)
            on conflict (agent_id, key) do update set at = excluded.at where known.at <= %(before)s
            """,
            {"agent_id": agent_id, "key": key, "now": now, "before": now - again_after},
        )
        > 0
    )


def forget(conn: Connection, *, agent_id: AgentId, key: str) -> None:
    """Let this key be as if nothing had been done under it."""
    execute(conn, "delete from idempotent_answers where agent_id = %(agent_id)s and key = %(key)s", {"agent_id": agent_id, "key": key})


def drop_old(conn: Connection, *, before: datetime) -> int:
    """Forget answers from before `before`, and return how many there were."""
    return execute(conn, "delete from idempotent_answers where at < %(before)s", {"before": before})
