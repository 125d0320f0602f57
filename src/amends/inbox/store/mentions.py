"""SQL of mentions: who can be mentioned on a case, and who was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, NoteId, TeamId
from amends.inbox.rules.mentions import Known, Mention
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Scope
from amends.inbox.store import places, scopes
from amends.inbox.store.query_pieces import MY_TEAMS
from amends.inbox.store.scopes import SCOPE_OF_AGENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody who works here, the teams in force they are in, and how far they see."""

    id: AgentId
    name: str
    email: str
    role: str
    member_of: Sequence[TeamId]
    teams: Sequence[int] | None
    sources: Sequence[int] | None

    @property
    def scope(self) -> Scope:
        """How far they see."""
        return Scope(teams=None if self.teams is None else tuple(self.teams), sources=None if self.sources is None else tuple(self.sources))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Team:
    id: TeamId
    name: str


def colleagues(conn: Connection) -> list[Colleague]:
    """Return everybody who works here, by name."""
    query: LiteralString = (
        """
        select g.id, g.name, g.email, g.role,
          array(select m.team_id from team_members m join teams t on t.id = m.team_id and t.archived_at is null where m.agent_id = g.id)
            as member_of,
        """
        + SCOPE_OF_AGENT
        + " from agents g where g.active order by lower(g.name), g.id"
    )
    return fetch_all(conn, Colleague, query, {"see_every_team": list(SEE_EVERY_TEAM)})


def who_sees(conn: Connection, *, case_id: CaseId, crew: Sequence[Colleague]) -> set[AgentId]:
    """Return who of these sees a case."""
    found = places.of_cases(conn, [case_id])
    return {one.id for place in found for one in crew if one.scope.holds(team_id=place.team_id, source_id=place.source_id)}


def known(conn: Connection, *, case_id: CaseId) -> list[Known]:
    """Return everybody and every team that a note on the case can name; a team sees it where one of its people does."""
    crew = colleagues(conn)
    seeing = who_sees(conn, case_id=case_id, crew=crew)
    teams = fetch_all(conn, _Team, "select id, name from teams where archived_at is null order by lower(name), id")
    sees = {team_id for one in crew if one.id in seeing for team_id in one.member_of}
    people = [Known(name=one.name, email=one.email, agent_id=one.id, sees=one.id in seeing) for one in crew]
    return people + [Known(name=team.name, team_id=team.id, sees=team.id in sees) for team in teams]


def insert(conn: Connection, *, note_id: NoteId, case_id: CaseId, mentions: Sequence[Mention]) -> None:
    """Store whom a note mentions."""
    execute(
        conn,
        """
        insert into note_mentions (note_id, case_id, agent_id, team_id, said)
        select %(note)s, %(case)s, m.agent_id, m.team_id, m.said
        from unnest(%(agents)s::bigint[], %(teams)s::bigint[], %(said)s::text[]) m(agent_id, team_id, said)
        """,
        {
            "note": note_id,
            "case": case_id,
            "agents": [one.whom.agent_id for one in mentions],
            "teams": [one.whom.team_id for one in mentions],
            "said": [one.said for one in mentions],
        },
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mentioned:
    """Somebody, or a team, that a note mentions."""

    agent_id: AgentId | None
    team_id: TeamId | None


def of_notes(conn: Connection, note_ids: Sequence[int]) -> list[Mentioned]:
    """Return whom these notes mention; none of them is taken back before the transaction ends."""
    query: LiteralString = "select m.agent_id, m.team_id from note_mentions m where m.note_id = any(%(ids)s) order by m.id for share"
    return fetch_all(conn, Mentioned, query, {"ids": list(note_ids)})


def count(conn: Connection, *, agent_id: int, scope: Scope, most: int) -> int:
    """Return how many cases that go on mention somebody or a team of theirs, counted up to `most`."""
    query: LiteralString = (
        """
        select count(*) from (
          select distinct c.id from note_mentions m join cases c on c.id = m.case_id
          where (m.agent_id = %(me)s or m.team_id = any("""
        + MY_TEAMS
        + ")) and c.status in ('open', 'waiting', 'snoozed')"
        + scopes.within(scope)
        + " limit %(most)s) s"
    )
    return int(fetch_values(conn, query, {"me": agent_id, "most": most} | scopes.params(scope))[0])
