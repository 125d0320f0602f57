"""Gives cases of nobody to whom a method finds in a team: by turns, by load and skill, or who knows the customer."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.inbox.actions import assign, give_out
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.assigning import Method
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import TeamId

EVENT = EventKind.CASE_ASSIGNED
DECIDED_BY = None
SAYS = N_("assign in the team %(name)s to %(whom)s")
METHODS = Table(
    {
        Method.TURN: N_("whose turn it is"),
        Method.LOAD_AND_SKILL: N_("who has least and can do it"),
        Method.KNOWS: N_("who knows the customer"),
    }
)


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the team and the method."""
    by = str(asked.get("by") or "")
    if by not in METHODS:
        raise Refused(_("Choose how somebody is found: by turns, by load and skill, or who knows the customer."))
    if not asked.get("team"):
        raise Refused(_("Choose the team in which somebody is found."))
    team_id = TeamId(number(asked, "team"))
    return {"team": team_id, "name": assign.team_named(conn, team_id), "by": by}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": facts["name"], "whom": _(METHODS[Method(str(facts["by"]))])}


def act(at: At, facts: Facts) -> None:
    """Do it."""
    team_id = TeamId(int(str(facts["team"])))
    give_out.deal(at.conn, case_id=at.case_id, team_id=team_id, by=Method(str(facts["by"])), agent_id=at.agent_id, now=at.now)
