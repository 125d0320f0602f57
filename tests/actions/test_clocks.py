"""Clocks: what happens to a case makes them run, stand and end; what is due is told once, and yesterday is never promised anew."""

from datetime import datetime

from amends.core.database import execute, fetch_all, fetch_values
from amends.inbox.actions import resolve, send_reply, undo
from amends.inbox.actions.clocks import keep_due
from amends.inbox.store.clocks import ClockRow
from tests.cast import NOON, a_post, an_answer_to
from tests.desk import DAY, HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="bag")


def clocks(desk: Desk) -> list[ClockRow]:
    return fetch_all(desk.conn, ClockRow, "select * from clocks order by episode_id, kind, number")


def due(desk: Desk) -> list[datetime | None]:
    return fetch_values(desk.conn, "select due_at from cases order by id")


def brief(desk: Desk) -> list[tuple[str, str]]:
    """Return each clock with what it does."""
    return [
        (one.kind, "stopped" if one.stopped_at else "void" if one.voided_at else "stands" if one.paused_at else "runs")
        for one in clocks(desk)
    ]


def test_an_answer_is_due_by_urgency_while_a_customer_waits_and_never_else(desk: Desk) -> None:
    desk.hear(FIRST)
    for urgency, hours in ((95, 1), (70, 1), (69, 4), (40, 4), (39, 24), (0, 24)):
        execute(desk.conn, "update cases set urgency = %(urgency)s", {"urgency": urgency})
        assert keep_due(desk.conn, now=desk.now) == 1
        assert due(desk) == [NOON + hours * HOUR]
    execute(desk.conn, "update cases set waiting_points = 50")
    assert keep_due(desk.conn, now=desk.now) == 0
    desk.answer()
    assert due(desk) == [None]


def test_what_does_not_wait_for_us_has_no_deadline_and_gets_one_when_it_does_again(desk: Desk) -> None:
    desk.hear(FIRST)
    for status in ("waiting", "snoozed", "resolved", "dismissed"):
        execute(desk.conn, "update cases set status = %(status)s", {"status": status})
        assert due(desk) == [None]
        execute(desk.conn, "update cases set status = 'open'")
        assert due(desk) == [NOON + 4 * HOUR]


def test_first_next_and_resolution_follow_the_talk(desk: Desk) -> None:
    desk.hear(FIRST)
    assert brief(desk) == [("first", "runs"), ("resolution", "runs")]
    desk.now = NOON + 20 * MINUTE
    desk.answer()
    assert brief(desk) == [("first", "stopped"), ("resolution", "stands")]
    again = an_answer_to(FIRST, "Still lost", external_id="again", published_at=NOON + HOUR)
    desk.now = NOON + 61 * MINUTE
    desk.hear(again)
    assert brief(desk) == [("first", "stopped"), ("next", "runs"), ("resolution", "runs")]
    desk.now = NOON + 90 * MINUTE
    desk.answer()
    desk.now = NOON + 2 * HOUR
    desk.resolve()
    assert brief(desk) == [("first", "stopped"), ("next", "stopped"), ("resolution", "stopped")]
    first, second, end = clocks(desk)
    assert (first.wall_seconds, second.wall_seconds, end.wall_seconds, end.paused_seconds) == (1200, 1800, 3000, 2400 + 1800)
    assert fetch_values(desk.conn, "select waited_seconds from episodes") == [4200]


def test_a_resolve_that_is_undone_leaves_the_clocks_as_they_were(desk: Desk) -> None:
    desk.hear(FIRST)
    before = clocks(desk)
    desk.now += MINUTE
    desk.resolve()
    assert brief(desk) == [("first", "void"), ("resolution", "stopped")]
    desk.now += MINUTE
    resolve.undo_resolve(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)
    assert clocks(desk) == before
    assert due(desk) == [NOON + 4 * HOUR]


def test_a_reopening_that_is_undone_takes_its_clocks_along(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.answer()
    desk.resolve()
    before = clocks(desk)
    desk.now += HOUR
    resolve.reopen(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)
    assert len(clocks(desk)) == len(before) + 2
    [event] = fetch_values(desk.conn, "select id from events where kind = 'case_reopened'")
    undo.undo(desk.conn, case_id=desk.case().id, event_id=event, agent_id=desk.agent_id, now=desk.now)
    assert clocks(desk) == before


def test_a_breach_is_found_once_by_the_beat_and_told_on_the_case(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.now = NOON + 5 * HOUR
    assert keep_due(desk.conn, now=desk.now) == 1
    assert keep_due(desk.conn, now=desk.now) == 0
    assert desk.events().count("clock_breached") == 1
    assert clocks(desk)[0].breached_at == NOON + 4 * HOUR
    desk.answer()
    assert clocks(desk)[0].breached_at == NOON + 4 * HOUR


def test_a_machine_whose_clock_is_put_back_takes_no_breach_back_and_tells_it_once(desk: Desk) -> None:
    desk.hear(FIRST)
    for hours in (5, 3, 5):
        desk.now = NOON + hours * HOUR
        execute(desk.conn, "insert into clock_queue (case_id) select id from cases on conflict do nothing")
        keep_due(desk.conn, now=desk.now)
        assert clocks(desk)[0].breached_at == NOON + 4 * HOUR
    assert desk.events().count("clock_breached") == 1


def test_what_is_done_before_it_can_have_been_takes_no_time(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.answer()
    desk.now = NOON - HOUR
    desk.resolve()
    assert [(row.wall_seconds, row.paused_seconds) for row in clocks(desk) if row.kind == "resolution"] == [(0, 0)]


def test_an_answer_that_was_out_in_time_takes_the_breach_back(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.write()
    job = desk.claim()
    out = desk.published(job)
    desk.now = NOON + 5 * HOUR
    keep_due(desk.conn, now=desk.now)
    assert clocks(desk)[0].breached_at
    send_reply.record_sent(desk.conn, job, out, now=desk.now)
    assert clocks(desk)[0].breached_at is None


def test_a_post_older_than_the_product_is_late_and_wakes_nobody(desk: Desk) -> None:
    desk.hear(a_post("Lost", published_at=NOON - 400 * DAY))
    first = clocks(desk)[0]
    assert (first.breached_at, first.born_late, first.next_at) == (NOON - 400 * DAY + 4 * HOUR, True, None)
    desk.now += 3 * DAY
    assert keep_due(desk.conn, now=desk.now) == 0
    assert "clock_breached" not in desk.events()


def test_an_older_post_that_comes_late_began_the_wait(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.hear(an_answer_to(FIRST, "I said it before", external_id="older", published_at=NOON - HOUR))
    assert clocks(desk)[0].started_at == NOON - HOUR
    assert due(desk) == [NOON + 3 * HOUR]
    assert fetch_values(desk.conn, "select published_at from episodes") == [NOON - HOUR]


def test_an_answer_dated_before_the_post_counts_as_at_once(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.now = NOON - HOUR
    desk.answer()
    assert clocks(desk)[0].wall_seconds == 0


def test_whatever_is_done_the_same_again_changes_nothing(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.now += HOUR
    desk.answer()
    before = clocks(desk)
    execute(desk.conn, "insert into clock_queue select id from cases on conflict do nothing")
    assert keep_due(desk.conn, now=desk.now + DAY) == 1
    assert clocks(desk) == before
