"""SQL of teams as lists of choice show them, and of what their members see."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamRow:
    """A team that can be given a case."""

    id: int
    name: str


def every(conn: Connection) -> list[TeamRow]:
    """Return the teams by name."""
    return fetch_all(conn, TeamRow, "select id, name from teams order by lower(name), id")


def names(conn: Connection) -> dict[int, str]:
    """Return the teams' names by id."""
    return {team.id: team.name for team in every(conn)}


def of_agent(conn: Connection, *, agent_id: AgentId) -> tuple[int, ...]:
    """Return the teams that an agent is in."""
    return tuple(fetch_values(conn, "select team_id from team_members where agent_id = %(id)s order by team_id", {"id": agent_id}))
