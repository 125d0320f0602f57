"""SQL of agents: who may sign in, and as what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """A colleague; `role` is a word of `Role`."""

    id: AgentId
    email: str
    name: str
    role: str
    password_hash: str = field(repr=False)
    active: bool


def insert(conn: Connection, *, email: str, name: str, role: str, password_hash: str, now: datetime) -> AgentId:
    """Store an agent and return the id; the database refuses a second one with this e-mail address."""
    values = fetch_values(
        conn,
        """
        insert into agents (email, name, role, password_hash, created_at)
        values (%(email)s, %(name)s, %(role)s, %(password_hash)s, %(now)s)
        returning id
        """,
        {"email": email, "name": name, "role": role, "password_hash": password_hash, "now": now},
    )
    return AgentId(values[0])


def find(conn: Connection, *, agent_id: AgentId) -> Agent | None:
    """Return the agent, or None."""
    return fetch_maybe(
        conn, Agent, "select id, email, name, role, password_hash, active from agents where id = %(agent_id)s", {"agent_id": agent_id}
    )


def find_by_email(conn: Connection, *, email: str) -> Agent | None:
    """Return the agent with this e-mail address in any spelling of its case, or None."""
    return fetch_maybe(
        conn,
        Agent,
        "select id, email, name, role, password_hash, active from agents where lower(email) = lower(%(email)s)",
        {"email": email},
    )


def replace_hash(conn: Connection, *, agent_id: AgentId, password_hash: str) -> None:
    """Store a new password, or the same one under a newer cost."""
    execute(conn, "update agents set password_hash = %(hash)s where id = %(agent_id)s", {"agent_id": agent_id, "hash": password_hash})


def set_languages(conn: Connection, *, agent_id: AgentId, languages: Sequence[str]) -> None:
    """Keep which languages somebody answers in."""
    execute(conn, "update agents set languages = %(languages)s where id = %(id)s", {"id": agent_id, "languages": list(languages)})


def everyone(conn: Connection) -> list[Agent]:
    """Return every agent, those who left too, by name."""
    return fetch_all(conn, Agent, "select id, email, name, role, password_hash, active from agents order by lower(name), id")
