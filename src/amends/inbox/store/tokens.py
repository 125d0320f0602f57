"""SQL of API tokens. Only fingerprints are stored, never a token itself."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.rights import SEE_EVERY_TEAM
from amends.inbox.store.scopes import SCOPE_OF_AGENT
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenRow:
    """An API token as its owner sees it again: never the token. `expires_at` None: it lives until it is revoked."""

    id: int
    name: str
    carries: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str


def add(  # noqa: PLR0913
    conn: Connection, *, agent_id: int, name: str, token_hash: bytes, carries: str, expires_at: datetime | None, now: datetime
) -> None:
    """Store an API token."""
    execute(
        conn,
        """
        insert into api_tokens (agent_id, name, token_hash, carries, created_at, expires_at)
        values (%(agent_id)s, %(name)s, %(token_hash)s, %(carries)s, %(now)s, %(expires_at)s)
        """,
        {"agent_id": agent_id, "name": name, "token_hash": token_hash, "carries": carries, "now": now, "expires_at": expires_at},
    )


def visitor(conn: Connection, token_hash: bytes, *, address: str, now: datetime) -> Visitor | None:
    """Return the active agent whose living token has this fingerprint; its use is noted once a minute, and when it comes from elsewhere."""
    execute(
        conn,
        """
        update api_tokens set last_used_at = %(now)s, last_used_from = %(address)s
        where token_hash = %(token_hash)s and revoked_at is null and (expires_at is null or expires_at > %(now)s)
          and (last_used_at is null or last_used_at < %(now)s::timestamptz - interval '1 minute' or last_used_from <> %(address)s)
        """,
        {"token_hash": token_hash, "now": now, "address": address},
    )
    return fetch_maybe(
        conn,
        Visitor,
        "select g.id as agent_id, g.name, g.email, g.role, '' as csrf_token, t.expires_at, t.name as token, t.carries,"
        + SCOPE_OF_AGENT
        + """
        from api_tokens t join agents g on g.id = t.agent_id
        where t.token_hash = %(token_hash)s and t.revoked_at is null and (t.expires_at is null or t.expires_at > %(now)s) and g.active
        """,
        {"token_hash": token_hash, "now": now, "see_every_team": list(SEE_EVERY_TEAM)},
    )


def of_agent(conn: Connection, agent_id: int) -> list[TokenRow]:
    """Return the unrevoked tokens of an agent, newest first, those that have expired too."""
    return fetch_all(
        conn,
        TokenRow,
        """
        select id, name, carries, created_at, expires_at, last_used_at, last_used_from from api_tokens
        where agent_id = %(agent_id)s and revoked_at is null order by id desc
        """,
        {"agent_id": agent_id},
    )


def any_living(conn: Connection, agent_id: int, *, now: datetime) -> bool:
    """Tell whether a program may still show a token of this agent."""
    found = fetch_values(
        conn,
        """
        select exists (
          select from api_tokens where agent_id = %(agent_id)s and revoked_at is null and (expires_at is null or expires_at > %(now)s)
        )
        """,
        {"agent_id": agent_id, "now": now},
    )
    return found[0]


def revoke(conn: Connection, *, token_id: int, agent_id: int, now: datetime) -> int:
    """Revoke one token of its owner and return how many that were."""
    return execute(
        conn,
        "update api_tokens set revoked_at = %(now)s where id = %(token_id)s and agent_id = %(agent_id)s and revoked_at is null",
        {"token_id": token_id, "agent_id": agent_id, "now": now},
    )
