"""The small rules behind the screens: waiting after failed sign-ins, markers of a list, the chart's scale, what an event is called."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from amends.api.pages import _events
from amends.api.pages._chart import chart, line, scale_of
from amends.core.errors import Refused
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.figures import DEFINITIONS, Figure
from amends.inbox.rules.measuring import Slot
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.sign_in import FREE_TRIES, LONGEST_WAIT, wait_until
from amends.inbox.rules.spans import Period, Span, period_of
from amends.inbox.rules.views import Marker, Sort, View, home_of
from amends.inbox.store.case_page import EventRow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def failed(times: int) -> list[datetime]:
    return [NOON - timedelta(seconds=times - place) for place in range(times)]


def test_a_slip_of_the_finger_costs_nothing() -> None:
    assert wait_until([], NOON) is None
    assert wait_until(failed(FREE_TRIES - 1), NOON) is None


def test_each_further_failure_doubles_the_wait_up_to_a_limit() -> None:
    waits = [wait_until(failed(times), NOON) for times in range(FREE_TRIES, FREE_TRIES + 30)]
    lengths = [wait - NOON for wait in waits if wait]
    assert len(lengths) == 30
    assert lengths == sorted(lengths)
    assert lengths[0] == timedelta(seconds=29)
    assert lengths[-1] == LONGEST_WAIT - timedelta(seconds=1)


def test_a_wait_that_is_over_is_none() -> None:
    assert wait_until(failed(FREE_TRIES), NOON + timedelta(minutes=5)) is None


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        (Sort.NEWEST, "2026-03-02T12:00:00+00:00"),
        (Sort.URGENCY, "77"),
        (Sort.LONGEST, "infinity"),
        (Sort.LONGEST, "2026-03-02T12:00:00.000001+00:00"),
    ],
)
def test_a_marker_is_read_as_it_was_written(sort: Sort, key: str) -> None:
    marker = Marker(key=key, id=17)
    assert Marker.read(str(marker), sort) == marker


def test_no_marker_is_the_first_page() -> None:
    assert Marker.read("", Sort.NEWEST) is None


@pytest.mark.parametrize(
    ("text", "sort"), [("17~77", Sort.NEWEST), ("17~101", Sort.URGENCY), ("17~2026-03-02T12:00:00", Sort.URGENCY), ("-1~5", Sort.URGENCY)]
)
def test_a_marker_of_another_order_is_refused(text: str, sort: Sort) -> None:
    with pytest.raises(Refused):
        Marker.read(text, sort)


def test_in_which_view_a_query_is_at_home_is_worked_out_once_though_a_page_asks_ten_times() -> None:
    text = "status:open assignee:none lang:ta"
    assert home_of(parse(text)) is View.UNASSIGNED
    known = home_of.cache_info().hits
    assert home_of(parse(text)) is View.UNASSIGNED
    assert home_of.cache_info().hits == known + 1


@pytest.mark.parametrize(("most", "scale"), [(0, 2), (2, 2), (3, 4), (5, 6), (11, 20), (99, 100), (101, 200), (4001, 6_000)])
def test_the_chart_ends_at_a_round_number(most: int, scale: int) -> None:
    assert scale_of(most) == scale


def test_the_chart_draws_every_bar_within_its_frame() -> None:
    days = [NOON + timedelta(days=place) for place in range(31)]
    slots = [
        Slot(
            period=Period(since=day, until=day + timedelta(days=1)),
            begun=place,
            resolved=31 - place,
            negative=0,
            neutral=0,
            positive=0,
            first_median=None,
            backlog=0,
        )
        for place, day in enumerate(days)
    ]
    drawn = chart(slots, ZoneInfo("UTC"))
    assert all(drawn.left <= column.x and column.x + 2 * column.width <= drawn.width for column in drawn.columns)
    assert all(0 <= column.begun_height <= drawn.base for column in drawn.columns)
    assert 4 <= sum(bool(column.label) for column in drawn.columns) <= 8
    assert chart([], ZoneInfo("UTC")).columns == []


def test_every_figure_says_what_it_counts_and_every_period_ends_now() -> None:
    assert set(DEFINITIONS) == set(Figure)
    assert {period_of(span, NOON).until for span in Span} == {NOON}


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind in _events.SENTENCES])
@pytest.mark.parametrize("facts", [{}, {"why": "a reason", "outcome": "held", "follow_up_due_at": "2026-03-09T12:00:00+00:00"}])
def test_every_event_that_is_shown_has_a_sentence_whatever_its_facts(kind: EventKind, facts: dict[str, Any]) -> None:
    event = EventRow(id=1, kind=kind.value, at=NOON, agent=None, whom=None, facts=facts, because={"rule": 1, "name": "Late ones"})
    assert _events.is_shown(event)
    assert _events.sentence(event).strip()
    assert _events.mood(event) in {"good", "bad", "calm"}


@pytest.mark.parametrize(
    ("kind", "given"), [(EventKind.PROMISE_MADE, "due"), (EventKind.CASE_SNOOZED, "until"), (EventKind.CLOCK_BREACHED, "due")]
)
def test_a_moment_in_a_sentence_is_one_that_the_browser_puts_into_its_readers_zone(kind: EventKind, given: str) -> None:
    facts = {given: "2026-03-09T12:00:00+00:00", "text": "<b>a call</b>", "clock": "first"}
    said = _events.sentence(EventRow(id=1, kind=kind.value, at=NOON, agent="<i>Ada</i>", whom=None, facts=facts))
    assert '<time datetime="2026-03-09T12:00:00+00:00" data-time="clock">9 Mar 2026, 12:00 UTC</time>' in said
    assert "<b>" not in said
    assert "<i>" not in said


def test_an_event_that_a_later_version_brings_is_passed_over() -> None:
    assert not _events.is_shown(EventRow(id=1, kind="from_the_future", at=NOON, agent=None, whom=None, facts={}))


def test_a_line_shows_a_value_that_stands_alone_and_claims_none_where_there_is_none() -> None:
    assert line([None, None]).most is None
    assert line([0, 0]).most == 0
    assert line([None, 4, None, 2, 2], width=40, height=10).path == "M10 0h-6M30 5L40 5"
