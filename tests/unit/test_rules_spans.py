"""Spans of numbers: days are those of the zone, with daylight saving, half hours and leap days."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules.spans import Period, Span, before, midnight, period_between, period_of, slots, width_of

BERLIN, KOLKATA, COLOMBO, LORD_HOWE = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Kolkata", "Asia/Colombo", "Australia/Lord_Howe"))
ZONES = [BERLIN, KOLKATA, COLOMBO, LORD_HOWE, ZoneInfo("America/Santiago"), ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 30), 24)])
def test_a_day_of_the_zone_is_as_long_as_it_is_there(day: date, hours: int) -> None:
    assert period_between(day, day, BERLIN).length == timedelta(hours=hours)


def test_period_between_half_hour_zones_begin_on_their_half_hour() -> None:
    assert midnight(date(2026, 5, 1), KOLKATA) == datetime(2026, 4, 30, 18, 30, tzinfo=UTC)


def test_the_span_before_whole_days_has_as_many_days() -> None:
    week = period_between(date(2026, 3, 30), date(2026, 4, 5), BERLIN)
    assert before(week, BERLIN) == period_between(date(2026, 3, 23), date(2026, 3, 29), BERLIN)
    assert before(week, BERLIN).length == timedelta(days=7, hours=-1)


def test_the_span_before_now_is_as_many_seconds_long() -> None:
    now = datetime(2026, 3, 30, 9, tzinfo=UTC)
    period = period_of(Span.WEEK, now)
    assert before(period, BERLIN) == Period(since=now - timedelta(days=14), until=now - timedelta(days=7))


def test_a_leap_day_is_a_day() -> None:
    assert len(slots(period_between(date(2028, 2, 1), date(2028, 2, 29), COLOMBO), COLOMBO)) == 29


def test_a_day_that_samoa_left_out_is_none_and_is_not_counted() -> None:
    apia, skipped = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)
    with pytest.raises(Refused, match="Pacific/Apia left this day out"):
        period_between(skipped, skipped, apia)
    over = period_between(date(2011, 12, 29), date(2011, 12, 31), apia)
    assert (over.length, len(slots(over, apia))) == (timedelta(days=2), 2 * 24)
    assert before(over, apia) == period_between(date(2011, 12, 27), date(2011, 12, 28), apia)
    assert before(period_between(date(2011, 12, 31), date(2012, 1, 1), apia), apia) == period_between(
        date(2011, 12, 28), date(2011, 12, 29), apia
    )
    after = period_between(date(2011, 12, 31), date(2011, 12, 31), apia)
    assert before(after, apia) == period_between(date(2011, 12, 29), date(2011, 12, 29), apia)
    assert period_between(skipped, date(2011, 12, 31), apia) == after
    december = period_between(date(2011, 12, 1), date(2011, 12, 31), apia)
    assert [len(slots(december, apia)), before(december, apia).since] == [30, midnight(date(2011, 11, 1), apia)]


def test_days_that_are_none_are_refused() -> None:
    with pytest.raises(Refused, match="before the first"):
        period_between(date(2026, 3, 2), date(2026, 3, 1), BERLIN)
    with pytest.raises(Refused, match="six years"):
        period_between(date(2010, 1, 1), date(2026, 1, 1), BERLIN)


@settings(max_examples=150, deadline=None)
@given(
    since=st.integers(0, 4 * 365 * 86_400).map(lambda second: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second)),
    length=st.timedeltas(timedelta(minutes=1), timedelta(days=900)),
    zone=st.sampled_from(ZONES),
)
def test_slots_cover_the_span_and_begin_on_the_zones_own_days(since: datetime, length: timedelta, zone: ZoneInfo) -> None:
    period = Period(since=since, until=since + timedelta(seconds=length // timedelta(seconds=1)))
    found = slots(period, zone)
    assert (found[0].since, found[-1].until) == (period.since, period.until)
    assert all(early.until == late.since for early, late in pairwise(found))
    assert all(slot.since < slot.until for slot in found)
    if width_of(period) != "hour":
        assert all(slot.since == midnight(slot.since.astimezone(zone).date(), zone) for slot in found[1:])
