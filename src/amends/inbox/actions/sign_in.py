"""Lets an agent in and out. The browser keeps the clear token of a session, the database its fingerprint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from amends.core.database import Connection
from amends.core.secrets import fingerprint
from amends.inbox.actions.agents import verify_password
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.sign_in import REMEMBERED, wait_until
from amends.inbox.store import sessions
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A new session: `token` goes into the cookie and nowhere else."""

    token: str
    agent_id: AgentId
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongPassword:
    """The e-mail address or the password is wrong; which one is not told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TooOften:
    """Too many failed tries; the next one counts from `until` on."""

    until: datetime


def sign_in(conn: Connection, *, email: str, password: str, length: timedelta, now: datetime) -> SignedIn | WrongPassword | TooOften:
    """Begin a session of `length`. A failure is a value, not an error, since its trace must be committed."""
    email = email.strip().lower()
    until = wait_until(sessions.failures_since(conn, email, now - REMEMBERED), now)
    if until:
        return TooOften(until=until)
    agent_id = verify_password(conn, email=email, password=password)
    if agent_id is None:
        sessions.note_failure(conn, email, now)
        return WrongPassword()
    sessions.forget_failures(conn, email)
    return begin_session(conn, agent_id=agent_id, length=length, now=now)


def begin_session(conn: Connection, *, agent_id: AgentId, length: timedelta, now: datetime) -> SignedIn:
    """Begin a session for an agent who has proven who they are."""
    token = token_urlsafe(32)
    sessions.add(conn, token_hash=fingerprint(token), agent_id=agent_id, csrf_token=token_urlsafe(24), now=now, expires_at=now + length)
    return SignedIn(token=token, agent_id=agent_id, expires_at=now + length)


def visitor_of_session(conn: Connection, *, token: str, length: timedelta, now: datetime) -> Visitor | None:
    """Return who is behind the session; one that is used past half its length is prolonged."""
    found = sessions.visitor(conn, fingerprint(token), now)
    if found and found.expires_at and found.expires_at - now < length / 2:
        sessions.prolong(conn, fingerprint(token), now + length)
    return found


def sign_out(conn: Connection, *, token: str) -> None:
    """End the session."""
    sessions.remove(conn, fingerprint(token))
