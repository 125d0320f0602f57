"""SQL of teams: who they are, when they work, on what, and how they give out cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.ids import AgentId, SourceId, TeamId
from amends.inbox.rules.rights import SEE_EVERY_TEAM
from amends.inbox.rules.words import Role
from amends.inbox.rules.working_hours import Hours, Span

MOST = 1000
"""Up to how many cases of a team are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamRow:
    """A team; `hours` are its spans as stored, `gives` how it gives out cases, `look_at` when it next looks at those of nobody."""

    id: TeamId
    name: str
    zone: str
    hours: Sequence[Sequence[int]]
    holidays: Sequence[date]
    gives: str
    look_at: datetime | None
    archived_at: datetime | None
    sources: Sequence[SourceId]
    members: Sequence[AgentId]

    @property
    def week(self) -> Hours:
        """The hours as a rule takes them."""
        spans = tuple(Span(day=day, begins=begins, ends=ends) for day, begins, ends in self.hours)
        return Hours(zone=self.zone, spans=spans, holidays=frozenset(self.holidays))


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How much of a team's work is open, counted up to `MOST`."""

    team_id: TeamId
    open: int
    unassigned: int

    @property
    def is_cut(self) -> bool:
        """Whether there is more than was counted."""
        return self.open >= MOST


_ROW = """
select t.id, t.name, t.zone, t.hours, t.holidays, t.gives, t.look_at, t.archived_at,
  array(select source_id from team_sources s where s.team_id = t.id order by 1) as sources,
  array(select agent_id from team_members m where m.team_id = t.id order by 1) as members
from teams t
"""


def every(conn: Connection) -> list[TeamRow]:
    """Return the teams in force, by name."""
    return fetch_all(conn, TeamRow, _ROW + " where archived_at is null order by lower(name), id")


def shared_with(conn: Connection, agent_id: AgentId, role: str) -> list[TeamRow]:
    """Return the teams that somebody can share with: all for who sees every team, else their own."""
    return [team for team in every(conn) if Role(role) in SEE_EVERY_TEAM or agent_id in team.members]


def find(conn: Connection, *, team_id: TeamId) -> TeamRow | None:
    """Return a team, an archived one too, or None."""
    return fetch_maybe(conn, TeamRow, _ROW + " where id = %(team_id)s", {"team_id": team_id})


def insert(conn: Connection, *, name: str, now: datetime) -> TeamId:
    """Store a team and return its id; the database refuses a second one in force of this name."""
    values = fetch_values(conn, "insert into teams (name, created_at) values (%(name)s, %(now)s) returning id", {"name": name, "now": now})
    return TeamId(values[0])


def update(conn: Connection, *, team_id: TeamId, name: str, gives: Gives, hours: Hours) -> None:
    """Store how a team is called, works and gives out; its cases are looked at anew."""
    spans: list[list[int]] = [[span.day, span.begins, span.ends] for span in hours.spans]
    params: dict[str, Any] = {"id": team_id, "name": name, "gives": gives, "zone": hours.zone, "hours": Jsonb(spans)}
    execute(
        conn,
        """
        update teams set name = %(name)s, gives = %(gives)s, zone = %(zone)s, hours = %(hours)s, holidays = %(holidays)s, look_at = null
        where id = %(id)s
        """,
        params | {"holidays": sorted(hours.holidays)},
    )


def set_members(conn: Connection, *, team_id: TeamId, agent_ids: Sequence[AgentId]) -> None:
    """Make exactly these people the team; who comes new takes the last turn, so that nobody is flooded."""
    params = {"team": team_id, "ids": list(agent_ids)}
    execute(conn, "delete from team_members where team_id = %(team)s and agent_id <> all(%(ids)s::bigint[])", params)
    execute(
        conn,
        """
        insert into team_members (team_id, agent_id, turn)
        select %(team)s, id, (select coalesce(max(turn), 0) from team_members where team_id = %(team)s) from agents
        where id = any(%(ids)s::bigint[]) on conflict do nothing
        """,
        params,
    )


def set_sources(conn: Connection, *, team_id: TeamId, source_ids: Sequence[SourceId]) -> None:
    """Make the team work on exactly these sources; on none named: on all."""
    params = {"team": team_id, "ids": list(source_ids)}
    execute(conn, "delete from team_sources where team_id = %(team)s and source_id <> all(%(ids)s::bigint[])", params)
    execute(
        conn,
        """
        insert into team_sources (team_id, source_id) select %(team)s, id from sources where id = any(%(ids)s::bigint[])
        on conflict do nothing
        """,
        params,
    )


def set_archived(conn: Connection, *, team_id: TeamId, at: datetime | None) -> None:
    """Put the team away, or back into force; the database refuses that where another one has its name by now."""
    execute(conn, "update teams set archived_at = %(at)s, look_at = null where id = %(id)s", {"id": team_id, "at": at})


def look_again(conn: Connection, team_ids: Sequence[TeamId], *, at: datetime | None) -> None:
    """Let the wanting cases of these teams be looked at from `at` on; None: at once."""
    execute(
        conn,
        "update teams set look_at = %(at)s where id = any(%(ids)s::bigint[]) and look_at is distinct from %(at)s",
        {"ids": list(team_ids), "at": at},
    )


def of_agent(conn: Connection, *, agent_id: AgentId) -> list[TeamId]:
    """Return the teams that somebody is in, archived ones too."""
    return fetch_values(conn, "select team_id from team_members where agent_id = %(id)s order by team_id", {"id": agent_id})


def look_again_for(conn: Connection, *, agent_id: AgentId) -> None:
    """Let the wanting cases of somebody's teams be looked at at once: there is more room, or less."""
    look_again(conn, of_agent(conn, agent_id=agent_id), at=None)


def work_of(conn: Connection, team_ids: Sequence[TeamId]) -> dict[TeamId, Work]:
    """Return how many open and waiting cases each of the teams has, counted up to `MOST` a team."""
    rows = fetch_all(
        conn,
        Work,
        """
        select t.id as team_id, w.open, w.unassigned from unnest(%(ids)s::bigint[]) t (id) cross join lateral (
          select count(*) as open, count(*) filter (where assignee_id is null) as unassigned from (
            select assignee_id from cases where team_id = t.id and status in ('open', 'waiting', 'snoozed') limit %(most)s
          ) going_on
        ) w
        """,
        {"ids": list(team_ids), "most": MOST},
    )
    return {row.team_id: row for row in rows}
