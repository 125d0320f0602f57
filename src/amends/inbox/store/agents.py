"""SQL of agents: who may sign in, and as what."""

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


def set_password(conn: Connection, *, agent_id: AgentId, password_hash: str) -> int:
    """Store a new password, end the agent's sessions, and return how many agents that was."""
    return execute(
        conn,
        """
        with ended as (delete from sessions where agent_id = %(agent_id)s)
        update agents set password_hash = %(password_hash)s where id = %(agent_id)s
        """,
        {"agent_id": agent_id, "password_hash": password_hash},
    )


def replace_hash(conn: Connection, *, agent_id: AgentId, password_hash: str) -> None:
    """Store the same password under a newer cost."""
    execute(conn, "update agents set password_hash = %(hash)s where id = %(agent_id)s", {"agent_id": agent_id, "hash": password_hash})


def everyone(conn: Connection) -> list[Agent]:
    """Return every agent, those who left too, by name."""
    return fetch_all(conn, Agent, "select id, email, name, role, password_hash, active from agents order by lower(name), id")
