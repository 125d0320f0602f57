"""How far somebody sees is the same in SQL and in the rule, whatever teams, sources and cases there are; counters keep to it too."""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.actions.sign_in import begin_session, visitor_of_session
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING, SEE_EVERY_TEAM, Scope
from amends.inbox.rules.views import Sort
from amends.inbox.rules.words import Role
from amends.inbox.store import counts, inbox_list, scopes
from tests.cast import NOON, a_source, colleague
from tests.door import LONG
from tests.often import few

SOURCES, TEAMS = 3, 3
Numbers = st.sets(st.integers(0, 2), max_size=3)
CASES = st.lists(st.tuples(st.none() | st.integers(0, TEAMS - 1), st.integers(0, SOURCES - 1)), min_size=1, max_size=8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A case and where it lies."""

    id: int
    team_id: int | None
    source_id: int


def world(conn: Connection, works_on: list[set[int]], cases: list[tuple[int | None, int]]) -> tuple[list[int], list[int], list[Placed]]:
    """Make teams that work on sources, and cases; return the ids of teams and sources, and the cases."""
    sources = [int(a_source(conn, handle=f"us{number}")) for number in range(SOURCES)]
    teams = [made(conn, "insert into teams (name, created_at) values (%(name)s, now()) returning id", name=f"T{n}") for n in range(TEAMS)]
    for team_id, chosen in zip(teams, works_on, strict=True):
        for number in chosen:
            execute(conn, "insert into team_sources values (%(team)s, %(source)s)", {"team": team_id, "source": sources[number]})
    author = made(conn, "insert into authors (network, external_id, handle) values ('x', 'cy', 'cy') returning id")
    customer = made(conn, "insert into customers (name, created_at) values ('Cy', now()) returning id")
    for place, (team, source) in enumerate(cases):
        execute(
            conn,
            """
            insert into cases (brand_id, source_id, team_id, network, author_id, customer_id, root_external_id, status, preview, language,
                               sentiment, urgency, opened_at, last_post_at, customer_posts)
            select brand_id, id, %(team)s, network, %(author)s, %(customer)s, %(root)s, 'open', '', 'en', 'negative', 1, now(), now(), 1
            from sources where id = %(source)s
            """,
            {
                "team": None if team is None else teams[team],
                "source": sources[source],
                "author": author,
                "customer": customer,
                "root": str(place),
            },
        )
    return teams, sources, fetch_all(conn, Placed, "select id, team_id, source_id from cases order by id")


def made(conn: Connection, query: Any, **params: Any) -> int:
    return fetch_values(conn, query, params)[0]


def expected(role: Role, mine: set[int], works_on: list[set[int]], teams: list[int], sources: list[int]) -> Scope:
    """Return the scope as the documentation says it."""
    if role in SEE_EVERY_TEAM:
        return EVERYTHING
    everywhere = not mine or any(not works_on[team] for team in mine)
    seen = None if everywhere else tuple(sources[number] for team in mine for number in works_on[team])
    return Scope(teams=tuple(teams[team] for team in mine), sources=seen)


@settings(max_examples=few(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=st.sampled_from(Role), mine=Numbers, works_on=st.lists(Numbers, min_size=TEAMS, max_size=TEAMS), cases=CASES)
def test_sql_and_rule_see_the_same(
    conn: Connection, role: Role, mine: set[int], works_on: list[set[int]], cases: list[tuple[int | None, int]]
) -> None:
    execute(conn, "savepoint example")
    teams, sources, placed = world(conn, works_on, cases)
    agent_id = AgentId(colleague(conn, "eve@amends.example", "Eve", role))
    for team in mine:
        execute(conn, "insert into team_members values (%(team)s, %(agent)s)", {"team": teams[team], "agent": agent_id})
    token = begin_session(conn, agent_id=agent_id, length=LONG, now=NOON).token
    visitor = visitor_of_session(conn, token=token, length=LONG, now=NOON)
    assert visitor is not None
    scope, said = visitor.scope, expected(role, mine, works_on, teams, sources)

    seen = {one.id for one in placed if said.holds(team_id=one.team_id, source_id=one.source_id)}
    assert seen == {one.id for one in placed if scope.holds(team_id=one.team_id, source_id=one.source_id)}
    assert seen == {one.id for one in placed if scopes.reaches(conn, scope, "case", one.id)}
    absent = placed[-1].id + 1
    assert [one.id for one in placed if one.id not in seen] + [absent] == scopes.cases_unseen(
        conn, scope, [*(one.id for one in placed), absent]
    )
    listed = inbox_list.page(conn, parse(""), Sort.NEWEST, Asker(agent_id=agent_id, now=NOON, scope=scope))
    assert seen == {row.id for row in listed}
    assert counts.read(conn, scope).get("status:open", 0) == len(seen)
    counts.fold(conn)
    assert counts.summed(counts.by_place(conn), scope).get("status:open", 0) == len(seen)
    assert counts.read(conn, scope).get("unassigned", 0) == len(seen)
    execute(conn, "rollback to savepoint example")
