"""Makes cases the work of a team, or of all."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.actions import assign
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import TeamId

EVENT = EventKind.CASE_ASSIGNED
DECIDED_BY = frozenset({"assignee_id", "team_id"})
SAYS = N_("give to the team %(name)s")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the team; all of them where none is named."""
    if not asked.get("team"):
        return {"team": None, "name": ""}
    team_id = TeamId(number(asked, "team"))
    return {"team": team_id, "name": assign.team_named(conn, team_id)}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": facts["name"]} if facts["team"] else _("give back to every team")


def act(at: At, facts: Facts) -> None:
    """Do it."""
    to = facts["team"]
    team_id = TeamId(to) if isinstance(to, int) else None
    assign.assign_team(at.conn, case_id=at.case_id, team_id=team_id, agent_id=at.agent_id, now=at.now)
