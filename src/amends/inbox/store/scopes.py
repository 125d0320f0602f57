"""How far somebody sees, in SQL: what teams say of it, the condition on cases, and whether single rows are within it.

`Scope.holds` says the same of one case; a property test holds the two together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_maybe, fetch_values
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Scope

SCOPE_OF_AGENT: LiteralString = """
  case when g.role = any(%(see_every_team)s) then null
       else array(select m.team_id from team_members m join teams t on t.id = m.team_id and t.archived_at is null where m.agent_id = g.id)
  end as teams,
  case when g.role = any(%(see_every_team)s)
         or not exists (select from team_members m join teams t on t.id = m.team_id and t.archived_at is null where m.agent_id = g.id)
         or exists (select from team_members m join teams t on t.id = m.team_id and t.archived_at is null where m.agent_id = g.id
                    and not exists (select from team_sources s where s.team_id = m.team_id)) then null
       else array(select distinct s.source_id from team_members m join teams t on t.id = m.team_id and t.archived_at is null
                  join team_sources s on s.team_id = m.team_id where m.agent_id = g.id)
  end as sources
"""
"""The columns `teams` and `sources` of an agent `g`; `%(see_every_team)s` names the roles that see everything."""

IN_TEAMS: LiteralString = " and (c.team_id is null or c.team_id = any(%(scope_teams)s::bigint[]))"
IN_SOURCES: LiteralString = " and c.source_id = any(%(scope_sources)s::bigint[])"

_OF_ROW: Mapping[str, LiteralString] = {
    "case": "select c.team_id, c.source_id from cases c where c.id = %(id)s",
    "reply": "select c.team_id, c.source_id from replies r join cases c on c.id = r.case_id where r.id = %(id)s",
    "follow_up": "select c.team_id, c.source_id from follow_ups f join cases c on c.id = f.case_id where f.id = %(id)s",
    "picture": "select c.team_id, c.source_id from reply_attachments p join cases c on c.id = p.case_id where p.id = %(id)s",
    "post": "select c.team_id, p.source_id from posts p left join cases c on c.id = p.case_id where p.id = %(id)s",
    "customer": """
      select c.team_id, c.source_id from customers u left join cases c on c.customer_id = customer_root(u.id) where u.id = %(id)s
    """,
    "match": """
      select c.team_id, c.source_id
      from match_suggestions s left join cases c on c.customer_id = customer_root(s.one_id) where s.id = %(id)s
    """,
    "cluster": """
      select c.team_id, c.source_id
      from clusters k left join cluster_posts m on m.cluster_id = k.id left join posts p on p.id = m.post_id
      left join cases c on c.id = p.case_id where k.id = %(id)s
    """,
    "merge": """
      select c.team_id, c.source_id from merges m left join cases c on c.customer_id = customer_root(m.survivor_id) where m.id = %(id)s
    """,
    "incident": """
      select c.team_id, c.source_id from incidents i left join (
        select m.incident_id, c.team_id, c.source_id from incident_cases m join cases c on c.id = m.case_id where m.left_at is null
      ) c on c.incident_id = i.id where i.id = %(id)s
    """,
    "alert": """
      select c.team_id, c.source_id from alerts a join cases c on c.id = a.case_id where a.id = %(id)s
      union all
      select null, a.source_id from alerts a where a.id = %(id)s and a.case_id is null and a.source_id is not null
      union all
      select nullif(t.team_id, 0), s.source_id
      from alerts a left join unnest(a.team_ids) t(team_id) on true left join unnest(a.source_ids) s(source_id) on true
      where a.id = %(id)s and a.case_id is null and a.source_id is null
    """,
    "author": """
      select c.team_id, c.source_id
      from authors a left join customer_links l on l.author_id = a.id left join cases c on c.customer_id = l.customer_id
      where a.id = %(id)s
    """,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    teams: Sequence[int] | None
    sources: Sequence[int] | None


def of_agent(conn: Connection, agent_id: int) -> Scope:
    """Return which cases an agent sees; none where there is no such agent."""
    query: LiteralString = "select" + SCOPE_OF_AGENT + "from agents g where g.id = %(agent_id)s"
    found = fetch_maybe(conn, _Seen, query, {"agent_id": agent_id, "see_every_team": list(SEE_EVERY_TEAM)})
    if found is None:
        return Scope(teams=(), sources=())
    teams, sources = found.teams, found.sources
    return Scope(teams=None if teams is None else tuple(teams), sources=None if sources is None else tuple(sources))


def within(scope: Scope) -> LiteralString:
    """Return what narrows a condition on cases `c` to the scope; nothing where everything is seen. `params` go with it."""
    found: LiteralString = "" if scope.teams is None else IN_TEAMS
    return found if scope.sources is None else found + IN_SOURCES


SURGES_IN_TEAMS: LiteralString = " and (a.team_ids is null or a.team_ids && (%(scope_teams)s::bigint[] || 0::bigint))"
SURGES_IN_SOURCES: LiteralString = " and (a.source_ids is null or a.source_ids && %(scope_sources)s::bigint[])"


def surges_within(scope: Scope) -> LiteralString:
    """Return what narrows a condition on alerts `a` of surges to those that counted a case within the scope."""
    found: LiteralString = "" if scope.teams is None else SURGES_IN_TEAMS
    return found if scope.sources is None else found + SURGES_IN_SOURCES


def posts_within(scope: Scope) -> LiteralString:
    """Return what narrows a condition on `posts` to the scope: by the source, and by the case where a post has one."""
    found: LiteralString = "" if scope.sources is None else " and posts.source_id = any(%(scope_sources)s::bigint[])"
    if scope.teams is None:
        return found
    return found + " and (posts.case_id is null or exists (select from cases c where c.id = posts.case_id" + IN_TEAMS + "))"


def texts_within(scope: Scope) -> LiteralString:
    """Return what narrows a condition on texts to the scope: by their case `c`, or the source of their post `w` where they have none."""
    found: LiteralString = "" if scope.teams is None else IN_TEAMS
    if scope.sources is None:
        return found
    return found + " and coalesce(c.source_id, w.source_id) = any(%(scope_sources)s::bigint[])"


def params(scope: Scope) -> dict[str, Any]:
    """Return the parameters of `within`."""
    return {
        "scope_teams": None if scope.teams is None else list(scope.teams),
        "scope_sources": None if scope.sources is None else list(scope.sources),
    }


def cases_unseen(conn: Connection, scope: Scope, case_ids: Sequence[int]) -> list[int]:
    """Return those of these numbers that are no cases within the scope, in their order."""
    query = (
        "select id from unnest(%(ids)s::bigint[]) with ordinality given(id, place)"
        " where not exists (select from cases c where c.id = given.id" + within(scope) + ") order by place"
    )
    return fetch_values(conn, query, {"ids": list(case_ids)} | params(scope))


def reaches(conn: Connection, scope: Scope, noun: str, row_id: int) -> bool:
    """Tell whether a row (`noun` is a key of `_OF_ROW`) exists and is within the scope.

    A post of no case is seen by its source alone; a customer and their handles where one of their cases is, or where they have none.
    """
    query = (
        "select exists(select from ("
        + _OF_ROW[noun]
        + """
        ) c where (%(scope_teams)s::bigint[] is null or c.team_id is null or c.team_id = any(%(scope_teams)s::bigint[]))
              and (%(scope_sources)s::bigint[] is null or c.source_id is null or c.source_id = any(%(scope_sources)s::bigint[])))
        """
    )
    return bool(fetch_values(conn, query, {"id": row_id} | params(scope))[0])
