"""A silence is suspicious where the habit of the source does not explain it: by hour of the week, whatever the counts."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.inbox.rules.silence import HOUR, LEAST_HISTORY, SHORTEST, habit, is_suspicious

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
WEEKS = 8
NOW = MONDAY + timedelta(weeks=WEEKS)


def every_hour(posts: int) -> dict[datetime, int]:
    return {MONDAY + place * HOUR: posts for place in range(WEEKS * 168)}


def office_hours(posts: int) -> dict[datetime, int]:
    """Posts from 9 to 17 on weekdays, and never else."""
    return {hour: posts for hour in every_hour(posts) if hour.weekday() < 5 and 9 <= hour.hour < 17}


def test_a_busy_source_is_suspicious_soon_and_a_slow_one_late() -> None:
    busy, slow = every_hour(20), {hour: 1 for place, hour in enumerate(every_hour(1)) if place % 24 == 12}
    assert is_suspicious(busy, last_at=NOW, now=NOW + timedelta(hours=1))
    assert not is_suspicious(slow, last_at=NOW, now=NOW + timedelta(days=2))
    assert is_suspicious(slow, last_at=NOW, now=NOW + timedelta(days=12))


def test_nobody_is_woken_for_what_is_shorter_than_the_pace_of_fetching() -> None:
    assert not is_suspicious(every_hour(100_000), last_at=NOW, now=NOW + SHORTEST - timedelta(seconds=1))


def test_a_night_and_a_weekend_are_a_habit_and_a_silent_monday_morning_is_not() -> None:
    friday_evening = NOW - timedelta(days=2, hours=7)
    assert friday_evening.weekday() == 4
    posts = office_hours(10)
    assert not is_suspicious(posts, last_at=friday_evening, now=NOW + timedelta(hours=7))
    assert is_suspicious(posts, last_at=friday_evening, now=NOW + timedelta(hours=11))


def test_without_a_week_of_history_there_is_no_habit() -> None:
    short = {hour: count for hour, count in every_hour(50).items() if hour > NOW - LEAST_HISTORY}
    assert habit(short, until=NOW) is None
    assert not is_suspicious(short, last_at=NOW, now=NOW + timedelta(days=30))


def test_a_source_that_never_brought_anything_is_not_missed() -> None:
    assert not is_suspicious({}, last_at=NOW, now=NOW + timedelta(days=300))


@pytest.mark.parametrize("place", [0, 500, 1300])
def test_one_storm_is_no_habit(place: int) -> None:
    calm = {hour: 1 for number, hour in enumerate(every_hour(1)) if number % 6 == 0}
    stormy = calm | {MONDAY + place * HOUR: 5_000}
    quiet = habit(stormy, until=NOW)
    assert quiet is not None
    assert quiet.expected(NOW, NOW + timedelta(weeks=1)) < 40


def test_bursts_make_it_less_sure() -> None:
    steady = {hour: 1 for number, hour in enumerate(every_hour(1)) if number % 4 == 0}
    bursts = {MONDAY + timedelta(hours=40 * number): 10 for number in range(33)}
    known, wild = habit(steady, until=NOW), habit(bursts, until=NOW)
    assert known is not None
    assert wild is not None
    later = NOW + timedelta(hours=36)
    assert known.chance_of_silence(NOW, later) < 0.001 < wild.chance_of_silence(NOW, later)


def test_a_silence_does_not_teach_itself() -> None:
    last = NOW - timedelta(weeks=3)
    posts = {hour: 5 for hour in every_hour(5) if hour < last}
    assert all(is_suspicious(posts, last_at=last, now=last + timedelta(days=days)) for days in (1, 7, 21, 300))
