"""Who is signed in: sessions and failed tries. Only fingerprints are stored, never a token itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Carries, Right, Scope
from amends.inbox.rules.rights import may as may_do
from amends.inbox.store.scopes import SCOPE_OF_AGENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """The agent behind a request. `teams` and `sources` are None where they see all of them.

    Where a bearer token was shown, `csrf_token` is empty, `token` is its name and `carries` says how much of the agent's rights it has.
    """

    agent_id: AgentId
    name: str
    email: str
    role: str
    csrf_token: str
    expires_at: datetime | None
    teams: Sequence[int] | None
    sources: Sequence[int] | None
    token: str = ""
    carries: str = Carries.EVERYTHING

    @property
    def scope(self) -> Scope:
        """Which cases the agent sees."""
        return Scope(teams=None if self.teams is None else tuple(self.teams), sources=None if self.sources is None else tuple(self.sources))

    def may(self, right: str) -> bool:
        """Tell whether the agent has the right of this name; templates ask it."""
        return may_do(self.role, Right(right), self.carries)


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
        "select g.id as agent_id, g.name, g.email, g.role, s.csrf_token, s.expires_at,"
        + SCOPE_OF_AGENT
        + """
        from sessions s join agents g on g.id = s.agent_id
        where s.token_hash = %(token_hash)s and s.expires_at > %(now)s and g.active
        """,
        {"token_hash": token_hash, "now": now, "see_every_team": list(SEE_EVERY_TEAM)},
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
