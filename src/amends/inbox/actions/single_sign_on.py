"""Finds, or makes, the account of somebody for whom the single sign-on provider vouches."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.single_sign_on import SignOnFailed, Vouched
from amends.inbox.actions.account_notes import note_change
from amends.inbox.actions.agents import add_agent
from amends.inbox.actions.invitations import accept_vouched
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.words import Role
from amends.inbox.store import agents, people


def account_of(conn: Connection, vouched: Vouched, *, issuer: str, role: Role | None, now: datetime) -> AgentId:
    """Return whose account this is: tied to it before, else by a verified e-mail address, else a new one, as invited or with `role`.

    None as `role`: nobody uninvited gets one. `SignOnFailed` says why nobody comes in: `left`, `unverified`, `unknown`, or
    `other` where the address is tied to another account there.
    """
    subject = f"{issuer} {vouched.subject}"
    owner = people.owner_of_subject(conn, subject)
    if owner is None:
        owner = _by_address(conn, vouched, role=role, now=now)
        if not people.bind_subject(conn, agent_id=owner, subject=subject):
            raise SignOnFailed("other")
        note_change(conn, EventKind.AGENT_LINKED, by=owner, about=owner, now=now, after={"provider": issuer})
    agent = agents.find(conn, agent_id=owner)
    if agent is None or not agent.active:
        raise SignOnFailed("left")
    return owner


def _by_address(conn: Connection, vouched: Vouched, *, role: Role | None, now: datetime) -> AgentId:
    if not vouched.email or not vouched.email_verified:
        raise SignOnFailed("unverified")
    known = agents.find_by_email(conn, email=vouched.email)
    if known and not known.active:
        raise SignOnFailed("left")
    if known:
        return known.id
    name = vouched.name.strip()[:100] or vouched.email.partition("@")[0]
    if invited := accept_vouched(conn, email=vouched.email, name=name, now=now):
        return invited
    if role is None:
        raise SignOnFailed("unknown")
    return add_agent(conn, email=vouched.email, name=name, role=role, password=None, now=now)
