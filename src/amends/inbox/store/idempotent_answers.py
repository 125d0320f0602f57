"""SQL of answers that are given again to the same request: by who asks, their key, and what was asked."""

from dataclasses import dataclass
from datetime import datetime

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


def drop_old(conn: Connection, *, before: datetime) -> int:
    """Forget answers from before `before`, and return how many there were."""
    return execute(conn, "delete from idempotent_answers where at < %(before)s", {"before": before})
