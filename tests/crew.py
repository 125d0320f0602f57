"""Teams for tests, with the people of the standing cast in them."""

from collections.abc import Sequence

from amends.core.database import Connection
from amends.inbox.actions.teams import By, Draft, change_team, make_team
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.ids import AgentId, SourceId, TeamId
from amends.inbox.rules.words import Role
from amends.inbox.rules.working_hours import Hours
from tests.cast import NOON, colleague, mia


def a_team(
    conn: Connection,
    name: str = "Care",
    *,
    members: Sequence[AgentId],
    gives: Gives = Gives.LEAST_LOAD,
    hours: Hours | None = None,
    sources: Sequence[SourceId] = (),
) -> TeamId:
    """Make a team as a manager does, and return its id."""
    by = By(agent_id=mia(conn), role=Role.MANAGER)
    team_id = make_team(conn, name=name, by=by, now=NOON)
    draft = Draft(name=name, gives=gives, hours=hours or Hours(), members=members, sources=sources)
    change_team(conn, team_id=team_id, draft=draft, by=by, now=NOON)
    return team_id


def a_lead(conn: Connection, name: str = "Lea") -> AgentId:
    """Store somebody who leads the teams she is in."""
    return colleague(conn, f"{name.lower()}@amends.example", name, Role.LEAD)
