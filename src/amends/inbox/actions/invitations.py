"""Invites colleagues: a link that opens once, for a week. It is shown and sent; kept is only its fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotFound
from amends.core.secrets import fingerprint
from amends.core.translating import gettext as _
from amends.inbox.actions.account_notes import note_change
from amends.inbox.actions.agents import add_agent, email_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, InvitationId
from amends.inbox.rules.sign_in import INVITATION_LASTS
from amends.inbox.rules.words import Role
from amends.inbox.store import agents, invitations, people, teams
from amends.inbox.store.invitations import Invitation


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """An invitation with the token of its link, which cannot be read again."""

    id: InvitationId
    email: str
    token: str


def invite(conn: Connection, *, email: str, role: Role, team_ids: Sequence[int], by: AgentId, now: datetime) -> Invited:
    """Return a new invitation; `Conflict` where the address has an account, or an invitation that is still good."""
    email, token = email_of(email), token_urlsafe(32)
    if agents.find_by_email(conn, email=email):
        raise Conflict(_("There is somebody with the address %(email)s already.") % {"email": email})
    try:
        invitation_id = invitations.insert(
            conn, email=email, role=role, token_hash=fingerprint(token), invited_by=by, now=now, expires_at=now + INVITATION_LASTS
        )
    except UniqueViolation as error:
        raise Conflict(_("%(email)s is invited already; send that invitation again.") % {"email": email}) from error
    invitations.add_teams(conn, invitation_id=invitation_id, team_ids=team_ids)
    after = {"email": email, "role": role.value, "teams": sorted(team_ids)}
    note_change(conn, EventKind.AGENT_INVITED, by=by, about=None, now=now, after=after)
    return Invited(id=invitation_id, email=email, token=token)


def renew(conn: Connection, *, invitation_id: InvitationId, by: AgentId, now: datetime) -> Invited:
    """Return the invitation with a new link and a new week; the old link opens nothing any more."""
    token = token_urlsafe(32)
    expires_at = now + INVITATION_LASTS
    email = invitations.renew(conn, invitation_id=invitation_id, token_hash=fingerprint(token), now=now, expires_at=expires_at)
    if email is None:
        raise _gone()
    note_change(conn, EventKind.INVITATION_RENEWED, by=by, about=None, now=now, after={"email": email})
    return Invited(id=invitation_id, email=email, token=token)


def revoke(conn: Connection, *, invitation_id: InvitationId, by: AgentId, now: datetime) -> None:
    """Make an invitation useless."""
    email = invitations.revoke(conn, invitation_id=invitation_id, now=now)
    if email is None:
        raise _gone()
    note_change(conn, EventKind.INVITATION_REVOKED, by=by, about=None, now=now, before={"email": email})


def opened(conn: Connection, *, token: str, now: datetime) -> Invitation:
    """Return the invitation behind a link; `NotFound` where it was used, revoked, renewed or is too old."""
    found = invitations.open_by_token(conn, fingerprint(token), now)
    if found is None:
        raise NotFound(_("This invitation was used, taken back, or is too old. Ask for a new one."))
    return found


def accept(conn: Connection, *, token: str, name: str, password: str, now: datetime) -> AgentId:
    """Make the account that the invitation promises, and return it; the link opens nothing any more."""
    return _let_in(conn, opened(conn, token=token, now=now), name=name, password=password, now=now)


def accept_vouched(conn: Connection, *, email: str, name: str, now: datetime) -> AgentId | None:
    """Make the account that an invitation promises to an address for which single sign-on vouches; None where nothing good is open."""
    found = invitations.open_by_email(conn, email, now)
    return _let_in(conn, found, name=name, password=None, now=now) if found else None


def _let_in(conn: Connection, found: Invitation, *, name: str, password: str | None, now: datetime) -> AgentId:
    invitations.set_accepted(conn, invitation_id=found.id, now=now)
    agent_id = add_agent(conn, email=found.email, name=name, role=Role(found.role), password=password, now=now, by=found.invited_by)
    people.set_teams(conn, agent_id=agent_id, team_ids=found.team_ids)
    teams.look_again_for(conn, agent_id=agent_id)
    return agent_id


def _gone() -> NotFound:
    return NotFound(_("There is no such open invitation; perhaps it was accepted or taken back meanwhile."))
