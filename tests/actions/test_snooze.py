"""Cases that sleep: what sends them to sleep, what wakes them, and what goes on meanwhile."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Conflict, Refused
from amends.inbox.actions import resolve, snooze
from amends.inbox.actions.sweep import fold_counts
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.store import events, snoozes, undone
from tests.cast import NOON, a_post, an_answer_to
from tests.desk import DAY, HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="bag")


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk with one open complaint."""
    desk.hear(FIRST)
    desk.now += 5 * MINUTE
    return desk


def sleep(desk: Desk, *, until: datetime | None = None, reason: Reason = Reason.TIME) -> None:
    wish = Sleep(reason=reason, until=until, label="outage of Monday")
    snooze.snooze(desk.conn, case_id=desk.case().id, sleep=wish, agent_id=desk.agent_id, now=desk.now)


def rows(desk: Desk) -> int:
    return fetch_values(desk.conn, "select count(*) from snoozes")[0]


@pytest.mark.parametrize(("answered", "was"), [(False, "open"), (True, "waiting")])
def test_a_case_sleeps_until_its_time_and_wakes_where_it_was_unread(busy: Desk, answered: bool, was: str) -> None:
    if answered:
        busy.answer()
    since = busy.case().waiting_since
    sleep(busy, until=busy.now + HOUR)
    assert (busy.case().status, busy.case().unread, busy.case().waiting_since) == ("snoozed", False, since)

    assert snooze.wake_due(busy.conn, now=busy.now + HOUR - MINUTE) == 0
    busy.now += HOUR
    assert undone.undone(busy.conn, now=busy.now).asleep
    assert (snooze.wake_due(busy.conn, now=busy.now), snooze.wake_due(busy.conn, now=busy.now)) == (1, 0)
    assert (busy.case().status, busy.case().unread, busy.case().waiting_since) == (was, True, since)
    assert (rows(busy), busy.events().count("case_woken")) == (0, 1)


def test_an_edit_is_writing_and_wakes_the_case_where_it_was(busy: Desk) -> None:
    busy.answer()
    sleep(busy, reason=Reason.CUSTOMER)
    edited = replace(FIRST, text="My bag and my hat are lost!", edited_at=busy.now, raw=b"{}")
    busy.collect(edited)
    busy.collect(edited)

    assert (busy.case().status, busy.case().unread, rows(busy)) == ("waiting", True, 0)
    told = events.last(busy.conn, EventKind.CASE_WOKEN, case_id=busy.case().id)
    assert told is not None
    assert told.facts["woken_by"] == "customer"
    assert busy.events().count("case_woken") == 1


def test_a_post_of_the_customer_wakes_whatever_the_case_waits_for(busy: Desk) -> None:
    busy.answer()
    sleep(busy, until=busy.now + DAY)
    busy.now += HOUR
    busy.hear(an_answer_to(FIRST, "thank you", published_at=busy.now))

    assert (busy.case().status, busy.case().waiting_since, rows(busy)) == ("open", busy.now, 0)
    told = events.last(busy.conn, EventKind.CASE_WOKEN, case_id=busy.case().id)
    assert told is not None
    assert told.facts["woken_by"] == "customer"


def test_our_own_reply_lets_the_case_sleep_on_and_it_wakes_waiting(busy: Desk) -> None:
    busy.write()
    sleep(busy, until=busy.now + DAY)
    busy.send()
    assert (busy.case().status, busy.case().waiting_since) == ("snoozed", None)
    snooze.wake_due(busy.conn, now=busy.now + DAY)
    assert busy.case().status == "waiting"


def test_a_reply_that_resolves_does_so_in_sleep(busy: Desk) -> None:
    busy.write(then_resolve=True)
    sleep(busy, until=busy.now + DAY)
    busy.send()
    assert (busy.case().status, rows(busy)) == ("resolved", 0)


def test_a_case_that_was_resolved_in_its_sleep_sleeps_on_when_that_is_undone(busy: Desk) -> None:
    sleep(busy, until=busy.now + DAY)
    busy.resolve()
    resolve.undo_resolve(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)
    assert (busy.case().status, busy.case().waiting_since, rows(busy)) == ("snoozed", NOON, 1)


def test_a_case_whose_time_came_while_it_was_put_aside_comes_back_awake(busy: Desk) -> None:
    sleep(busy, until=busy.now + HOUR)
    resolve.dismiss(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)
    resolve.reopen(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now + 2 * HOUR)
    assert (busy.case().status, rows(busy)) == ("open", 0)


def test_it_is_woken_by_hand_once(busy: Desk) -> None:
    sleep(busy, reason=Reason.CUSTOMER)
    snooze.wake(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)
    assert busy.case().status == "open"
    with pytest.raises(Conflict, match="awake already"):
        snooze.wake(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)


def test_a_sleeping_case_takes_another_time(busy: Desk) -> None:
    sleep(busy, until=busy.now + HOUR)
    sleep(busy, reason=Reason.CUSTOMER)
    found = snoozes.find(busy.conn, case_id=busy.case().id)
    assert found is not None
    assert (found.reason, found.until, found.agent) == ("customer", None, "Ada")
    assert snooze.wake_due(busy.conn, now=busy.now + DAY) == 0


@pytest.mark.parametrize(
    ("until", "reason", "words"),
    [
        (timedelta(0), Reason.TIME, "over already"),
        (timedelta(days=400), Reason.TIME, "a year at most"),
        (None, Reason.TIME, "until when"),
        (None, Reason.INCIDENT, "Name the incident"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(busy: Desk, until: timedelta | None, reason: Reason, words: str) -> None:
    with pytest.raises(Refused, match=words):
        sleep(busy, until=None if until is None else busy.now + until, reason=reason)
    assert busy.case().status == "open"


def test_what_is_over_does_not_sleep(busy: Desk) -> None:
    busy.resolve()
    with pytest.raises(Conflict):
        sleep(busy, until=busy.now + HOUR)


def test_the_counters_know_sleepers(busy: Desk) -> None:
    sleep(busy, reason=Reason.CUSTOMER)
    fold_counts(busy.conn)
    assert fetch_values(busy.conn, "select n from case_counts where view = 'status:snoozed'") == [1]
