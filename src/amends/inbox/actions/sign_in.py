"""Lets an agent in and out. The browser keeps the clear token of a session, the database its fingerprint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from amends.core.database import Connection
from amends.core.secrets import fingerprint
from amends.inbox.actions import tries
from amends.inbox.actions.agents import verify_password
from amends.inbox.actions.second_factor import code_holds
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules.devices import LONGEST, NOWHERE, Whence
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.sign_in import CODE_WITHIN
from amends.inbox.store import agents, second_factors, sessions
from amends.inbox.store.sessions import NewSession, Visitor

SEEN_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A new session: `token` goes into the cookie and nowhere else."""

    token: str
    agent_id: AgentId
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeDue:
    """The password held, and the code of the second factor is due; `token` says so for some minutes."""

    token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongPassword:
    """The e-mail address or the password is wrong; which one is not told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongCode:
    """The code is wrong, or was used already; whoever showed it knows the password of `email`."""

    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TooLate:
    """The password held too long ago; begin again."""


def sign_in(
    conn: Connection, *, email: str, password: str, length: timedelta, now: datetime, whence: Whence = NOWHERE
) -> SignedIn | CodeDue | WrongPassword | TooOften:
    """Begin a session of `length`, or ask for the code where a second factor is set. A failure is a value: its trace must be committed."""
    email = email.strip().lower()
    doors = (email, tries.place(whence.address))
    wait = tries.must_wait(conn, doors, now)
    if wait:
        return wait
    agent_id = verify_password(conn, email=email, password=password)
    if agent_id is None:
        tries.failed(conn, doors, now)
        return WrongPassword()
    tries.held(conn, email)
    factor = second_factors.lock(conn, agent_id)
    if factor and factor.since:
        return _code_due(conn, agent_id, now)
    return begin_session(conn, agent_id=agent_id, length=length, now=now, whence=whence)


def _code_due(conn: Connection, agent_id: AgentId, now: datetime) -> CodeDue:
    token = token_urlsafe(32)
    second_factors.add_step(conn, token_hash=fingerprint(token), agent_id=agent_id, now=now, expires_at=now + CODE_WITHIN)
    return CodeDue(token=token)


def show_code(  # noqa: PLR0913
    conn: Connection, *, token: str, code: str, secret_key: str, length: timedelta, now: datetime, whence: Whence = NOWHERE
) -> SignedIn | WrongCode | TooLate | TooOften:
    """Begin a session for somebody whose password held and whose code, or recovery code, holds too."""
    agent_id = second_factors.half_way(conn, fingerprint(token), now)
    if agent_id is None:
        return TooLate()
    holds = code_holds(conn, agent_id=agent_id, code=code, secret_key=secret_key, now=now)
    if isinstance(holds, TooOften):
        return holds
    if not holds:
        agent = agents.find(conn, agent_id=agent_id)
        return WrongCode(email=agent.email if agent else "")
    second_factors.drop_step(conn, fingerprint(token))
    return begin_session(conn, agent_id=agent_id, length=length, now=now, whence=whence)


def begin_session(
    conn: Connection, *, agent_id: AgentId, length: timedelta, now: datetime, whence: Whence = NOWHERE, way: str = "password"
) -> SignedIn:
    """Begin a session for an agent who has proven who they are."""
    token = token_urlsafe(32)
    new = NewSession(
        token_hash=fingerprint(token),
        agent_id=agent_id,
        csrf_token=token_urlsafe(24),
        way=way,
        whence=Whence(device=whence.device[:LONGEST], address=whence.address),
        expires_at=now + length,
    )
    sessions.add(conn, new, now=now)
    return SignedIn(token=token, agent_id=agent_id, expires_at=now + length)


def visitor_of_session(conn: Connection, *, token: str, length: timedelta, now: datetime) -> Visitor | None:
    """Return who is behind the session; one that is used past half its length is prolonged, and its use is noted once a minute."""
    found = sessions.visitor(conn, fingerprint(token), now)
    if found and found.expires_at and found.expires_at - now < length / 2:
        sessions.prolong(conn, fingerprint(token), now + length)
    if found and found.session_id and (found.last_seen_at is None or now - found.last_seen_at >= SEEN_AGAIN_AFTER):
        sessions.note_seen(conn, session_id=found.session_id, now=now)
    return found


def sign_out(conn: Connection, *, token: str) -> None:
    """End the session."""
    sessions.remove(conn, fingerprint(token))
