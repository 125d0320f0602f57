"""Makes agents and proves who they are (Argon2id through argon2-cffi)."""

from datetime import datetime
from functools import cache
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import gettext as _
from amends.inbox.actions import tries
from amends.inbox.actions.account_notes import note_change
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules import passwords
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.words import Role
from amends.inbox.store import agents, invitations, password_links, people, sessions

NAME_LENGTH = 100
EMAIL_LENGTH = 254

_hasher = PasswordHasher()


def add_agent(  # noqa: PLR0913
    conn: Connection, *, email: str, name: str, role: Role, password: str | None, now: datetime, by: AgentId | None = None
) -> AgentId:
    """Make an agent; `Conflict` where the e-mail address is taken, `Refused` where something is missing or the password easily guessed.

    `password` is None for somebody who signs in elsewhere (single sign-on).
    """
    email, name = email_of(email), name_of(name)
    secret = token_urlsafe(32) if password is None else _checked(password, email=email, name=name)
    if agents.find_by_email(conn, email=email):
        raise _taken(email)
    try:
        agent_id = agents.insert(conn, email=email, name=name, role=role, password_hash=_hasher.hash(secret), now=now)
    except UniqueViolation as error:
        raise _taken(email) from error
    invitations.revoke_for(conn, email=email, now=now)
    note_change(conn, EventKind.AGENT_ADDED, by=by, about=agent_id, now=now, after={"email": email, "role": role.value})
    return agent_id


def add_first_administrator(conn: Connection, *, email: str, name: str, password: str, now: datetime) -> AgentId:
    """Make the administrator of a fresh installation; `NotFound` where somebody has an account already, be it for a moment."""
    if not people.lock_nobody(conn):
        raise NotFound(_("This installation has its administrator already. Ask for an invitation."))
    return add_agent(conn, email=email, name=name, role=Role.ADMIN, password=password, now=now)


def change_password(  # noqa: PLR0913
    conn: Connection,
    *,
    agent_id: AgentId,
    password: str,
    now: datetime,
    by: AgentId | None = None,
    but: int | None = None,
    tokens_too: bool,
) -> None:
    """Set a new password and end the agent's sessions, `but` one; links for a new password end too, API tokens where that is wished."""
    agent = agents.find(conn, agent_id=agent_id)
    if agent is None:
        raise NotFound
    secret = _checked(password, email=agent.email, name=agent.name)
    agents.replace_hash(conn, agent_id=agent_id, password_hash=_hasher.hash(secret))
    sessions.end_all(conn, agent_id=agent_id, but=but)
    if tokens_too:
        sessions.revoke_all(conn, agent_id=agent_id, now=now)
    password_links.drop(conn, agent_id=agent_id)
    note_change(conn, EventKind.PASSWORD_CHANGED, by=by, about=agent_id, now=now)


def own_password_holds(conn: Connection, *, agent_id: AgentId, password: str, now: datetime) -> bool | TooOften:
    """Tell whether somebody who is signed in knows their password; a wrong one is counted."""
    subject = f"own:{agent_id}"
    wait = tries.must_wait(conn, [subject], now)
    if wait:
        return wait
    agent = agents.find(conn, agent_id=agent_id)
    if agent and _fits(agent.password_hash, password):
        tries.held(conn, subject)
        return True
    tries.failed(conn, [subject], now)
    return False


def verify_password(conn: Connection, *, email: str, password: str) -> AgentId | None:
    """Return the active agent with this e-mail address and password, or None, in the same time either way."""
    agent = agents.find_by_email(conn, email=email.strip())
    if not _fits(agent.password_hash if agent else _nobodys_hash(), password) or agent is None or not agent.active:
        return None
    if _hasher.check_needs_rehash(agent.password_hash):
        agents.replace_hash(conn, agent_id=agent.id, password_hash=_hasher.hash(password))
    return agent.id


def email_of(text: str) -> str:
    """Return an e-mail address without what stands around it; `Refused` where it is none."""
    email = text.strip()
    local, _at, host = email.rpartition("@")
    if not local or not host or len(email) > EMAIL_LENGTH or not email.isprintable() or any(sign in email for sign in ' <>,;"'):
        raise Refused(_("An e-mail address looks like name@example.com."))
    return email


def name_of(text: str) -> str:
    """Return a name in one line; `Refused` where there is none, or it is too long."""
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(_("Enter a name of 1 to %(number)s characters, as colleagues know it.") % {"number": NAME_LENGTH})
    return name


def _checked(password: str, *, email: str, name: str) -> str:
    fault = passwords.fault(password, email=email, name=name)
    if fault:
        raise Refused(fault)
    return password


def _taken(email: str) -> Conflict:
    return Conflict(_("There is somebody with the address %(email)s already.") % {"email": email})


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
