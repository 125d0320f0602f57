"""Who is signed in. Only fingerprints are stored, never a token itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.devices import Whence
from amends.inbox.rules.ids import AgentId, SessionId
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Carries, Right, Scope
from amends.inbox.rules.rights import may as may_do
from amends.inbox.store.scopes import SCOPE_OF_AGENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """The agent behind a request. `teams` and `sources` are None where they see all of them.

    Where a bearer token was shown, `csrf_token` is empty, `token` is its name and `carries` says how much of the agent's rights it has.
    `lacks_second_factor`: came by password alone and has none set up (at single sign-on the provider sees to that).
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
    session_id: SessionId | None = None
    last_seen_at: datetime | None = None
    lacks_second_factor: bool = False

    @property
    def scope(self) -> Scope:
        """Which cases the agent sees."""
        return Scope(teams=None if self.teams is None else tuple(self.teams), sources=None if self.sources is None else tuple(self.sources))

    def may(self, right: str) -> bool:
        """Tell whether the agent has the right of this name; templates ask it."""
        return may_do(self.role, Right(right), self.carries)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSession:
    """A session to store; `way` is `password` or `single_sign_on`."""

    token_hash: bytes
    agent_id: AgentId
    csrf_token: str
    way: str
    whence: Whence
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """A session as its owner sees it."""

    id: SessionId
    way: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime


def add(conn: Connection, new: NewSession, *, now: datetime) -> None:
    """Store a session; its owner is seen with it."""
    execute(
        conn,
        """
        with begun as (
          insert into sessions (token_hash, agent_id, csrf_token, way, device, address, created_at, last_seen_at, expires_at)
          values (%(token_hash)s, %(agent_id)s, %(csrf_token)s, %(way)s, %(device)s, %(address)s, %(now)s, %(now)s, %(expires_at)s)
        )
        update agents set last_seen_at = %(now)s where id = %(agent_id)s
        """,
        {
            "token_hash": new.token_hash,
            "agent_id": new.agent_id,
            "csrf_token": new.csrf_token,
            "way": new.way,
            "device": new.whence.device,
            "address": new.whence.address,
            "now": now,
            "expires_at": new.expires_at,
        },
    )


def visitor(conn: Connection, token_hash: bytes, now: datetime) -> Visitor | None:
    """Return the active agent whose unexpired session has this fingerprint."""
    return fetch_maybe(
        conn,
        Visitor,
        "select g.id as agent_id, g.name, g.email, g.role, s.csrf_token, s.expires_at,"
        + SCOPE_OF_AGENT
        + """, s.id as session_id, coalesce(s.last_seen_at, s.created_at) as last_seen_at,
          s.way = 'password' and g.second_factor_since is null as lacks_second_factor
        from sessions s join agents g on g.id = s.agent_id
        where s.token_hash = %(token_hash)s and s.expires_at > %(now)s and g.active
        """,
        {"token_hash": token_hash, "now": now, "see_every_team": list(SEE_EVERY_TEAM)},
    )


def note_seen(conn: Connection, *, session_id: SessionId, now: datetime) -> None:
    """Keep when the session, and so its owner, was last seen."""
    execute(
        conn,
        """
        with seen as (update sessions set last_seen_at = %(now)s where id = %(id)s returning agent_id)
        update agents set last_seen_at = %(now)s where id = (select agent_id from seen)
        """,
        {"id": session_id, "now": now},
    )


def of_agent(conn: Connection, *, agent_id: int, now: datetime) -> list[SessionRow]:
    """Return the unexpired sessions of an agent, the last seen first."""
    return fetch_all(
        conn,
        SessionRow,
        """
        select id, way, device, address, created_at, coalesce(last_seen_at, created_at) as last_seen_at from sessions
        where agent_id = %(agent_id)s and expires_at > %(now)s order by last_seen_at desc, id desc
        """,
        {"agent_id": agent_id, "now": now},
    )


def end_one(conn: Connection, *, session_id: int, agent_id: int) -> int:
    """Delete one session of its owner and return how many that were."""
    return execute(conn, "delete from sessions where id = %(id)s and agent_id = %(agent_id)s", {"id": session_id, "agent_id": agent_id})


def end_all(conn: Connection, *, agent_id: int, but: int | None = None) -> int:
    """Delete the sessions of an agent, `but` one, and what was half-way in; return how many sessions that were."""
    execute(conn, "delete from second_steps where agent_id = %(agent_id)s", {"agent_id": agent_id})
    return execute(
        conn, "delete from sessions where agent_id = %(agent_id)s and id is distinct from %(but)s", {"agent_id": agent_id, "but": but}
    )


def revoke_all(conn: Connection, *, agent_id: int, now: datetime) -> int:
    """Revoke every API token of an agent and return how many that were."""
    return execute(
        conn,
        "update api_tokens set revoked_at = %(now)s where agent_id = %(agent_id)s and revoked_at is null",
        {"agent_id": agent_id, "now": now},
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
