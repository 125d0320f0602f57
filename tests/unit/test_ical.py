"""Days off as programs export them: lengths, repetitions, what was taken out, moved or cancelled."""

import sys
from datetime import date
from types import FrameType

import pytest

from amends.core.errors import Refused
from amends.inbox.rules.ical import days_of

SINCE = date(2026, 1, 1)


def a_file(*events: str) -> bytes:
    told = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{event.replace(' ', chr(13) + chr(10))}\r\nEND:VEVENT\r\n" for n, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{told}END:VCALENDAR\r\n".encode()


def days(*events: str) -> list[str]:
    return sorted(map(str, days_of(a_file(*events), since=SINCE).days))


@pytest.mark.parametrize(
    ("event", "off"),
    [
        ("DTSTART;VALUE=DATE:20260413", ["2026-04-13"]),
        ("DTSTART;VALUE=DATE:20260413 DTEND;VALUE=DATE:20260415", ["2026-04-13", "2026-04-14"]),
        ("DTSTART;VALUE=DATE:20260413 DURATION:P2D", ["2026-04-13", "2026-04-14"]),
        ("DTSTART;VALUE=DATE:20260413 DURATION:P1W", [f"2026-04-{day}" for day in range(13, 20)]),
        ("DTSTART:20260413T000000 DTEND:20260414T000000", ["2026-04-13"]),
        ("DTSTART;TZID=Asia/Colombo:20260413T000000 DTEND;TZID=Asia/Colombo:20260415T000000", ["2026-04-13", "2026-04-14"]),
        ("DTSTART:20260413T090000 DTEND:20260413T100000", []),
        ("DTSTART;VALUE=DATE:20260413 DTEND;VALUE=DATE:20260413", ["2026-04-13"]),
        ("DTSTART;VALUE=DATE:20260413 STATUS:CANCELLED", []),
        ("DTSTART;VALUE=DATE:20240229 RRULE:FREQ=YEARLY", ["2028-02-29"]),
        ("DTSTART;VALUE=DATE:20260501 RRULE:FREQ=MONTHLY;COUNT=3 EXDATE;VALUE=DATE:20260601", ["2026-05-01", "2026-07-01"]),
        ("DTSTART;VALUE=DATE:20260501 RDATE;VALUE=DATE:20260509,20260511", ["2026-05-01", "2026-05-09", "2026-05-11"]),
        ("DTSTART;VALUE=DATE:20260501 RRULE:FREQ=DAILY;UNTIL=20260503", ["2026-05-01", "2026-05-02", "2026-05-03"]),
        ("DTSTART;VALUE=DATE:20240101", []),
        ("DTSTART;TZID=Asia/Colombo:20260413T000000 DURATION:P2D", ["2026-04-13", "2026-04-14"]),
        ("DTSTART;TZID=Europe/Berlin:20260329T000000 DTEND:20260329T220000Z", ["2026-03-29"]),
        ("DTSTART;TZID=Asia/Colombo:20260413T000000 DTEND;TZID=Asia/Colombo:20260412T000000", []),
        (
            "DTSTART;TZID=Asia/Colombo:20260413T000000 DURATION:P1D RRULE:FREQ=DAILY;UNTIL=20260414T183000Z EXDATE:20260413T183000Z",
            ["2026-04-13", "2026-04-15"],
        ),
    ],
)
def test_an_event_names_its_days_off(event: str, off: list[str]) -> None:
    assert days(event) == off


def test_a_repetition_that_was_moved_is_where_it_was_moved_to() -> None:
    series = "DTSTART;VALUE=DATE:20260501 RRULE:FREQ=MONTHLY;COUNT=2"
    moved = "RECURRENCE-ID;VALUE=DATE:20260601 DTSTART;VALUE=DATE:20260608"
    told = a_file(series, moved).replace(b"UID:1", b"UID:0")
    assert sorted(map(str, days_of(told, since=SINCE).days)) == ["2026-05-01", "2026-06-08"]


def test_what_has_a_time_of_day_is_passed_over_and_counted() -> None:
    found = days_of(a_file("DTSTART:20260413T090000Z", "DTSTART;VALUE=DATE:20260414"), since=SINCE)
    assert (len(found.days), found.passed_over) == (1, 1)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR", b"name,day\nNew Year,2026-01-01", b"x" * 1_000_001])
def test_what_is_no_calendar_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Refused):
        days_of(content, since=SINCE)


def test_a_day_that_is_none_is_named() -> None:
    with pytest.raises(Refused, match="“20260229” is no day"):
        days("DTSTART;VALUE=DATE:20260413", "DTSTART;VALUE=DATE:20260229")


def test_a_file_may_hold_several_calendars() -> None:
    both = a_file("DTSTART;VALUE=DATE:20260413") + a_file("DTSTART;VALUE=DATE:20260414")
    assert sorted(map(str, days_of(both, since=SINCE).days)) == ["2026-04-13", "2026-04-14"]


def test_a_rule_without_end_is_not_followed_for_ever() -> None:
    assert len(days("DTSTART;VALUE=DATE:20200101 DURATION:P99999D RRULE:FREQ=DAILY")) == 5 * 366 + 1
    assert days("DTSTART;VALUE=DATE:99991230 RRULE:FREQ=YEARLY") == []


@pytest.mark.parametrize("often", ["HOURLY", "MINUTELY", "SECONDLY"])
def test_what_comes_again_within_a_day_is_no_whole_day_and_a_rule_of_it_that_never_comes_is_not_looked_through(often: str) -> None:
    never = f"DTSTART;VALUE=DATE:20260413 RRULE:FREQ={often};BYMONTH=2;BYMONTHDAY=30"
    found = days_of(a_file(never, "DTSTART;VALUE=DATE:20260414"), since=SINCE)
    assert (sorted(map(str, found.days)), found.passed_over) == (["2026-04-14"], 1)


def test_a_rule_that_never_comes_is_not_looked_for_through_thousands_of_years() -> None:
    steps = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal steps
        steps += event == "call"

    sys.setprofile(count)
    try:
        assert days("DTSTART;VALUE=DATE:20260413 RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30") == []
    finally:
        sys.setprofile(None)
    assert steps < 400 * 366 * 2, "a day of 400 years is looked at twice at most"


def test_a_rule_begun_long_ago_yields_the_days_of_now_or_is_refused() -> None:
    assert len(days("DTSTART;VALUE=DATE:19000101 RRULE:FREQ=DAILY")) == 5 * 366 + 1
    assert days("DTSTART;VALUE=DATE:16040229 RRULE:FREQ=YEARLY") == ["2028-02-29"]
    with pytest.raises(Refused, match="At most"):
        days("DTSTART;VALUE=DATE:16010101 RRULE:FREQ=DAILY")
