"""Until when we should have answered: kept by the database whoever writes, and dated anew when the company promises something else."""

from datetime import datetime, timedelta

import pytest

from amends.api.words import left
from amends.core.database import execute, fetch_values
from amends.core.errors import Refused
from amends.inbox.actions import jobs
from amends.inbox.actions.deadlines import set_targets
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.rules.deadlines import SHIPPED, Target, checked
from amends.inbox.rules.ids import BrandId
from amends.inbox.store import deadlines
from tests.cast import NOON, a_post
from tests.desk import HOUR, MINUTE, Desk
from tests.fakes import FakeClassifier


def due(desk: Desk) -> list[datetime | None]:
    return fetch_values(desk.conn, "select due_at from cases order by id")


def finish_jobs(desk: Desk) -> None:
    """Carry every job on to its end."""
    tools = Tools(classifier=FakeClassifier, clock=lambda: desk.now)
    while job := jobs.claim(desk.conn, now=desk.now):
        jobs.carry_on(desk.conn, job, tools)


def test_an_answer_is_due_by_urgency_while_a_customer_waits_and_never_else(desk: Desk) -> None:
    desk.hear(a_post("lost"))
    case = desk.cases()[0]
    assert case.waiting_since is not None
    for urgency, hours in ((95, 1), (70, 1), (69, 4), (40, 4), (39, 24), (0, 24)):
        execute(desk.conn, "update cases set urgency = %(urgency)s", {"urgency": urgency})
        assert due(desk) == [case.waiting_since + hours * HOUR]
    execute(desk.conn, "update cases set waiting_points = 50")
    assert due(desk) == [case.waiting_since + 24 * HOUR]
    desk.answer("We look into it.")
    assert due(desk) == [None]


@pytest.mark.parametrize("status", ["waiting", "snoozed", "resolved", "dismissed"])
def test_what_does_not_wait_for_us_has_no_deadline_and_gets_one_when_it_does_again(desk: Desk, status: str) -> None:
    desk.hear(a_post("lost"))
    before = due(desk)
    execute(desk.conn, "update cases set status = %(status)s", {"status": status})
    assert due(desk) == [None]
    execute(desk.conn, "update cases set status = 'open'")
    assert due(desk) == before != [None]


def test_other_targets_date_open_cases_anew_in_the_background_and_only_once(desk: Desk) -> None:
    desk.hear(a_post("lost"), a_post("broken"))
    waits = fetch_values(desk.conn, "select waiting_since from cases order by id")
    targets = [Target(least_urgency=0, minutes=30)]
    late = deadlines.late(desk.conn, None, targets, now=waits[0] + 31 * MINUTE)
    assert (late.waiting, late.now, late.then) == (2, 0, 2)
    set_targets(desk.conn, None, targets, agent_id=desk.agent_id, now=NOON)
    finish_jobs(desk)
    assert due(desk) == [since + 30 * MINUTE for since in waits]
    set_targets(desk.conn, None, targets, agent_id=desk.agent_id, now=NOON)
    assert jobs.claim(desk.conn, now=desk.now) is None


def test_a_brand_may_promise_something_of_its_own_and_follow_the_others_again(desk: Desk) -> None:
    desk.hear(a_post("lost"))
    since = fetch_values(desk.conn, "select waiting_since from cases")[0]
    brand = BrandId(fetch_values(desk.conn, "select brand_id from cases")[0])
    set_targets(desk.conn, brand, [Target(least_urgency=0, minutes=5)], agent_id=desk.agent_id, now=NOON)
    finish_jobs(desk)
    assert due(desk) == [since + 5 * MINUTE]
    assert deadlines.late(desk.conn, None, SHIPPED, now=NOON).waiting == 0
    set_targets(desk.conn, brand, [], agent_id=desk.agent_id, now=NOON)
    finish_jobs(desk)
    assert due(desk) != [since + 5 * MINUTE]
    assert deadlines.of_brand(desk.conn, None) == list(SHIPPED)


@pytest.mark.parametrize(
    "steps",
    [[], [(10, 60)], [(0, 60), (0, 30)], [(70, 600), (0, 60)], [(0, 0)], [(0, 43_201)], [(101, 5), (0, 60)], [(n, 60) for n in range(7)]],
)
def test_targets_that_are_no_promise_for_every_case_are_refused(steps: list[tuple[int, int]]) -> None:
    with pytest.raises(Refused):
        checked([Target(least_urgency=least, minutes=minutes) for least, minutes in steps])


def test_a_deadline_is_told_in_words() -> None:
    assert left(NOON + timedelta(hours=2), NOON) == "2 h left"
    assert left(NOON - 20 * MINUTE, NOON) == "late by 20 min"
