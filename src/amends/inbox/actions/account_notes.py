"""Keeps every change of an account: the one place that all of them pass, so that none goes unrecorded."""

from collections.abc import Mapping
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions import audit
from amends.inbox.rules.auditing import AuditKind
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.store import agents, events

Facts = Mapping[str, object]
NOTHING: Facts = {}
TOLD_BY_THE_TABLE = frozenset(
    {
        EventKind.AGENT_ADDED,
        EventKind.AGENT_ROLE_CHANGED,
        EventKind.AGENT_TEAMS_CHANGED,
        EventKind.AGENT_DEACTIVATED,
        EventKind.AGENT_REACTIVATED,
        EventKind.PROFILE_CHANGED,
    }
)


def note_change(  # noqa: PLR0913
    conn: Connection,
    kind: EventKind,
    *,
    by: AgentId | None,
    about: int | None,
    now: datetime,
    before: Facts = NOTHING,
    after: Facts = NOTHING,
) -> None:
    """Write what changed on the account `about`; `by` is None where the command line or the person themselves without a session did it.

    Changes of a colleague's row tell themselves to the audit log; what is no such change is told here.
    """
    if kind not in TOLD_BY_THE_TABLE:
        agent = None if about is None else agents.find(conn, agent_id=AgentId(about))
        told = agent.name if agent else str((after or before).get("email", ""))
        audit.record(conn, AuditKind(kind.value), about=told, before=before, after=after)
    events.add(conn, kind, now=now, agent_id=by, about=about, before=dict(before), after=dict(after))
