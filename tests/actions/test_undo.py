"""Undo by event: each thing is taken back while nothing later would be overwritten, and with a clear word where it would."""

from collections.abc import Callable

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import resolve, snooze
from amends.inbox.actions.assign import assign, assign_team
from amends.inbox.actions.note import add_note
from amends.inbox.actions.press import press
from amends.inbox.actions.read import mark_read
from amends.inbox.actions.undo import undo
from amends.inbox.rules.snoozing import Reason, Sleep
from tests.cast import a_post, an_answer_to, bo
from tests.desk import HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="bag")


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk with one open complaint."""
    desk.hear(FIRST)
    desk.now += 5 * MINUTE
    return desk


def take_back(desk: Desk, kind: str = "") -> None:
    found = fetch_values(desk.conn, "select max(id) from events where case_id is not null and (kind = %(k)s or %(k)s = '')", {"k": kind})
    undo(desk.conn, case_id=desk.case().id, event_id=found[0], agent_id=desk.agent_id, now=desk.now)


def _assign(desk: Desk) -> None:
    assign(desk.conn, case_id=desk.case().id, assignee_id=bo(desk.conn), agent_id=desk.agent_id, now=desk.now)


def _team(desk: Desk) -> None:
    team_id = fetch_values(desk.conn, "insert into teams (name, created_at) values ('Night', now()) returning id")[0]
    assign_team(desk.conn, case_id=desk.case().id, team_id=team_id, agent_id=desk.agent_id, now=desk.now)


def _snooze(desk: Desk) -> None:
    snooze.snooze(desk.conn, case_id=desk.case().id, sleep=Sleep(reason=Reason.CUSTOMER), agent_id=desk.agent_id, now=desk.now)


def _dismiss(desk: Desk) -> None:
    resolve.dismiss(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)


def _reopen(desk: Desk) -> None:
    resolve.reopen(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)


def _read(desk: Desk) -> None:
    mark_read(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)


def _note(desk: Desk) -> None:
    add_note(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, text="They called.", now=desk.now)


def _press(desk: Desk) -> None:
    press(desk.conn, case_id=desk.case().id, points=10, reason="press", agent_id=desk.agent_id, now=desk.now)


def test_a_reason_without_points_is_told_and_taken_back_too(busy: Desk) -> None:
    for reason, points in (("all there is", 100), ("beyond", 10)):
        press(busy.conn, case_id=busy.case().id, points=points, reason=reason, agent_id=busy.agent_id, now=busy.now)
    reasons = "select unnest(reasons) from cases"
    assert (busy.case().urgency, "beyond" in fetch_values(busy.conn, reasons)) == (100, True)
    take_back(busy, "case_pressed")
    assert (busy.case().urgency, "beyond" in fetch_values(busy.conn, reasons)) == (100, False)


def everything(desk: Desk) -> tuple[object, ...]:
    found = "select to_jsonb(c)::text from cases c union all select text from notes union all select to_jsonb(s)::text from surveys s"
    return (*fetch_values(desk.conn, found), *fetch_values(desk.conn, "select to_jsonb(e)::text from episodes e order by number"))


@pytest.mark.parametrize("act", [_assign, _team, _snooze, Desk.resolve, _dismiss, _note, _press])
def test_what_was_done_is_taken_back_whole(busy: Desk, act: Callable[[Desk], None]) -> None:
    execute(busy.conn, "update cases set needs_look = true")
    before = everything(busy)
    act(busy)
    done = fetch_values(busy.conn, "select max(id) from events where case_id is not null")[0]
    assert everything(busy) != before
    take_back(busy)
    assert everything(busy) == before
    with pytest.raises((Conflict, Refused)):
        undo(busy.conn, case_id=busy.case().id, event_id=done, agent_id=busy.agent_id, now=busy.now)


def test_the_unread_mark_comes_back(busy: Desk) -> None:
    _read(busy)
    take_back(busy)
    assert (busy.case().unread, busy.events()[-1]) == (True, "case_unread")


def test_reopening_a_resolved_case_is_taken_back_with_its_follow_up(busy: Desk) -> None:
    busy.resolve()
    before = everything(busy)
    busy.now += HOUR
    _reopen(busy)
    take_back(busy, "case_reopened")

    assert everything(busy) == before
    assert fetch_values(busy.conn, "select outcome from follow_ups where concluded_at is null") == [None, None]
    _reopen(busy)


def test_reopening_what_was_put_aside_is_taken_back(busy: Desk) -> None:
    _dismiss(busy)
    _reopen(busy)
    take_back(busy)
    assert busy.case().status == "dismissed"


def test_waking_is_taken_back_while_its_time_has_not_come(busy: Desk) -> None:
    _snooze(busy)
    snooze.wake(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)
    take_back(busy)
    assert busy.case().status == "snoozed"


def test_snoozing_for_longer_is_taken_back_to_the_time_before(busy: Desk) -> None:
    first, second = busy.now + HOUR, busy.now + 2 * HOUR
    for until in (first, second):
        wish = Sleep(reason=Reason.TIME, until=until)
        snooze.snooze(busy.conn, case_id=busy.case().id, sleep=wish, agent_id=busy.agent_id, now=busy.now)
    take_back(busy)
    assert fetch_values(busy.conn, "select until from snoozes") == [first]


def test_what_was_changed_since_is_not_overwritten(busy: Desk) -> None:
    _assign(busy)
    assign(busy.conn, case_id=busy.case().id, assignee_id=busy.agent_id, agent_id=busy.agent_id, now=busy.now)
    first = fetch_values(busy.conn, "select min(id) from events where kind = 'case_assigned'")[0]
    with pytest.raises(Conflict, match="overwrite"):
        undo(busy.conn, case_id=busy.case().id, event_id=first, agent_id=busy.agent_id, now=busy.now)
    assert busy.case().assignee_id == busy.agent_id


def test_a_reopening_that_the_customer_answered_stays(busy: Desk) -> None:
    busy.resolve()
    _reopen(busy)
    busy.hear(an_answer_to(FIRST, "and where is it?", published_at=busy.now))
    with pytest.raises(Conflict):
        take_back(busy, "case_reopened")


def test_a_note_is_taken_back_by_its_author_for_ten_minutes(busy: Desk) -> None:
    _note(busy)
    note = fetch_values(busy.conn, "select max(id) from events where kind = 'note_added'")[0]
    with pytest.raises(Refused, match="Only who wrote"):
        undo(busy.conn, case_id=busy.case().id, event_id=note, agent_id=bo(busy.conn), now=busy.now)
    busy.now += 11 * MINUTE
    with pytest.raises(Refused, match="too late"):
        take_back(busy)


def test_an_event_of_another_case_or_of_no_consequence_is_none_to_take_back(busy: Desk) -> None:
    with pytest.raises(Refused, match="cannot be taken back"):
        take_back(busy, "case_opened")
    with pytest.raises(NotFound):
        undo(busy.conn, case_id=busy.case().id, event_id=999_999_999, agent_id=busy.agent_id, now=busy.now)


def test_several_things_are_taken_back_one_after_the_other_the_last_first(busy: Desk) -> None:
    before = everything(busy)
    done: list[int] = []
    for act in (_assign, _snooze, _snooze, Desk.resolve):
        act(busy)
        done.append(fetch_values(busy.conn, "select max(id) from events where case_id is not null")[0])
    for event_id in reversed(done):
        undo(busy.conn, case_id=busy.case().id, event_id=event_id, agent_id=busy.agent_id, now=busy.now)
    assert everything(busy) == before


def test_what_was_taken_back_is_not_taken_back_again_nor_is_the_taking_back(busy: Desk) -> None:
    _assign(busy)
    done = fetch_values(busy.conn, "select max(id) from events where case_id is not null")[0]
    take_back(busy)
    with pytest.raises(Conflict, match="already"):
        undo(busy.conn, case_id=busy.case().id, event_id=done, agent_id=busy.agent_id, now=busy.now)
    with pytest.raises(Refused, match="cannot be taken back"):
        take_back(busy)
