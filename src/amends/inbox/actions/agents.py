"""Makes agents and proves who they are (Argon2id through argon2-cffi)."""

from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import audit
from amends.inbox.rules.auditing import AuditKind
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.words import Role
from amends.inbox.store import agents, events

SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()


def add_agent(conn: Connection, *, email: str, name: str, role: Role, password: str, now: datetime) -> AgentId:
    """Make an agent; `Conflict` where the e-mail address is taken, `Refused` where something is missing or the password too short."""
    email, name = email.strip(), name.strip()
    if "@" not in email or not name:
        raise Refused("An agent needs an e-mail address and a name.")
    if agents.find_by_email(conn, email=email):
        raise Conflict(f"There is an agent with the address {email} already.")
    agent_id = agents.insert(conn, email=email, name=name, role=role, password_hash=_hashed(password), now=now)
    events.add(conn, EventKind.AGENT_ADDED, now=now, agent_id=agent_id, email=email, role=role)
    return agent_id


def change_password(conn: Connection, *, agent_id: AgentId, password: str, now: datetime) -> None:
    """Set a new password and end the agent's sessions."""
    found = agents.find(conn, agent_id=agent_id)
    if found is None:
        raise NotFound
    agents.set_password(conn, agent_id=agent_id, password_hash=_hashed(password))
    events.add(conn, EventKind.PASSWORD_CHANGED, now=now, agent_id=agent_id)
    audit.record(conn, AuditKind.PASSWORD_CHANGED, about=found.name)


def verify_password(conn: Connection, *, email: str, password: str) -> AgentId | None:
    """Return the active agent with this e-mail address and password, or None, in the same time either way."""
    agent = agents.find_by_email(conn, email=email.strip())
    if not _fits(agent.password_hash if agent else _nobodys_hash(), password) or agent is None or not agent.active:
        return None
    if _hasher.check_needs_rehash(agent.password_hash):
        agents.replace_hash(conn, agent_id=agent.id, password_hash=_hasher.hash(password))
    return agent.id


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"A password needs at least {SHORTEST_PASSWORD} characters.")
    return _hasher.hash(password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
