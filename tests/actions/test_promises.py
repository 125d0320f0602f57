"""Promises made in answers: found in the words, counted once the answer is out, reminded of, kept, broken, withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import promises
from amends.inbox.actions.conditions import matches
from amends.inbox.actions.notify import notify
from amends.inbox.rules.promising import due_of, suggested
from amends.inbox.store import promises as stored
from tests.cast import NOON, a_post
from tests.desk import DAY, HOUR, Desk


def promise(desk: Desk, due_at: datetime = NOON + 2 * DAY, *, said: bool = False, text: str = "the refund") -> int:
    return promises.promise(desk.conn, case_id=desk.case().id, text=text, due_at=due_at, said=said, agent_id=desk.agent_id, now=desk.now)


def states(desk: Desk) -> list[str]:
    return [one.state for one in stored.of_case(desk.conn, case_id=desk.case().id)]


def found(desk: Desk, query: str) -> bool:
    return bool(matches(desk.conn, query, [desk.case().id], now=desk.now))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Sorry. You will have the refund by Friday.", 4),
        ("We will call you tomorrow!", 1),
        ("It arrives within 3 days", 3),
        ("It is there on 12 March.", 10),
        ("It is there by March 12th.", 10),
        ("Until 2026-03-05 at the latest", 3),
        ("We answer in two weeks", 14),
        ("We come on 1 March", 364),
    ],
)
def test_a_date_in_the_words_of_an_answer_is_found(text: str, days: int) -> None:
    found = suggested(text, NOON, "Asia/Colombo").due_at
    assert found is not None
    assert found.date() == (NOON + timedelta(days=days)).date()


def test_on_the_evening_of_a_weekday_its_name_means_the_next_week() -> None:
    found = suggested("You have it by Monday.", NOON + 9 * HOUR, "UTC").due_at
    assert found is not None
    assert found.date() == (NOON + 7 * DAY).date()


def test_the_same_is_promised_once(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    promise(desk)
    with pytest.raises(Conflict):
        promise(desk)
    assert states(desk) == ["open"]


def test_without_a_date_the_words_are_offered_alone() -> None:
    assert suggested("We look into it.", NOON, "").due_at is None
    assert suggested("It was due on 31 February", NOON, "").due_at is None


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Colombo"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2031-01-01"])
def test_a_date_beyond_all_calendars_or_years_away_is_no_promise(day: str, zone: str) -> None:
    assert suggested(f"You have it by {day}.", NOON, zone).due_at is None


@pytest.mark.parametrize(("at", "zone"), [("9999-12-31T23:00", "America/Los_Angeles"), ("0001-01-01T00:00", "Asia/Colombo")])
def test_a_time_beyond_all_calendars_is_refused_in_words(at: str, zone: str) -> None:
    with pytest.raises(Refused):
        due_of(at, zone)


def test_a_leap_day_is_promised_for_the_next_leap_year() -> None:
    found = suggested("You have it on 29 February.", datetime(2027, 1, 5, tzinfo=UTC), "UTC").due_at
    assert found == datetime(2028, 2, 29, 18, tzinfo=UTC)


def test_a_promise_counts_once_the_answer_is_out_and_is_reminded_of_before_it_is_broken(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    promise(desk)
    assert promises.ring_due(desk.conn, now=NOON + 9 * DAY) == 0
    assert not found(desk, "promise:open")
    desk.answer("You will have the refund on Wednesday.")
    assert found(desk, "promise:open")
    for hours, kind in ((43, ""), (44, "promise_reminded"), (44, ""), (47, ""), (48, "promise_broken"), (49, "")):
        desk.now = NOON + hours * HOUR
        before = len(desk.events())
        promises.ring_due(desk.conn, now=desk.now)
        assert desk.events()[before:] == ([kind] if kind else [])
    assert states(desk) == ["broken"]
    assert found(desk, "promise:broken")
    while notify(desk.conn, now=desk.now):
        pass
    told = fetch_values(desk.conn, "select kind from notifications where kind like 'promise%%' order by id")
    assert told == ["promise_reminded", "promise_broken"]


def test_it_is_kept_also_late_withdrawn_and_taken_back(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    one = promise(desk, said=True)
    case = desk.case().id
    promises.end(desk.conn, case_id=case, promise_id=one, state="kept", agent_id=desk.agent_id, now=NOON + DAY)
    with pytest.raises(Conflict):
        promises.end(desk.conn, case_id=case, promise_id=one, state="withdrawn", agent_id=desk.agent_id, now=NOON + DAY)
    promises.take_back(desk.conn, case_id=case, promise_id=one, agent_id=desk.agent_id, now=NOON + DAY)
    assert states(desk) == ["open"]
    promises.ring_due(desk.conn, now=NOON + 3 * DAY)
    promises.end(desk.conn, case_id=case, promise_id=one, state="kept", agent_id=desk.agent_id, now=NOON + 3 * DAY)
    assert [(row.state, row.late) for row in stored.of_case(desk.conn, case_id=case)] == [("kept", True)]
    assert found(desk, "promise:kept -promise:due")
    with pytest.raises(NotFound):
        promises.end(desk.conn, case_id=case, promise_id=999, state="kept", agent_id=desk.agent_id, now=NOON)


def test_a_promise_needs_words_and_a_time_to_come(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    for due_at, text in ((NOON - HOUR, "x"), (NOON + 900 * DAY, "x"), (NOON + DAY, " "), (NOON + DAY, "x" * 501)):
        with pytest.raises(Refused):
            promise(desk, due_at, text=text)
