"""Business time: across summer time, holidays and leap days it is what counting by the minute gives; adding is measuring backwards."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules.business_time import Calendar, NoWorkingTime, after, between, checked
from amends.inbox.rules.days_off import checked_regions, known_until, public_holidays, read_regions, regions
from amends.inbox.rules.working_hours import DAY, Span

HOUR = timedelta(hours=1)
NINE_TO_FIVE = tuple(Span(day=day, begins=9 * 60, ends=17 * 60) for day in range(5))
COLOMBO = Calendar(zone="Asia/Colombo", spans=NINE_TO_FIVE)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia")
# Around what zones do to their clocks, and a leap day.
DAYS = ((2026, 3, 28), (2026, 10, 24), (2028, 2, 28), (2026, 3, 7), (2026, 10, 31), (2011, 12, 29))
STARTS = [datetime(*day, 12, tzinfo=UTC) for day in DAYS]


def at(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # pyright: ignore[reportArgumentType]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    spans: list[Span] = []
    for day in range(7):
        cuts = sorted(draw(st.lists(st.integers(0, DAY), min_size=0, max_size=4, unique=True)))
        spans += [Span(day=day, begins=one, ends=other) for one, other in zip(cuts[::2], cuts[1::2], strict=False)]
    off = draw(st.frozensets(st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29), date(2026, 3, 8)]), max_size=2))
    return Calendar(zone=draw(st.sampled_from(ZONES)), spans=tuple(spans), days_off=off)


def counted(calendar: Calendar, start: datetime, minutes: int) -> int:
    """Count the working minutes one by one, by what the clock on the wall reads."""
    found = 0
    for n in range(minutes):
        here = (start + timedelta(minutes=n)).astimezone(ZoneInfo(calendar.zone))
        minute = here.hour * 60 + here.minute
        works = any(span.day == here.weekday() and span.begins <= minute < span.ends for span in calendar.spans)
        found += works and here.date() not in calendar.days_off
    return found


@settings(max_examples=60, deadline=None)
@given(calendar=calendars(), start=st.sampled_from(STARTS), shift=st.integers(0, 1440), minutes=st.integers(0, 4_000))
def test_it_is_what_counting_minute_by_minute_gives(calendar: Calendar, start: datetime, shift: int, minutes: int) -> None:
    begin = start + timedelta(minutes=shift)
    assert between(calendar, begin, begin + timedelta(minutes=minutes)) == timedelta(minutes=counted(calendar, begin, minutes))


@settings(max_examples=100, deadline=None)
@given(calendar=calendars(), start=st.sampled_from(STARTS), seconds=st.integers(0, 200_000), more=st.integers(0, 50_000))
def test_adding_then_measuring_gives_what_was_added_and_more_is_never_earlier(
    calendar: Calendar, start: datetime, seconds: int, more: int
) -> None:
    length = timedelta(seconds=seconds)
    try:
        end = after(calendar, start, length)
        later = after(calendar, start, length + timedelta(seconds=more))
    except NoWorkingTime:
        assert between(calendar, start, start + timedelta(days=60)) < length + timedelta(seconds=more)
        return
    assert between(calendar, start, end) == length
    assert start <= end <= later


def test_a_span_of_the_night_is_an_hour_shorter_in_spring_and_an_hour_longer_in_autumn() -> None:
    night = Calendar(zone="Europe/Berlin", spans=tuple(Span(day=day, begins=0, ends=6 * 60) for day in range(7)))
    for day, hours in (((2026, 3, 28), 6), ((2026, 3, 29), 5), ((2026, 10, 25), 7)):
        assert between(night, at("Europe/Berlin", *day), at("Europe/Berlin", *day, 12)) == hours * HOUR
    gone = Calendar(zone="Europe/Berlin", spans=(Span(day=6, begins=120, ends=180),))
    assert between(gone, at("Europe/Berlin", 2026, 3, 29), at("Europe/Berlin", 2026, 3, 30)) == timedelta(0)


def test_over_a_weekend_and_a_holiday_the_clock_stands() -> None:
    friday = at("Asia/Colombo", 2026, 3, 6, 16)
    assert after(COLOMBO, friday, 2 * HOUR) == at("Asia/Colombo", 2026, 3, 9, 10)
    off = Calendar(zone="Asia/Colombo", spans=NINE_TO_FIVE, days_off=frozenset({date(2026, 3, 9)}))
    assert after(off, friday, 2 * HOUR) == at("Asia/Colombo", 2026, 3, 10, 10)


def test_public_holidays_of_several_regions_are_all_days_off() -> None:
    calendar = Calendar(zone="Europe/Berlin", spans=NINE_TO_FIVE, regions=checked_regions(["de-by", "LK"]))
    assert calendar.is_off(date(2026, 6, 4))
    assert calendar.is_off(date(2026, 2, 4))
    assert not calendar.is_off(date(2026, 6, 5))
    for name in ("XX", "DE-ZZ", "Germany"):
        with pytest.raises(Refused):
            checked_regions([name])


def test_regions_are_read_as_people_write_them_and_called_as_the_package_calls_them() -> None:
    assert read_regions("lk de-by, de-augsburg,FR-Zone A, LK") == ("LK", "DE-BY", "DE-Augsburg", "FR-Zone A")
    every = [name for country, parts in regions().items() for name in (country, *(f"{country}-{part}" for part in parts))]
    assert [name for name in every if read_regions(name) != (name,)] == []


def test_where_the_holidays_of_a_country_are_known_to_end_that_year_is_told() -> None:
    year = known_until("LK")
    assert year is not None
    assert public_holidays("LK", year)
    assert not public_holidays("LK", year + 1)
    assert known_until("XX") is None


def test_a_leap_day_is_a_day_like_any_other() -> None:
    start = at("Asia/Colombo", 2028, 2, 28, 9)
    assert after(COLOMBO, start, 20 * HOUR) == at("Asia/Colombo", 2028, 3, 1, 13)


def test_a_calendar_without_a_working_hour_is_refused_in_words() -> None:
    every_day = frozenset(date(2026, 3, 2) + timedelta(days=n) for n in range(400))
    for calendar in (Calendar(), Calendar(spans=NINE_TO_FIVE, days_off=every_day)):
        with pytest.raises(NoWorkingTime, match="no working hour"):
            checked(calendar, datetime(2026, 3, 2, tzinfo=UTC))
    with pytest.raises(NoWorkingTime, match="ten years"):
        after(Calendar(), datetime(2026, 3, 2, tzinfo=UTC), HOUR)
    with pytest.raises(Refused, match="time zone"):
        checked(Calendar(zone="Mars/Base", spans=NINE_TO_FIVE), datetime(2026, 3, 2, tzinfo=UTC))


def test_a_zone_that_is_not_known_any_more_stops_no_clock() -> None:
    gone = Calendar(zone="Asia/Atlantis", spans=NINE_TO_FIVE)
    assert after(gone, datetime(2026, 3, 2, 9, tzinfo=UTC), HOUR) == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_clock_that_went_backwards_measures_nothing() -> None:
    assert between(COLOMBO, datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)) == timedelta(0)


def test_years_are_measured_in_no_time() -> None:
    assert between(COLOMBO, datetime(1999, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)) > 50_000 * HOUR
