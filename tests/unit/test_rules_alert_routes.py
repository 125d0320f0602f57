"""When an alarm is told: at once, in a digest, after quiet hours, or as the rest of a flood."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules.alert_digest_text import DigestItem, digest_message_of
from amends.inbox.rules.alert_routes import About, NewRoute, Why, checked, takes, when
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.quiet_hours import Quiet
from amends.inbox.rules.working_hours import Hours, Span, read_night
from tests.cast import NOON

NIGHTS = tuple(span for day in range(7) for span in read_night(day, "22:00-07:00"))
ROUTE = NewRoute(name="Pager", channel_ids=(1,), quiet=NIGHTS, zone="Europe/Berlin")
NIGHT = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
"""23:30 in Berlin, the night in which the clocks go forward."""


def test_a_quiet_night_holds_what_is_not_critical_until_the_morning_by_the_clock_on_the_wall() -> None:
    held = when(ROUTE, severity="high", told=0, now=NIGHT)
    assert held
    assert (held.due_at, held.why) == (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), Why.QUIET)
    assert when(ROUTE, severity="critical", told=0, now=NIGHT) is None
    assert when(replace(ROUTE, critical_breaks=False), severity="critical", told=0, now=NIGHT) == held
    assert when(ROUTE, severity="high", told=0, now=held.due_at) is None


def test_a_flood_is_told_as_one_at_the_end_of_ten_minutes() -> None:
    now = NOON + timedelta(minutes=3)
    assert when(ROUTE, severity="high", told=29, now=now) is None
    flood = when(ROUTE, severity="high", told=30, now=now)
    assert flood
    assert (flood.due_at, flood.why) == (NOON + timedelta(minutes=10), Why.FLOOD)
    assert when(replace(ROUTE, most=None), severity="high", told=9_999, now=now) is None


def test_the_rest_of_a_flood_waits_for_the_end_of_quiet_hours_that_begin_meanwhile() -> None:
    now = datetime(2026, 3, 28, 20, 55, tzinfo=UTC)
    flood, loud = (when(ROUTE, severity=severity, told=30, now=now) for severity in ("high", "critical"))
    assert flood
    assert loud
    assert (flood.due_at, loud.due_at) == (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), datetime(2026, 3, 28, 21, 0, tzinfo=UTC))


@pytest.mark.parametrize(("way", "due"), [("hourly", datetime(2026, 3, 2, 13, tzinfo=UTC)), ("daily", datetime(2026, 3, 3, 8, tzinfo=UTC))])
def test_a_digest_comes_at_the_hour_or_at_a_time_of_day_in_its_zone(way: str, due: datetime) -> None:
    later = when(replace(ROUTE, way=way, quiet=()), severity="high", told=0, now=datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    assert later
    assert (later.due_at, later.why) == (due, Why.DIGEST)


def test_an_hourly_digest_comes_at_the_full_hour_of_its_zone() -> None:
    colombo = replace(ROUTE, way="hourly", quiet=(), zone="Asia/Colombo")
    later = when(colombo, severity="high", told=0, now=datetime(2026, 3, 2, 12, 31, 7, tzinfo=UTC))
    assert later
    assert later.due_at == datetime(2026, 3, 2, 13, 30, tzinfo=UTC), "19:00 on the wall"


def test_a_route_takes_by_severity_and_by_what_an_alarm_is_about() -> None:
    loud = replace(ROUTE, severity="critical", about=("case",))
    assert takes(loud, severity="critical", about=About.CASE, fits=True)
    assert not takes(loud, severity="high", about=About.CASE, fits=True)
    assert not takes(loud, severity="critical", about=About.SURGE, fits=True)
    assert not takes(loud, severity="critical", about=About.CASE, fits=False)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1440)), max_size=6),
    st.integers(0, 60 * 24 * 40),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
)
@settings(max_examples=40)
def test_quiet_hours_end_at_the_first_moment_that_is_not_quiet(spans: list[tuple[int, int, int]], minutes: int, zone: str) -> None:
    quiet = Quiet(spans=tuple(Span(day=day, begins=begins, ends=ends) for day, begins, ends in spans), zone=zone)
    now = datetime(2026, 3, 10, tzinfo=UTC) + timedelta(minutes=minutes)
    end = quiet.ends(now)
    assert end >= now
    assert end - now >= timedelta(days=7) or not quiet.holds(end)
    assert quiet.holds(now) or end == now


def test_quiet_hours_whose_end_a_spring_night_skips_are_over_when_the_clock_has_passed_it() -> None:
    skipped = Quiet(spans=tuple(span for day in range(7) for span in read_night(day, "22:00-02:30")), zone="Europe/Berlin")
    assert skipped.ends(NIGHT) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "three o'clock in summer, the moment after two in winter"
    assert skipped.ends(datetime(2026, 10, 24, 22, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_zone_that_is_gone_counts_as_utc() -> None:
    gone = replace(ROUTE, zone="Mars/Base")
    held = when(gone, severity="high", told=0, now=NIGHT)
    assert held
    assert held.due_at == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    assert when(replace(gone, way="daily"), severity="high", told=0, now=NOON)
    assert Hours(zone="Mars/Base", spans=(Span(day=0, begins=540, ends=1020),)).at_work(NOON)


def test_a_route_that_leads_nowhere_is_refused() -> None:
    for wrong in (
        {"name": ""},
        {"channel_ids": ()},
        {"channel_ids": (9,)},
        {"rota_id": 9},
        {"most": 0},
        {"escalate_minutes": 0},
        {"zone": "x"},
    ):
        with pytest.raises(Refused):
            checked(replace(ROUTE, **wrong), channels=[1], rotas=[])  # pyright: ignore[reportArgumentType]


def test_a_digest_counts_everything_and_names_the_loudest_that_wait() -> None:
    def item(number: int, severity: str, *, seen: bool = False) -> DigestItem:
        return DigestItem(
            alert_id=AlertId(number), case_id=None, rule="urgent", severity=severity, reason=f"Reason {number}", raised_at=NOON,
            why="flood", is_seen_to=seen, is_over=False,
        )  # fmt: skip

    items = [item(1, "high"), item(2, "critical"), item(3, "critical", seen=True), *(item(n, "high") for n in range(4, 60))]
    message = digest_message_of(items, digest_id=7, public_url="http://desk.example")
    assert message.title == "59 alarms, 58 not seen to yet"
    assert message.body.splitlines()[0] == "- 12:00 UTC, critical: Reason 2"
    assert "… and 38 more" in message.body
    assert (message.facts["alerts"], message.facts["alert_ids"], message.happening) == (59, list(range(1, 60)), "alert.digest")


def test_a_digest_tells_alarms_that_differ_in_their_numbers_alone_as_one_line() -> None:
    def item(number: int, rule: str, reason: str) -> DigestItem:
        return DigestItem(
            alert_id=AlertId(number), case_id=None, rule=rule, severity="high", reason=reason, raised_at=NOON,
            why="quiet", is_seen_to=False, is_over=False,
        )  # fmt: skip

    told = [
        *(("urgent", f"Negative, urgency {n}: negative, complaint.") for n in (71, 70, 104)),
        *(("urgent", f"Negative, {n} followers.") for n in ("9,000", "12,400")),
        ("urgent", "Negative, urgency 70: outage."),
        *(("surge: Line 4", f"Line 4: {n} cases of Sinhala within 60 minutes; 0.5 is the habit of this hour.") for n in (9, 14)),
        ("surge: Line 5", "Line 5: 9 cases of Sinhala within 60 minutes; 0.5 is the habit of this hour."),
    ]
    message = digest_message_of([item(n, *one) for n, one in enumerate(told)], digest_id=7, public_url="http://desk.example")
    assert message.body.splitlines()[:6] == [
        "- 12:00 UTC, 3 times, high: Negative, urgency 70 to 104: negative, complaint.",
        "- 12:00 UTC, 2 times, high: Negative, 9,000 to 12,400 followers.",
        "- 12:00 UTC, high: Negative, urgency 70: outage.",
        "- 12:00 UTC, 2 times, high: Line 4: 9 to 14 cases of Sinhala within 60 minutes; 0.5 is the habit of this hour.",
        "- 12:00 UTC, high: Line 5: 9 cases of Sinhala within 60 minutes; 0.5 is the habit of this hour.",
        "",
    ]
