"""Puts cases into an incident."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import incidents
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.incidents import How, reasoned
from amends.inbox.store.incident_cases import Coming

EVENT = EventKind.INCIDENT_JOINED


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the incident, and why."""
    found = incidents.incident_of(conn, number(asked, "incident"))
    return {"incident": found.id, "name": found.name, "reason": reasoned(str(asked.get("text") or ""))}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _("put into the incident %(name)s") % {"name": facts["name"]}


def act(at: At, facts: Facts) -> None:
    """Do it."""
    coming = Coming(how=How.RULE if at.why else How.BULK, reason=at.why or str(facts["reason"]))
    incidents.join(at.conn, int(str(facts["incident"])), [at.case_id], coming=coming, agent_id=at.agent_id, now=at.now)
