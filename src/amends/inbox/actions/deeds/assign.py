"""Gives cases to a colleague, or back to everyone."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.actions import assign
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import Right, may
from amends.inbox.store import agents

EVENT = EventKind.CASE_ASSIGNED
DECIDED_BY = frozenset({"assignee_id", "source_id", "team_id"})
SAYS = N_("assign to %(name)s")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return who gets the cases; nobody where none is named."""
    if not asked.get("to"):
        return {"to": None, "name": ""}
    found = agents.find(conn, agent_id=AgentId(number(asked, "to")))
    if found is None or not found.active:
        raise Refused(_("This colleague does not work here any more."))
    if not may(found.role, Right.WORK):
        raise Refused(assign.ONLY_LOOKS, name=found.name)
    return {"to": found.id, "name": found.name}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": facts["name"]} if facts["to"] else _("give back to everyone")


def act(at: At, facts: Facts) -> None:
    """Do it."""
    to = facts["to"]
    assignee = AgentId(to) if isinstance(to, int) else None
    assign.assign(at.conn, case_id=at.case_id, assignee_id=assignee, agent_id=at.agent_id, now=at.now)
