"""Tells a colleague or a team of cases."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.actions import assign
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, TeamId
from amends.inbox.rules.text import storable
from amends.inbox.store import agents, events

EVENT = EventKind.COLLEAGUES_TOLD
DECIDED_BY = frozenset[str]()
SAYS = N_("tell %(name)s")
MOST = 200


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return who is told, a colleague or a team, and in which words."""
    text = storable(str(asked.get("text") or "")).strip()
    if len(text) > MOST:
        raise Refused(_("Say it in %(most)s characters at most.") % {"most": MOST})
    if asked.get("team"):
        team_id = TeamId(number(asked, "team"))
        return {"to": None, "team": team_id, "name": assign.team_named(conn, team_id), "text": text}
    if not asked.get("to"):
        raise Refused(_("Choose who is told: a colleague or a team."))
    found = agents.find(conn, agent_id=AgentId(number(asked, "to")))
    if found is None or not found.active:
        raise Refused(_("This colleague does not work here any more."))
    return {"to": found.id, "team": None, "name": found.name, "text": text}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": facts["name"]}


def act(at: At, facts: Facts) -> None:
    """Do it."""
    told = {name: facts[name] for name in ("to", "team", "name", "text")}
    events.add_all(at.conn, [events.Event(kind=EVENT, case_id=at.case_id, agent_id=at.agent_id, facts=told)], now=at.now)
