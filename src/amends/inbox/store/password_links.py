"""SQL of links for a new password: each opens once, and only its fingerprint is stored."""

from datetime import datetime

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.ids import AgentId


def replace(conn: Connection, *, token_hash: bytes, agent_id: int, now: datetime, expires_at: datetime) -> None:
    """Store a link; the ones before it open nothing any more."""
    drop(conn, agent_id=agent_id)
    execute(
        conn,
        """
        insert into password_links (token_hash, agent_id, created_at, expires_at)
        values (%(token_hash)s, %(agent_id)s, %(now)s, %(expires_at)s)
        """,
        {"token_hash": token_hash, "agent_id": agent_id, "now": now, "expires_at": expires_at},
    )


def owner(conn: Connection, token_hash: bytes, now: datetime) -> AgentId | None:
    """Return the active agent whom this link gives a new password, the link locked until the transaction ends, or None."""
    values = fetch_values(
        conn,
        """
        select g.id from password_links l join agents g on g.id = l.agent_id
        where l.token_hash = %(token_hash)s and l.expires_at > %(now)s and g.active for update of l
        """,
        {"token_hash": token_hash, "now": now},
    )
    return next(iter(values), None)


def drop(conn: Connection, *, agent_id: int) -> None:
    """Make every link of an agent useless."""
    execute(conn, "delete from password_links where agent_id = %(agent_id)s", {"agent_id": agent_id})
