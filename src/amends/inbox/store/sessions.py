"""Who is signed in: sessions, failed tries and API tokens. Only fingerprints are stored, never a token itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """The agent behind a request; `csrf_token` is empty where a bearer token was shown."""

    agent_id: AgentId
    name: str
    email: str
    role: str
    csrf_token: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenRow:
    """An API token as its owner sees it again: never the token."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def add(conn: Connection, *, token_hash: bytes, agent_id: int, csrf_token: str, now: datetime, expires_at: datetime) -> None:
    """Store a session."""
    execute(
        conn,
        """
        insert into sessions (token_hash, agent_id, csrf_token, created_at, expires_at)
        values (%(token_hash)s, %(agent_id)s, %(csrf_token)s, %(now)s, %(expires_at)s)
        """,
        {"token_hash": token_hash, "agent_id": agent_id, "csrf_token": csrf_token, "now": now, "expires_at": expires_at},
    )


def visitor(conn: Connection, token_hash: bytes, now: datetime) -> Visitor | None:
    """Return the active agent whose unexpired session has this fingerprint."""
    return fetch_maybe(
        conn,
        Visitor,
        """
        select g.id as agent_id, g.name, g.email, g.role, s.csrf_token, s.expires_at from sessions s join agents g on g.id = s.agent_id
        where s.token_hash = %(token_hash)s and s.expires_at > %(now)s and g.active
        """,
        {"token_hash": token_hash, "now": now},
    )


def prolong(conn: Connection, token_hash: bytes, expires_at: datetime) -> None:
    """Move the end of a session."""
    execute(
        conn,
        "update sessions set expires_at = %(expires_at)s where token_hash = %(token_hash)s",
        {"token_hash": token_hash, "expires_at": expires_at},
    )


def remove(conn: Connection, token_hash: bytes) -> None:
    """Delete one session."""
    execute(conn, "delete from sessions where token_hash = %(token_hash)s", {"token_hash": token_hash})


def note_failure(conn: Connection, email: str, now: datetime) -> None:
    """Remember a failed sign-in."""
    execute(conn, "insert into sign_in_failures (email, at) values (%(email)s, %(now)s)", {"email": email, "now": now})


def failures_since(conn: Connection, email: str, since: datetime) -> Sequence[datetime]:
    """Return when sign-ins under `email` failed since then, oldest first."""
    return fetch_values(
        conn,
        "select at from sign_in_failures where email = %(email)s and at > %(since)s order by at",
        {"email": email, "since": since},
    )


def forget_failures(conn: Connection, email: str) -> None:
    """Delete the failed sign-ins under `email`."""
    execute(conn, "delete from sign_in_failures where email = %(email)s", {"email": email})


def add_token(conn: Connection, *, agent_id: int, name: str, token_hash: bytes, now: datetime) -> None:
    """Store an API token."""
    execute(
        conn,
        """
        insert into api_tokens (agent_id, name, token_hash, created_at) values (%(agent_id)s, %(name)s, %(token_hash)s, %(now)s)
        """,
        {"agent_id": agent_id, "name": name, "token_hash": token_hash, "now": now},
    )


def token_visitor(conn: Connection, token_hash: bytes, now: datetime) -> Visitor | None:
    """Return the active agent whose unrevoked token has this fingerprint; its last use is noted once a minute."""
    execute(
        conn,
        """
        update api_tokens set last_used_at = %(now)s
        where token_hash = %(token_hash)s and (last_used_at is null or last_used_at < %(now)s::timestamptz - interval '1 minute')
        """,
        {"token_hash": token_hash, "now": now},
    )
    return fetch_maybe(
        conn,
        Visitor,
        """
        select g.id as agent_id, g.name, g.email, g.role, '' as csrf_token, null::timestamptz as expires_at
        from api_tokens t join agents g on g.id = t.agent_id
        where t.token_hash = %(token_hash)s and t.revoked_at is null and g.active
        """,
        {"token_hash": token_hash},
    )


def tokens_of(conn: Connection, agent_id: int) -> list[TokenRow]:
    """Return the unrevoked tokens of an agent, newest first."""
    return fetch_all(
        conn,
        TokenRow,
        """
        select id, name, created_at, last_used_at from api_tokens where agent_id = %(agent_id)s and revoked_at is null
        order by id desc
        """,
        {"agent_id": agent_id},
    )


def revoke(conn: Connection, *, token_id: int, agent_id: int, now: datetime) -> int:
    """Revoke one token of its owner and return how many that were."""
    return execute(
        conn,
        "update api_tokens set revoked_at = %(now)s where id = %(token_id)s and agent_id = %(agent_id)s and revoked_at is null",
        {"token_id": token_id, "agent_id": agent_id, "now": now},
    )
