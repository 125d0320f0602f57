"""Cases find people by themselves: who is there, who can, whose turn it is; and nothing is taken from anybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.core.database import Pool, connect, fetch_values
from amends.core.errors import Conflict, NotAllowed, Refused
from amends.core.post import Author
from amends.inbox.actions.assign import Expected, assign, assign_team
from amends.inbox.actions.being_away import come_back, go_away, hand_over_all, undo_hand_over
from amends.inbox.actions.give_out import give_out
from amends.inbox.actions.teams import By, Draft, Skills, change_team, make_team, remove_team, restore_team, set_skills
from amends.inbox.actions.undo import undo
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.working_hours import Hours, Span
from amends.inbox.store import staff, teams, undone
from tests.cast import NOON, a_post, a_source, ada, an_answer_to, bo, mia
from tests.crew import a_lead, a_team
from tests.desk import HOUR, MINUTE, Desk

MANAGER = "manager"
MORNING = Hours(spans=tuple(Span(day=day, begins=8 * 60, ends=11 * 60) for day in range(7)))


def complain(desk: Desk, name: str = "eve", text: str = "My bag is lost!") -> CaseId:
    """Let somebody new complain, and return the case."""
    author = Author(external_id=name, handle=name)
    desk.hear(a_post(text, author=author, published_at=desk.now))
    return desk.cases()[-1].id


def whom(desk: Desk, case_id: CaseId) -> AgentId | None:
    return next(case.assignee_id for case in desk.cases() if case.id == case_id)


def everything(desk: Desk) -> int:
    return give_out(desk.conn, now=desk.now)


def facts(desk: Desk) -> dict[str, object]:
    return fetch_values(desk.conn, "select facts from events where kind = 'case_assigned' order by id desc limit 1")[0]


def test_without_teams_nothing_is_given_to_anybody(desk: Desk) -> None:
    case_id = complain(desk)
    assert everything(desk) == 0
    assert whom(desk, case_id) is None


def test_a_new_case_goes_to_who_has_least_and_the_event_says_why(desk: Desk) -> None:
    team_id = a_team(desk.conn, members=[desk.agent_id, bo(desk.conn)])
    first, second = complain(desk, "one"), complain(desk, "two")
    assert undone.undone(desk.conn, now=desk.now).wanting
    assert everything(desk) == 2
    assert {whom(desk, first), whom(desk, second)} == {desk.agent_id, bo(desk.conn)}
    assert facts(desk)["chosen"] == ["least"]
    assert facts(desk)["team_id"] == team_id
    assert everything(desk) == 0
    assert not undone.undone(desk.conn, now=desk.now).wanting


def test_the_team_that_works_on_the_source_gets_the_case_even_where_it_gives_out_nothing(desk: Desk) -> None:
    team_id = a_team(desk.conn, members=[desk.agent_id], gives=Gives.NOBODY, sources=[desk.source_id])
    case_id = complain(desk)
    assert everything(desk) == 0
    assert fetch_values(desk.conn, "select team_id from cases where id = %(id)s", {"id": case_id}) == [team_id]


def test_a_customer_comes_back_to_the_agent_they_know(desk: Desk) -> None:
    a_team(desk.conn, members=[desk.agent_id, bo(desk.conn)])
    first = complain(desk, "cy")
    assign(desk.conn, case_id=first, assignee_id=bo(desk.conn), agent_id=mia(desk.conn), now=desk.now)
    second = complain(desk, "cy", "And my second bag is lost!")
    everything(desk)
    assert whom(desk, second) == bo(desk.conn)
    assert facts(desk)["chosen"] == ["knows"]


def test_nobody_at_work_leaves_the_case_in_the_team_until_the_hours_begin(desk: Desk) -> None:
    a_team(desk.conn, members=[desk.agent_id], hours=MORNING)
    case_id = complain(desk)
    assert everything(desk) == 0
    assert not undone.undone(desk.conn, now=desk.now).wanting
    desk.now += 20 * HOUR
    assert undone.undone(desk.conn, now=desk.now).wanting
    assert everything(desk) == 1
    assert whom(desk, case_id) == desk.agent_id


def test_a_full_team_is_given_more_when_there_is_room(desk: Desk) -> None:
    a_team(desk.conn, members=[desk.agent_id])
    by = By(agent_id=mia(desk.conn), role=MANAGER)
    set_skills(desk.conn, agent_id=desk.agent_id, skills=Skills(languages=["ta"], topics=[], capacity=1), by=by, now=desk.now)
    for name in ("one", "two"):
        complain(desk, name)
    assert [everything(desk), everything(desk)] == [1, 0]
    desk.now += MINUTE
    assert everything(desk) == 0
    set_skills(desk.conn, agent_id=desk.agent_id, skills=Skills(languages=["TA-lk "], topics=[], capacity=2), by=by, now=desk.now)
    assert everything(desk) == 1
    found = staff.find(desk.conn, agent_id=desk.agent_id)
    assert found is not None
    assert (found.load, found.languages) == (2, ["ta"])


def test_what_a_person_holds_is_never_taken_from_them(desk: Desk) -> None:
    a_team(desk.conn, members=[desk.agent_id, bo(desk.conn)])
    case_id = complain(desk)
    assign(desk.conn, case_id=case_id, assignee_id=mia(desk.conn), agent_id=mia(desk.conn), now=desk.now)
    assert everything(desk) == 0
    assert whom(desk, case_id) == mia(desk.conn)


def test_a_reopened_case_stays_with_its_agent_while_she_is_at_work_and_goes_on_while_she_is_not(desk: Desk) -> None:
    a_team(desk.conn, members=[desk.agent_id, bo(desk.conn)])
    by = By(agent_id=desk.agent_id, role="agent")
    post = a_post()
    desk.hear(post)
    assign(desk.conn, case_id=desk.case().id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    for expected in (desk.agent_id, bo(desk.conn)):
        desk.resolve()
        desk.now += 2 * HOUR
        desk.hear(an_answer_to(post, f"Still lost {desk.now:%H}, terrible!", published_at=desk.now))
        assert desk.case().status == "open"
        everything(desk)
        assert desk.case().assignee_id == expected
        go_away(desk.conn, agent_id=desk.agent_id, until=None, by=by, now=desk.now)


def test_away_and_back_count_at_once(desk: Desk) -> None:
    a_team(desk.conn, members=[desk.agent_id])
    me = By(agent_id=desk.agent_id, role="agent")
    go_away(desk.conn, agent_id=desk.agent_id, until=desk.now + HOUR, by=me, now=desk.now)
    case_id = complain(desk)
    assert everything(desk) == 0
    come_back(desk.conn, agent_id=desk.agent_id, by=me, now=desk.now)
    assert everything(desk) == 1
    assert whom(desk, case_id) == desk.agent_id
    with pytest.raises(Refused):
        go_away(desk.conn, agent_id=desk.agent_id, until=desk.now, by=me, now=desk.now)


def test_everything_somebody_has_is_handed_over_in_one_step_and_taken_back(desk: Desk) -> None:
    a_team(desk.conn, members=[desk.agent_id, bo(desk.conn)])
    cases = [complain(desk, f"c{n}") for n in range(4)]
    for case_id in cases[:3]:
        assign(desk.conn, case_id=case_id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    me = By(agent_id=desk.agent_id, role="agent")
    go_away(desk.conn, agent_id=desk.agent_id, until=None, by=me, now=desk.now)
    number, count = hand_over_all(desk.conn, agent_id=desk.agent_id, by=me, now=desk.now)
    assert count == 3
    everything(desk)
    assert {whom(desk, case_id) for case_id in cases} == {bo(desk.conn)}
    assign(desk.conn, case_id=cases[0], assignee_id=mia(desk.conn), agent_id=mia(desk.conn), now=desk.now)
    assert undo_hand_over(desk.conn, hand_over_id=number, by=me, now=desk.now) == 2
    assert [whom(desk, case_id) for case_id in cases[:3]] == [mia(desk.conn), desk.agent_id, desk.agent_id]
    with pytest.raises(Conflict):
        undo_hand_over(desk.conn, hand_over_id=number, by=me, now=desk.now)


def test_two_tabs_do_not_overwrite_each_other_and_who_was_faster_is_named(desk: Desk) -> None:
    case_id = complain(desk)
    nobody = Expected(assignee_id=None)
    assign(desk.conn, case_id=case_id, assignee_id=bo(desk.conn), agent_id=bo(desk.conn), now=desk.now, expected=nobody)
    with pytest.raises(Conflict, match=r"Bo took it 2 s ago\."):
        assign(
            desk.conn,
            case_id=case_id,
            assignee_id=desk.agent_id,
            agent_id=desk.agent_id,
            now=desk.now + timedelta(seconds=2),
            expected=nobody,
        )
    assert whom(desk, case_id) == bo(desk.conn)
    assign(desk.conn, case_id=case_id, assignee_id=bo(desk.conn), agent_id=desk.agent_id, now=desk.now, expected=nobody)
    with pytest.raises(Conflict, match="Bo took it 10 min ago"):
        assign_team(
            desk.conn,
            case_id=case_id,
            team_id=a_team(desk.conn, members=[]),
            agent_id=desk.agent_id,
            now=desk.now + 10 * MINUTE,
            expected=nobody,
        )


def _last(desk: Desk) -> int:
    return fetch_values(desk.conn, "select max(id) from events")[0]


def test_a_case_given_to_a_team_is_given_out_there_and_that_can_be_undone(desk: Desk) -> None:
    case_id = complain(desk)
    assign(desk.conn, case_id=case_id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    team_id = a_team(desk.conn, members=[bo(desk.conn)])
    assign_team(desk.conn, case_id=case_id, team_id=team_id, agent_id=desk.agent_id, now=desk.now)
    undo(desk.conn, case_id=case_id, event_id=_last(desk), agent_id=desk.agent_id, now=desk.now)
    assert whom(desk, case_id) == desk.agent_id
    assign_team(desk.conn, case_id=case_id, team_id=team_id, agent_id=desk.agent_id, now=desk.now)
    given = _last(desk)
    assert everything(desk) == 1
    assert whom(desk, case_id) == bo(desk.conn)
    with pytest.raises(Conflict):
        undo(desk.conn, case_id=case_id, event_id=given, agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Refused, match="is not in the team"):
        assign(desk.conn, case_id=case_id, assignee_id=desk.agent_id, agent_id=mia(desk.conn), now=desk.now)


def test_a_lead_changes_her_own_teams_and_no_other(desk: Desk) -> None:
    lead = By(agent_id=a_lead(desk.conn), role="lead")
    own = make_team(desk.conn, name="Night", by=lead, now=desk.now)
    other = a_team(desk.conn, "Care", members=[desk.agent_id])
    draft = Draft(name="Night shift", gives=Gives.ROUND_ROBIN, hours=Hours(), members=[lead.agent_id, bo(desk.conn)], sources=[])
    change_team(desk.conn, team_id=own, draft=draft, by=lead, now=desk.now)
    with pytest.raises(NotAllowed):
        change_team(desk.conn, team_id=other, draft=draft, by=lead, now=desk.now)
    with pytest.raises(NotAllowed):
        go_away(desk.conn, agent_id=desk.agent_id, until=None, by=lead, now=desk.now)
    go_away(desk.conn, agent_id=bo(desk.conn), until=None, by=lead, now=desk.now)
    with pytest.raises(Conflict):
        make_team(desk.conn, name=" night  SHIFT", by=lead, now=desk.now)


def test_a_team_with_open_cases_is_not_removed_and_a_removed_one_comes_back(desk: Desk) -> None:
    team_id = a_team(desk.conn, members=[desk.agent_id])
    by = By(agent_id=mia(desk.conn), role=MANAGER)
    case_id = complain(desk)
    with pytest.raises(Refused, match="1 case of"):
        remove_team(desk.conn, team_id=team_id, by=by, now=desk.now)
    desk.resolve()
    remove_team(desk.conn, team_id=team_id, by=by, now=desk.now)
    assert teams.every(desk.conn) == []
    restore_team(desk.conn, team_id=team_id, by=by, now=desk.now)
    assert [team.name for team in teams.every(desk.conn)] == ["Care"]
    assert case_id


def test_workers_at_the_same_moment_give_each_case_once_and_everybody_equally_many(database: str, pool: Pool) -> None:
    with pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        crew = [desk.agent_id, bo(conn), a_lead(conn, "Lea"), a_lead(conn, "Lin")]
        a_team(conn, members=crew, gives=Gives.ROUND_ROBIN)
        posts = [a_post("Lost!", author=Author(external_id=f"w{n}", handle=f"w{n}")) for n in range(50)]
        desk.hear(*posts)

    def work(_: int) -> int:
        with connect(database) as conn:
            return sum(_step(conn) for _ in range(8))

    def _step(conn: object) -> int:
        done = give_out(conn, now=NOON, limit=3)  # pyright: ignore[reportArgumentType]
        conn.commit()  # pyright: ignore[reportAttributeAccessIssue]
        return done

    with ThreadPoolExecutor(4) as workers:
        given = sum(workers.map(work, range(4)))
    with pool.transaction() as conn:
        told = fetch_values(conn, "select count(*) from events where kind = 'case_assigned'")[0]
        loads = fetch_values(conn, "select count(*) from cases where assignee_id is not null group by assignee_id")
    assert given == told == 50
    assert sorted(loads) == [12, 12, 13, 13]
