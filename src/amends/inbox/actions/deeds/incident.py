"""Puts cases into an incident."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.actions import incidents
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.incidents import LONGEST_REASON, How, belonging
from amends.inbox.store.incident_cases import Coming

EVENT = EventKind.INCIDENT_JOINED
DECIDED_BY = None
SAYS = N_("put into the incident %(name)s")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the incident, and why; `Refused` where nobody says."""
    found = incidents.incident_of(conn, number(asked, "incident"))
    return {"incident": found.id, "name": found.name, "reason": belonging(str(asked.get("text") or asked.get("reason") or ""))}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": facts["name"]}


def act(at: At, facts: Facts) -> None:
    """Do it."""
    incidents.join(at.conn, int(str(facts["incident"])), [at.case_id], coming=_coming(at, facts), agent_id=at.agent_id, now=at.now)


def _coming(at: At, facts: Facts) -> Coming:
    """Return how a case comes: by a rule, by the query that chose all that match, or from a selection."""
    how = How.RULE if at.why else How.QUERY if at.query else How.BULK
    return Coming(how=how, reason=str(facts["reason"]) or at.why or at.query[:LONGEST_REASON])
