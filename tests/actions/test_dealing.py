"""A rule gives cases of nobody to whom its method finds in a team, and takes nothing from anybody."""

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Refused
from amends.core.post import Author
from amends.inbox.actions.assign import assign
from amends.inbox.actions.deeds import At, deed_of, do
from amends.inbox.actions.teams import By, Skills, set_skills
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.ids import AgentId, CaseId, TeamId
from tests.cast import a_post, bo
from tests.crew import a_team
from tests.desk import Desk


def complain(desk: Desk, name: str, text: str = "My bag is lost!") -> CaseId:
    desk.hear(a_post(text, author=Author(external_id=name, handle=name), published_at=desk.now))
    return desk.cases()[-1].id


def deal(desk: Desk, case_id: CaseId, team_id: TeamId, by: str) -> AgentId | None:
    facts = deed_of("deal").check(desk.conn, {"team": str(team_id), "by": by}, desk.now)
    do(At(conn=desk.conn, case_id=case_id, agent_id=desk.agent_id, policy=desk.policy, now=desk.now), "deal", facts)
    return next(case.assignee_id for case in desk.cases() if case.id == case_id)


def chosen(desk: Desk) -> object:
    return fetch_values(desk.conn, "select facts -> 'chosen' from events where kind = 'case_assigned' order by id desc limit 1")[0]


@pytest.fixture
def crew(desk: Desk) -> TeamId:
    """Ada and Bo in a team that gives nothing out by itself."""
    return a_team(desk.conn, members=[desk.agent_id, bo(desk.conn)], gives=Gives.NOBODY)


def test_by_turns_one_gets_a_case_after_the_other(desk: Desk, crew: TeamId) -> None:
    got = [deal(desk, complain(desk, f"c{n}"), crew, "turn") for n in range(4)]
    assert got[:2] == got[2:]
    assert set(got) == {desk.agent_id, bo(desk.conn)}
    assert chosen(desk) == ["turn"]


def test_by_load_and_skill_who_can_and_has_least_gets_it(desk: Desk, crew: TeamId) -> None:
    for n in range(2):
        assign(desk.conn, case_id=complain(desk, f"b{n}"), assignee_id=bo(desk.conn), agent_id=bo(desk.conn), now=desk.now)
    assert deal(desk, complain(desk, "one"), crew, "skill") == desk.agent_id
    assert chosen(desk) == ["least"]
    tamil = complain(desk, "two")
    execute(desk.conn, "update cases set language = 'ta' where id = %(id)s", {"id": tamil})
    skills = Skills(languages=["ta"], topics=(), capacity=20)
    set_skills(desk.conn, agent_id=bo(desk.conn), skills=skills, by=By(agent_id=bo(desk.conn), role="manager"), now=desk.now)
    assert deal(desk, tamil, crew, "skill") == bo(desk.conn)
    assert chosen(desk) == ["speaks", "only_one"]


def test_who_knows_the_customer_gets_it_and_else_it_waits_in_the_team(desk: Desk, crew: TeamId) -> None:
    first = complain(desk, "eve")
    assert deal(desk, first, crew, "knows") is None
    assert fetch_values(desk.conn, "select team_id from cases") == [crew]
    assign(desk.conn, case_id=first, assignee_id=bo(desk.conn), agent_id=bo(desk.conn), now=desk.now)
    assert deal(desk, complain(desk, "eve", "And where is my refund?"), crew, "knows") == bo(desk.conn)
    assert chosen(desk) == ["knows"]


def test_nothing_is_taken_from_anybody(desk: Desk, crew: TeamId) -> None:
    case_id = complain(desk, "eve")
    assign(desk.conn, case_id=case_id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    assert deal(desk, case_id, crew, "turn") == desk.agent_id


@pytest.mark.parametrize(
    ("asked", "says"),
    [({"by": "luck", "team": "1"}, "Choose how"), ({"by": "turn"}, "Choose the team"), ({"by": "turn", "team": "99"}, "no such team")],
)
def test_a_step_that_names_no_team_or_method_is_refused(desk: Desk, asked: dict[str, object], says: str) -> None:
    with pytest.raises(Refused, match=says):
        deed_of("deal").check(desk.conn, asked, desk.now)


def test_a_step_says_what_it_does(desk: Desk, crew: TeamId) -> None:
    facts = deed_of("deal").check(desk.conn, {"team": str(crew), "by": "skill"}, desk.now)
    assert deed_of("deal").said(facts) == "assign in the team Care to who has least and can do it"
