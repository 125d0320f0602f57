"""Links for a new password: for whoever forgot theirs. A link opens once, for an hour; kept is only its fingerprint."""

from datetime import datetime
from secrets import token_urlsafe

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.secrets import fingerprint
from amends.core.translating import gettext as _
from amends.inbox.actions import tries
from amends.inbox.actions.account_notes import note_change
from amends.inbox.actions.agents import change_password
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.sign_in import PASSWORD_LINK_LASTS
from amends.inbox.store import agents, password_links
from amends.inbox.store.agents import Agent


def may_ask(conn: Connection, *, email: str, address: str, now: datetime) -> TooOften | None:
    """Count that somebody asks for a link, whether or not the address has an account; return how long they must wait, None for now."""
    subjects = [f"forgot:{email.strip().lower()}", tries.place(address)]
    wait = tries.must_wait(conn, subjects, now)
    if wait is None:
        tries.failed(conn, subjects, now)
    return wait


def make_link(conn: Connection, *, agent_id: AgentId, by: AgentId | None, now: datetime) -> tuple[Agent, str]:
    """Return whose link it is and its token; the links before it open nothing any more. `NotFound` where nobody active is meant."""
    agent = agents.find(conn, agent_id=agent_id)
    if agent is None or not agent.active:
        raise NotFound(_("There is no such colleague who may sign in."))
    token = token_urlsafe(32)
    password_links.replace(conn, token_hash=fingerprint(token), agent_id=agent_id, now=now, expires_at=now + PASSWORD_LINK_LASTS)
    note_change(conn, EventKind.PASSWORD_LINK_MADE, by=by, about=agent_id, now=now)
    return agent, token


def owner_of(conn: Connection, *, token: str, now: datetime) -> AgentId:
    """Return whom this link gives a new password; `NotFound` where it was used or is too old."""
    found = password_links.owner(conn, fingerprint(token), now)
    if found is None:
        raise NotFound(_("This link was used already or is too old. Ask for a new one."))
    return found


def use_link(conn: Connection, *, token: str, password: str, now: datetime, tokens_too: bool) -> None:
    """Give the owner of the link a new password; all their sessions and links end, and their failed tries are forgotten.

    Whoever knew the old password may have made API tokens, which would outlive it: `tokens_too` ends them as well.
    """
    agent_id = owner_of(conn, token=token, now=now)
    change_password(conn, agent_id=agent_id, password=password, now=now, tokens_too=tokens_too)
    agent = agents.find(conn, agent_id=agent_id)
    if agent:
        tries.held(conn, agent.email.lower())
