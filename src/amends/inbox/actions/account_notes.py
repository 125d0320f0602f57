"""Keeps every change of an account: the one place that all of them pass, so that none goes unrecorded."""

from collections.abc import Mapping
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.store import events

Facts = Mapping[str, object]
NOTHING: Facts = {}


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
    """Write what changed on the account `about`; `by` is None where the command line or the person themselves without a session did it."""
    events.add(conn, kind, now=now, agent_id=by, about=about, before=dict(before), after=dict(after))
