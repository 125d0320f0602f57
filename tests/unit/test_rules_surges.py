"""What is a surge: against a number, and against the habit of this hour of the week, also where there are few."""

from datetime import UTC, datetime, timedelta
from math import comb, isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules import cluster_growth
from amends.inbox.rules.surges import Kind, Rule, Seen, checked, escalations, habit_of, judged, surprise, windows
from amends.inbox.rules.surges import _tail as tail  # pyright: ignore[reportPrivateUsage]

HABIT = Rule(kind=Kind.HABIT, minutes=60, least=5, one_in=10_000)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_three_where_there_usually_is_one_is_no_surge() -> None:
    assert not judged(HABIT, Seen(n=3, habit=[1, 0, 2, 1, 1, 0, 1, 2] * 3)).surges


def test_thirty_where_there_usually_are_four_is_one() -> None:
    found = judged(HABIT, Seen(n=30, habit=[4, 3, 5, 4, 6, 2, 4, 4] * 3))
    assert found.surges
    assert 3.5 < found.expected < 4.5


def test_a_busy_hour_of_the_week_is_no_surge_when_it_is_busy_every_week() -> None:
    assert not judged(HABIT, Seen(n=130, habit=[120, 118, 131, 125, 122, 119, 127, 124] * 3)).surges


@pytest.mark.parametrize("n", [1, 10, 500])
def test_far_fewer_than_usual_are_no_surge_and_end_one(n: int) -> None:
    found = judged(Rule(kind=Kind.HABIT, minutes=60, least=1, one_in=1_000), Seen(n=n, habit=[1_000] * 24))
    assert (found.surges, found.calm) == (False, True)


def test_where_the_windows_scatter_widely_more_is_needed() -> None:
    calm = surprise(40, [20] * 24)[1]
    wild = surprise(40, [2, 5, 60, 18, 33, 7, 9, 26] * 3)[1]
    assert calm < 1e-3 < wild


def test_against_a_habit_that_nobody_knows_nothing_is_a_surge_and_a_surge_is_over() -> None:
    found = judged(HABIT, Seen(n=500, habit=[], young=True))
    assert (found.surges, found.calm) == (False, True)


def test_of_a_young_desk_more_is_needed_since_one_day_is_not_as_another() -> None:
    habit = [4, 3, 5, 4, 6, 2, 4, 4, 5]
    assert [judged(HABIT, Seen(n=n, habit=habit, young=young)).surges for young in (False, True) for n in (20, 60)] == [
        *(True, True),
        *(False, True),
    ]


def test_where_none_came_in_weeks_that_are_known_few_are_no_surge_and_many_are() -> None:
    assert judged(HABIT, Seen(n=12, habit=[0] * 24)).surges
    assert not judged(HABIT, Seen(n=4, habit=[0] * 24)).surges


def test_last_weeks_surge_does_not_hide_this_weeks() -> None:
    assert judged(HABIT, Seen(n=60, habit=[4, 5, 400, 4, 3, 5, 4, 4] * 3)).surges


def test_a_rate_rings_from_its_number_on() -> None:
    rule = Rule(kind=Kind.RATE, minutes=60, least=5, one_in=10)
    assert [judged(rule, Seen(n=n, habit=())).surges for n in (4, 5)] == [False, True]


def test_a_surge_is_over_when_the_count_is_common_again() -> None:
    habit = [4, 3, 5, 4, 6, 2, 4, 4] * 3
    assert [judged(HABIT, Seen(n=n, habit=habit)).calm for n in (30, 12, 6)] == [False, False, True]


@pytest.mark.parametrize(("n", "shape"), [(1, 3), (5, 2), (12, 4), (40, 10)])
def test_the_tail_is_the_negative_binomials(n: int, shape: int) -> None:
    mean = 4.0
    share = shape / (shape + mean)
    below = sum(comb(x + shape - 1, x) * share**shape * (1 - share) ** x for x in range(n))
    assert isclose(tail(n, mean, shape), 1 - below, rel_tol=1e-6, abs_tol=1e-12)


@settings(max_examples=60)
@given(st.integers(0, 300), st.lists(st.integers(0, 200), max_size=24))
def test_more_is_never_less_surprising(n: int, habit: list[int]) -> None:
    less, more = surprise(n, habit)[1], surprise(n + 1, habit)[1]
    assert 0 <= more <= less + 1e-9
    assert less <= 1


def test_the_habit_is_this_time_of_the_last_weeks_and_what_lies_beside_it() -> None:
    current, behind = windows(NOON, 60)
    assert current == (NOON - timedelta(hours=1), NOON)
    assert len(behind) == 24
    assert (NOON - timedelta(weeks=8, hours=1), NOON - timedelta(weeks=8)) in behind
    assert all(until <= NOON - timedelta(weeks=1) + timedelta(hours=1) for _since, until in behind)


def test_the_habit_of_nine_in_the_morning_is_that_of_nine_also_when_summer_time_ended_meanwhile() -> None:
    monday = datetime(2026, 10, 26, 8, tzinfo=UTC)
    _current, behind = windows(monday, 60, "Europe/Berlin")
    assert [until for _since, until in behind[1::3]] == [datetime(2026, 10, 26, 7, tzinfo=UTC) - timedelta(weeks=n) for n in range(1, 9)]
    assert cluster_growth.windows(monday, 60, monday - timedelta(weeks=20), "Europe/Berlin")[1] == behind


def test_a_young_desk_goes_by_its_last_days_and_before_its_third_day_by_nothing() -> None:
    weeks = [NOON - timedelta(weeks=n) for n in range(1, 5)]
    days = [NOON - timedelta(days=n) for n in range(1, 4)]
    assert (habit_of(weeks, days).ends, habit_of(weeks, days).young) == (weeks, False)
    assert (habit_of(weeks[:3], days).ends, habit_of(weeks[:3], days).young) == (days, True)
    assert (habit_of(weeks[:3], days[:2]).ends, habit_of(weeks[:3], days[:2]).young) == ((), True)


def test_nobody_sees_to_it_so_it_is_told_again_three_times() -> None:
    after = timedelta(minutes=10)
    told = [escalations(raised_at=NOON, after=after, now=NOON + timedelta(minutes=minutes)) for minutes in (9, 10, 25, 30, 1_440)]
    assert told == [0, 1, 2, 3, 3]


@pytest.mark.parametrize("wrong", [{"minutes": 1}, {"least": 0}, {"one_in": 1}])
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(Refused):
        checked(Rule(**({"kind": Kind.RATE, "minutes": 60, "least": 5, "one_in": 100} | wrong)))  # pyright: ignore[reportArgumentType]
