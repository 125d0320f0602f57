"""Takes cases out of the incident that they belong to."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.actions import incidents
from amends.inbox.actions.deeds import At, Facts
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.incidents import because
from amends.inbox.store import incident_cases

EVENT = EventKind.INCIDENT_LEFT
DECIDED_BY = None
SAYS = N_("take out of its incident")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return why; `Refused` where nobody says."""
    return {"reason": because(str(asked.get("text") or asked.get("reason") or ""))}


def said(facts: Facts) -> str:  # noqa: ARG001 - every deed is said alike
    """Return what it does."""
    return _(SAYS)


def act(at: At, facts: Facts) -> None:
    """Do it."""
    there = incident_cases.of_case(at.conn, at.case_id)
    if there:
        why = str(facts["reason"]) or at.why
        incidents.leave(at.conn, there.incident_id, at.case_id, reason=why, agent_id=at.agent_id, now=at.now)
