"""Opens cases again."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.actions import resolve
from amends.inbox.actions.deeds import At, Facts
from amends.inbox.rules.events import EventKind

EVENT = EventKind.CASE_REOPENED
DECIDED_BY = frozenset({"status"})
SAYS = N_("reopen")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return nothing: it needs no choice."""
    return {}


def said(facts: Facts) -> str:  # noqa: ARG001 - every deed is said alike
    """Return what it does."""
    return _(SAYS)


def act(at: At, facts: Facts) -> None:  # noqa: ARG001 - every deed is done alike
    """Do it."""
    resolve.reopen(at.conn, case_id=at.case_id, agent_id=at.agent_id, now=at.now, by_hand=not at.why)
