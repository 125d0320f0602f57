"""Decides on suggestions that two records are one person. Place in the path: merge desk, REST -> here."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, MatchId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import events, match_suggestions


def dismiss(conn: Connection, match_id: MatchId, *, scope: Scope, agent_id: AgentId, now: datetime) -> None:
    """Say that two records are two people; they are suggested again only for new evidence."""
    _decide(conn, match_id, scope=scope, was="open", becomes="dismissed", agent_id=agent_id, now=now)
    events.add(conn, EventKind.MATCH_DISMISSED, now=now, agent_id=agent_id, match_id=match_id)


def reopen(conn: Connection, match_id: MatchId, *, scope: Scope, agent_id: AgentId, now: datetime) -> None:
    """Take a dismissal back."""
    _decide(conn, match_id, scope=scope, was="dismissed", becomes="open", agent_id=agent_id, now=now)
    events.add(conn, EventKind.MATCH_REOPENED, now=now, agent_id=agent_id, match_id=match_id)


def _decide(  # noqa: PLR0913
    conn: Connection, match_id: MatchId, *, scope: Scope, was: str, becomes: str, agent_id: AgentId, now: datetime
) -> None:
    found = match_suggestions.find(conn, match_id, scope)
    if found is None:
        raise NotFound(_("There is no such suggestion."))
    if not match_suggestions.decide(conn, match_id, was=was, becomes=becomes, agent_id=agent_id, now=now):
        raise Conflict(_("%(agent)s has decided on these two already.") % {"agent": found.decided_by or "Amends"})
