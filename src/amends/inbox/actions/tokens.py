"""API tokens: what programs show instead of a session. One is shown once; the database keeps its fingerprint."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.secrets import fingerprint
from amends.core.translating import _
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import Carries
from amends.inbox.rules.text import storable
from amends.inbox.store import tokens
from amends.inbox.store.sessions import Visitor

NAME_LENGTH = 80
LONGEST_LIFE = timedelta(days=3660)
PREFIX = "amends_"


def make_token(
    conn: Connection,
    *,
    agent_id: AgentId,
    name: str,
    now: datetime,
    carries: Carries = Carries.EVERYTHING,
    life: timedelta | None = None,
) -> str:
    """Return a new API token, which is shown once and cannot be read again; it lives for `life`, or until it is revoked."""
    name = storable(name).strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(
            _("Give the token a name of 1 to %(most)s characters, so that you know it when you revoke it.") % {"most": NAME_LENGTH}
        )
    if life is not None and not timedelta() < life <= LONGEST_LIFE:
        raise Refused(_("A token lives for 1 to %(most)s days, or until you revoke it.") % {"most": LONGEST_LIFE.days})
    token = PREFIX + token_urlsafe(32)
    expires_at = now + life if life else None
    tokens.add(conn, agent_id=agent_id, name=name, token_hash=fingerprint(token), carries=carries, expires_at=expires_at, now=now)
    return token


def visitor_of_token(conn: Connection, *, token: str, address: str, now: datetime) -> Visitor | None:
    """Return who is behind an API token that is shown from `address`."""
    return tokens.visitor(conn, fingerprint(token), address=address, now=now)


def revoke_token(conn: Connection, *, token_id: int, agent_id: AgentId, now: datetime) -> None:
    """Make the token useless; `NotFound` where it is not a living token of this agent."""
    if not tokens.revoke(conn, token_id=token_id, agent_id=agent_id, now=now):
        raise NotFound(_("There is no such token of yours; perhaps it was revoked already."))
