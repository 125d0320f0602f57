"""Business time by the calendar of the desk: chosen later, it counts for what no calendar counted before, and for nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Conflict, NotFound
from amends.core.post import Post
from amends.inbox.actions import calendars, facts, jobs, number_settings
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import number_settings as stored
from amends.inbox.store.number_settings import NumberSettings
from tests.cast import NOON, a_post, an_answer_to
from tests.desk import Desk
from tests.fakes import FakeClassifier

MORNINGS = Calendar(zone="UTC", spans=tuple(Span(day=day, begins=0, ends=720) for day in range(7)))
EVENINGS = Calendar(zone="UTC", spans=tuple(Span(day=day, begins=1080, ends=1440) for day in range(7)))
DAY = timedelta(days=1)


def choose(desk: Desk, name: str, calendar: Calendar) -> int:
    """Choose a calendar for the numbers, and let the worker measure by it."""
    week = calendars.save(desk.conn, name=name, calendar=calendar, calendar_id=None, agent_id=desk.agent_id, now=desk.now)
    decide(desk, week)
    tools = Tools(classifier=FakeClassifier, clock=lambda: desk.now)
    while job := jobs.claim(desk.conn, now=desk.now):
        jobs.carry_on(desk.conn, job, tools)
    facts.freshen(desk.conn)
    return week


def decide(desk: Desk, calendar_id: int | None) -> None:
    chosen = NumberSettings(compare_agents=[], shows_answer_times=False, calendar_id=calendar_id)
    number_settings.decide(desk.conn, chosen, agent_id=desk.agent_id, now=desk.now)


def business(conn: Connection) -> list[tuple[object, ...]]:
    query = "select array[first_business, ending_business, first_answer, ending] from episode_facts order by episode_id"
    return [tuple(row) for row in fetch_values(conn, query)]


def a_day_and_more(desk: Desk, post: Post) -> None:
    """Let a complaint be answered after a day and resolved eighteen hours later, by when we had waited for the customer."""
    desk.hear(replace(post, published_at=desk.now))
    desk.now += DAY
    desk.answer()
    desk.now += 0.75 * DAY
    desk.resolve()
    facts.freshen(desk.conn)


BAG = a_post("My bag is lost!", external_id="bag")
WALL = (86_400, 151_200)


def test_a_calendar_chosen_later_counts_for_the_past(desk: Desk) -> None:
    a_day_and_more(desk, BAG)
    assert business(desk.conn) == [(None, None, *WALL)]
    choose(desk, "Mornings", MORNINGS)
    assert business(desk.conn) == [(43_200, 64_800, *WALL)]
    assert fetch_values(desk.conn, "select business_seconds from clocks where kind = 'resolution'") == [43_200]
    assert fetch_values(desk.conn, "select first_answer_business_seconds from episodes") == [43_200]


def test_another_calendar_counts_for_what_begins_after_it(desk: Desk) -> None:
    choose(desk, "Mornings", MORNINGS)
    a_day_and_more(desk, BAG)
    choose(desk, "Evenings", EVENINGS)
    desk.now += 0.25 * DAY
    a_day_and_more(desk, an_answer_to(BAG, "My bag is lost again!", published_at=desk.now))
    assert business(desk.conn) == [(43_200, 64_800, *WALL), (21_600, 43_200, *WALL)]


def test_a_clock_that_stopped_before_all_of_it_was_kept_is_measured_by_its_own_calendar(desk: Desk) -> None:
    choose(desk, "Mornings", MORNINGS)
    a_day_and_more(desk, BAG)
    execute(desk.conn, "update clocks set whole_business_seconds = null")
    choose(desk, "Evenings", EVENINGS)
    assert business(desk.conn) == [(43_200, 64_800, *WALL)]


def test_a_calendar_that_the_numbers_count_by_stays_and_one_that_is_gone_cannot_be_chosen(desk: Desk) -> None:
    week = choose(desk, "Mornings", MORNINGS)
    with pytest.raises(Conflict, match="numbers count by this calendar"):
        calendars.remove(desk.conn, calendar_id=week, agent_id=desk.agent_id, now=NOON)
    decide(desk, None)
    calendars.remove(desk.conn, calendar_id=week, agent_id=desk.agent_id, now=NOON)
    with pytest.raises(NotFound):
        decide(desk, week)
    assert stored.read(desk.conn).calendar_id is None
