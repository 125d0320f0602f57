"""How fast it went: what waits is watched until now by its calendar, and what no calendar counts for is in no figure of business time."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.inbox.rules import business_time
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.columns import NONE, Column, Columns, moment, seconds
from amends.inbox.rules.measuring import Times
from amends.inbox.rules.paces import paces, worktime, worktimes
from amends.inbox.rules.working_hours import Span

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = 3600
OFFICE = Calendar(zone="Europe/Berlin", spans=tuple(Span(day=day, begins=540, ends=1020) for day in range(5)), regions=("DE",))
NIGHT = Calendar(zone="Australia/Lord_Howe", spans=tuple(Span(day=day, begins=1320, ends=1440) for day in range(7)))
NOTHING = Times(median=None, p90=None)


def episodes(*, calendar: int, first: int = NONE, business: int = NONE, ending: int = NONE) -> Columns:
    """Return two episodes that began on a Monday at midnight."""
    held = dict.fromkeys(Column, NONE) | {
        Column.AT: seconds(MONDAY),
        Column.SEEN: 60,
        Column.TRIAGED: 1,
        Column.FIRST_ANSWER: first,
        Column.FIRST_BUSINESS: business,
        Column.ENDING: ending,
        Column.FIRST_CALENDAR: calendar,
        Column.ENDING_CALENDAR: calendar,
    }
    return Columns({column: np.array([value, value]) for column, value in held.items()})


@settings(max_examples=25, deadline=None)
@given(begins=st.lists(st.integers(0, 400 * 86_400), max_size=6), now=st.integers(0, 500 * 86_400))
def test_working_seconds_of_many_are_those_of_each(begins: list[int], now: int) -> None:
    zero = seconds(MONDAY)
    for calendar in (OFFICE, NIGHT):
        found = worktime(calendar, zero + min(begins, default=now), now + zero).since(np.array(begins, dtype=np.int64) + zero)
        each = [business_time.between(calendar, moment(zero + begin), moment(zero + now)) for begin in begins]
        assert found.tolist() == [length // timedelta(seconds=1) for length in each]


def test_who_waits_is_watched_in_business_time() -> None:
    answered = episodes(calendar=7, first=10 * HOUR, business=2 * HOUR)
    waiting = episodes(calendar=7)
    both = Columns({column: np.concatenate([answered[column], waiting[column]]) for column in Column})
    moments = [seconds(MONDAY + timedelta(hours=hour)) for hour in (9, 13)]
    morning, noon = (paces(both, now, worktimes([both], now, {7: OFFICE})) for now in moments)
    assert (noon.first_business, noon.counted) == (Times(median=2 * HOUR, p90=None), 4)
    assert morning.first_business == Times(median=2 * HOUR, p90=2 * HOUR), "whoever waits for one hour may still be as fast"


def test_what_no_calendar_counts_for_is_in_no_figure() -> None:
    found = paces(episodes(calendar=NONE, first=HOUR, ending=2 * HOUR), seconds(MONDAY) + 86_400, {})
    assert (found.first_business, found.ending_business, found.counted) == (NOTHING, NOTHING, 0)
    assert found.seen == Times(median=60, p90=60)


def test_what_is_not_measured_yet_is_left_out() -> None:
    begun, now = episodes(calendar=7, first=HOUR), seconds(MONDAY) + 86_400
    found = paces(begun, now, worktimes([begun], now, {7: OFFICE}))
    assert found.first_business == NOTHING
