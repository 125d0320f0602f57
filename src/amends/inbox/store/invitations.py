"""SQL of invitations: who may make an account, as what, until when. The link itself is not stored, only its fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, InvitationId, TeamId


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """An invitation that nobody has accepted or revoked."""

    id: InvitationId
    email: str
    role: str
    invited_by: AgentId
    inviter: str
    sent_at: datetime
    expires_at: datetime
    team_ids: list[TeamId]


_OPEN: LiteralString = """
select i.id, i.email, i.role, i.invited_by, g.name as inviter, i.sent_at, i.expires_at,
  array(select t.team_id from invitation_teams t where t.invitation_id = i.id order by t.team_id) as team_ids
from invitations i join agents g on g.id = i.invited_by
where i.accepted_at is null and i.revoked_at is null
"""


def insert(  # noqa: PLR0913
    conn: Connection, *, email: str, role: str, token_hash: bytes, invited_by: AgentId, now: datetime, expires_at: datetime
) -> InvitationId:
    """Store an invitation and return its id; the database refuses a second open one for this address."""
    values = fetch_values(
        conn,
        """
        insert into invitations (email, role, token_hash, invited_by, created_at, sent_at, expires_at)
        values (%(email)s, %(role)s, %(token_hash)s, %(invited_by)s, %(now)s, %(now)s, %(expires_at)s) returning id
        """,
        {"email": email, "role": role, "token_hash": token_hash, "invited_by": invited_by, "now": now, "expires_at": expires_at},
    )
    return InvitationId(values[0])


def add_teams(conn: Connection, *, invitation_id: InvitationId, team_ids: Sequence[int]) -> None:
    """Say which teams the invited person will be in; those that do not exist are passed over."""
    execute(
        conn,
        "insert into invitation_teams (invitation_id, team_id) select %(id)s, id from teams where id = any(%(teams)s)",
        {"id": invitation_id, "teams": list(team_ids)},
    )


def every_open(conn: Connection) -> list[Invitation]:
    """Return the open invitations, those past their time too, newest first."""
    return fetch_all(conn, Invitation, _OPEN + " order by i.id desc")


def open_by_token(conn: Connection, token_hash: bytes, now: datetime) -> Invitation | None:
    """Return the invitation that this link still opens, locked until the transaction ends, or None."""
    query = _OPEN + " and i.token_hash = %(token_hash)s and i.expires_at > %(now)s for update of i"
    return fetch_maybe(conn, Invitation, query, {"token_hash": token_hash, "now": now})


def open_by_email(conn: Connection, email: str, now: datetime) -> Invitation | None:
    """Return the invitation to this address that is still good, locked until the transaction ends, or None."""
    query = _OPEN + " and lower(i.email) = lower(%(email)s) and i.expires_at > %(now)s for update of i"
    return fetch_maybe(conn, Invitation, query, {"email": email, "now": now})


def renew(conn: Connection, *, invitation_id: int, token_hash: bytes, now: datetime, expires_at: datetime) -> str | None:
    """Give an open invitation a new link, so that the old one opens nothing; return its address, None where there is no such one."""
    values = fetch_values(
        conn,
        """
        update invitations set token_hash = %(token_hash)s, sent_at = %(now)s, expires_at = %(expires_at)s
        where id = %(id)s and accepted_at is null and revoked_at is null returning email
        """,
        {"id": invitation_id, "token_hash": token_hash, "now": now, "expires_at": expires_at},
    )
    return next(iter(values), None)


def set_accepted(conn: Connection, *, invitation_id: InvitationId, now: datetime) -> None:
    """Close an invitation, since its person came."""
    execute(conn, "update invitations set accepted_at = %(now)s where id = %(id)s", {"id": invitation_id, "now": now})


def revoke(conn: Connection, *, invitation_id: int, now: datetime) -> str | None:
    """Close an open invitation and return its address, None where there is no such one."""
    values = fetch_values(
        conn,
        """
        update invitations set revoked_at = %(now)s where id = %(id)s and accepted_at is null and revoked_at is null returning email
        """,
        {"id": invitation_id, "now": now},
    )
    return next(iter(values), None)


def revoke_for(conn: Connection, *, email: str, now: datetime) -> None:
    """Close the open invitation of an address that has an account now."""
    execute(
        conn,
        """
        update invitations set revoked_at = %(now)s
        where lower(email) = lower(%(email)s) and accepted_at is null and revoked_at is null
        """,
        {"email": email, "now": now},
    )
