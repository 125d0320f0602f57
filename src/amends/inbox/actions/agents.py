"""Makes agents and proves who they are (Argon2id through argon2-cffi)."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.words import Role


def add_agent(conn: Connection, *, email: str, name: str, role: Role, password: str, now: datetime) -> AgentId:
    """Make an agent; `Conflict` where the e-mail address is taken, `Refused` where something is missing or the password too short."""
    raise NotImplementedError


def change_password(conn: Connection, *, agent_id: AgentId, password: str, now: datetime) -> None:
    """Set a new password and end the agent's sessions."""
    raise NotImplementedError


def verify_password(conn: Connection, *, email: str, password: str) -> AgentId | None:
    """Return the active agent with this e-mail address and password, or None, in the same time either way."""
    raise NotImplementedError
