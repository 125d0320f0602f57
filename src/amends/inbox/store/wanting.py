"""SQL of cases that want somebody: marked by triage, claimed and given out by the worker, however many workers there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.assigning import Wanting
from amends.inbox.rules.ids import AgentId, CaseId, SourceId, TeamId, TopicId

_GIVING = 20_220_001
"""The number of the lock under which cases are given out, so that turns and loads are counted by one worker at a time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Claimed:
    id: CaseId
    source_id: SourceId
    team_id: TeamId
    language: str
    topics: Sequence[TopicId]
    owner: AgentId | None
    knows: AgentId | None
    assignee_id: AgentId | None

    @property
    def wanting(self) -> Wanting:
        """The row as a rule takes it."""
        return Wanting(
            id=self.id,
            source_id=self.source_id,
            team_id=self.team_id,
            language=self.language,
            topics=frozenset(self.topics),
            owner=self.owner,
            knows=self.knows,
            assignee_id=self.assignee_id,
        )


def one_at_a_time(conn: Connection) -> None:
    """Wait until no other worker gives out cases; the lock ends with the transaction."""
    execute(conn, "select pg_advisory_xact_lock(%(lock)s)", {"lock": _GIVING})


def set_teams(conn: Connection, teams: Mapping[CaseId, TeamId | None]) -> None:
    """Give new cases their team and let them want somebody where the team gives out; a reopened one keeps the team it has."""
    execute(
        conn,
        """
        with placed as (
          select c.id, coalesce(kept.id, r.team_id) as team_id
          from unnest(%(cases)s::bigint[], %(teams)s::bigint[]) r(case_id, team_id) join cases c on c.id = r.case_id
          left join teams kept on kept.id = c.team_id and kept.archived_at is null
        )
        update cases c set team_id = t.id, wanted = t.gives <> 'nobody' from placed p join teams t on t.id = p.team_id where c.id = p.id
        """,
        {"cases": list(teams), "teams": list(teams.values())},
    )


_CASE: LiteralString = """
select c.id, c.source_id, c.team_id, c.language, c.assignee_id,
  array(select distinct l.topic_id from posts p join post_topics l on l.post_id = p.id and l.fits
        where p.case_id = c.id and p.case_number is not null) as topics,
  (select owner_id from customers u where u.id = c.customer_id) as owner,
  (select before.assignee_id from cases before
   where before.customer_id = c.customer_id and before.id <> c.id and before.assignee_id is not null
   order by before.opened_at desc, before.id desc limit 1) as knows
from cases c
"""


def claim(conn: Connection, *, team_id: TeamId, limit: int) -> list[Wanting]:
    """Return at most `limit` cases of a team that want somebody, the most urgent first, locked until the transaction ends."""
    found = fetch_all(
        conn,
        _Claimed,
        _CASE
        + """
        where c.wanted and c.team_id = %(team)s and c.status = 'open'
        order by c.urgency desc, c.id limit %(limit)s for no key update of c skip locked
        """,
        {"team": team_id, "limit": limit},
    )
    return [one.wanting for one in found]


def free(conn: Connection, *, case_id: CaseId) -> Wanting | None:
    """Return an open case of nobody that is some team's, locked until the transaction ends; None where it is no such case."""
    query: LiteralString = _CASE + "where c.id = %(id)s and c.team_id is not null and c.assignee_id is null and c.status = 'open'"
    found = fetch_maybe(conn, _Claimed, query + " for no key update of c", {"id": case_id})
    return found.wanting if found else None


def give(conn: Connection, given: Mapping[CaseId, AgentId]) -> None:
    """Make the agents responsible for claimed cases, which want nobody any more."""
    execute(
        conn,
        """
        update cases c set assignee_id = r.agent_id, wanted = false
        from unnest(%(cases)s::bigint[], %(agents)s::bigint[]) r(case_id, agent_id) where c.id = r.case_id
        """,
        {"cases": list(given), "agents": list(given.values())},
    )


def set_turns(conn: Connection, *, team_id: TeamId, turns: Mapping[AgentId, int]) -> None:
    """Store who of a team was given a case at which turn."""
    execute(
        conn,
        """
        update team_members m set turn = r.turn from unnest(%(agents)s::bigint[], %(turns)s::bigint[]) r(agent_id, turn)
        where m.team_id = %(team)s and m.agent_id = r.agent_id
        """,
        {"team": team_id, "agents": list(turns), "turns": list(turns.values())},
    )
