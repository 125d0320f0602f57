"""Decides on suggestions that two records are one person. Place in the path: merge desk, REST -> here."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import MatchId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import events, match_suggestions
from amends.inbox.store.customer_changes import Source


def dismiss(conn: Connection, match_id: MatchId, *, scope: Scope, source: Source, now: datetime) -> None:
    """Say that two records are two people; they are suggested again only for new evidence."""
    _decide(conn, match_id, scope=scope, was="open", becomes="dismissed", source=source, now=now)
    events.add(conn, EventKind.MATCH_DISMISSED, now=now, agent_id=source.by, match_id=match_id)


def reopen(conn: Connection, match_id: MatchId, *, scope: Scope, source: Source, now: datetime) -> None:
    """Take a dismissal back."""
    _decide(conn, match_id, scope=scope, was="dismissed", becomes="open", source=source, now=now)
    events.add(conn, EventKind.MATCH_REOPENED, now=now, agent_id=source.by, match_id=match_id)


def _decide(  # noqa: PLR0913
    conn: Connection, match_id: MatchId, *, scope: Scope, was: str, becomes: str, source: Source, now: datetime
) -> None:
    found = match_suggestions.find(conn, match_id, scope)
    if found is None:
        raise NotFound(_("There is no such suggestion."))
    if not match_suggestions.decide(conn, match_id, was=was, becomes=becomes, source=source, now=now):
        raise Conflict(_("%(agent)s has decided on these two already.") % {"agent": found.decided_by or "Amends"})
