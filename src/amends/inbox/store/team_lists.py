"""Teams as lists of choice show them."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import SEE_EVERY_TEAM
from amends.inbox.rules.words import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamChoice:
    """A team by its name."""

    id: int
    name: str


def shared_with(conn: Connection, agent_id: AgentId, role: str) -> list[TeamChoice]:
    """Return the teams that somebody can share with: all for who sees every team, else their own."""
    return fetch_all(
        conn,
        TeamChoice,
        """
        select id, name from teams
        where archived_at is null and (%(all)s or id in (select team_id from team_members where agent_id = %(agent_id)s))
        order by lower(name)
        """,
        {"agent_id": agent_id, "all": Role(role) in SEE_EVERY_TEAM},
    )
