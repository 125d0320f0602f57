"""What agents do to a case: resolve, undo, dismiss, reopen, assign, note, read; and how resolutions turn out."""

from datetime import timedelta

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import resolve
from amends.inbox.actions.assign import assign
from amends.inbox.actions.follow_up import conclude_due, decide_follow_up
from amends.inbox.actions.note import add_note
from amends.inbox.actions.read import mark_read
from amends.inbox.rules.ids import AgentId, FollowUpId
from amends.inbox.rules.words import Outcome
from tests.cast import NOON, POLICY, a_post, an_answer_to, bo
from tests.desk import DAY, HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="bag")
DUE = NOON + 5 * MINUTE + POLICY.follow_up_after


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk with one open complaint."""
    desk.hear(FIRST)
    desk.now += 5 * MINUTE
    return desk


def _read_until(desk: Desk, moment: object) -> None:
    execute(desk.conn, "update watches set last_ok_at = %(at)s", {"at": moment})


def _outcomes(desk: Desk) -> list[str | None]:
    return fetch_values(desk.conn, "select outcome from follow_ups where days = 7 order by id")


def test_resolve_ends_the_episode_and_plans_a_follow_up(busy: Desk) -> None:
    busy.resolve()

    case = busy.case()
    assert (case.status, case.waiting_since, case.resolved_at) == ("resolved", None, busy.now)
    assert fetch_values(busy.conn, "select resolved_by from episodes where resolved_at is not null") == [busy.agent_id]
    assert fetch_values(busy.conn, "select due_at from follow_ups order by days") == [DUE, busy.now + 30 * DAY]


def test_a_second_resolve_is_a_conflict(busy: Desk) -> None:
    busy.resolve()
    with pytest.raises(Conflict):
        busy.resolve()


@pytest.mark.parametrize("answered", [True, False])
def test_undo_puts_everything_back(busy: Desk, answered: bool) -> None:
    if answered:
        busy.answer()
    before = busy.case()
    busy.resolve()
    busy.now += timedelta(seconds=20)
    resolve.undo_resolve(busy.conn, case_id=before.id, agent_id=busy.agent_id, now=busy.now)

    after = busy.case()
    assert (after.status, after.waiting_since, after.episode, after.resolved_at) == (before.status, before.waiting_since, 1, None)
    assert _outcomes(busy) == []
    assert fetch_values(busy.conn, "select resolved_at from episodes") == [None]
    busy.resolve()


def _undo(desk: Desk) -> None:
    resolve.undo_resolve(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)


def test_undo_minds_the_reply_that_went_out_meanwhile(busy: Desk) -> None:
    busy.write()
    busy.resolve()
    busy.send()
    _undo(busy)

    assert (busy.case().status, busy.case().waiting_since) == ("waiting", None)


def test_undo_minds_what_the_customer_wrote_meanwhile(busy: Desk) -> None:
    busy.answer()
    busy.resolve()
    busy.hear(an_answer_to(FIRST, "Thank you so much", published_at=busy.now))
    _undo(busy)

    assert (busy.case().status, busy.case().waiting_since) == ("open", busy.now)


def test_undo_has_its_time(busy: Desk) -> None:
    busy.resolve()
    with pytest.raises(Refused, match="too late"):
        resolve.undo_resolve(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now + HOUR)


def test_an_open_case_has_no_resolve_to_undo(busy: Desk) -> None:
    with pytest.raises(Conflict):
        resolve.undo_resolve(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)


def test_reopening_by_hand_starts_an_episode_and_leaves_the_outcome_unknown(busy: Desk) -> None:
    busy.resolve()
    resolve.reopen(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now + DAY)

    assert (busy.case().status, busy.case().episode, busy.case().waiting_since) == ("open", 2, busy.now + DAY)
    assert _outcomes(busy) == ["unknown"]


def test_a_dismissed_case_counts_as_neither_and_reopens_where_it_was(busy: Desk) -> None:
    case_id = busy.case().id
    resolve.dismiss(busy.conn, case_id=case_id, agent_id=busy.agent_id, now=busy.now)
    assert busy.case().status == "dismissed"
    assert fetch_values(busy.conn, "select resolved_at from episodes where dismissed_at is not null") == [None]
    assert _outcomes(busy) == []

    resolve.reopen(busy.conn, case_id=case_id, agent_id=busy.agent_id, now=busy.now)
    assert (busy.case().status, busy.case().episode, busy.case().waiting_since) == ("open", 1, NOON)
    assert fetch_values(busy.conn, "select dismissed_at from episodes") == [None]


def test_a_case_is_given_to_a_colleague_and_back_to_nobody(busy: Desk) -> None:
    case_id = busy.case().id
    assign(busy.conn, case_id=case_id, assignee_id=bo(busy.conn), agent_id=busy.agent_id, now=busy.now)
    assign(busy.conn, case_id=case_id, assignee_id=bo(busy.conn), agent_id=busy.agent_id, now=busy.now)
    assert busy.case().assignee_id == bo(busy.conn)
    assign(busy.conn, case_id=case_id, assignee_id=None, agent_id=busy.agent_id, now=busy.now)
    assert busy.case().assignee_id is None
    assert busy.events().count("case_assigned") == 2


def test_nobody_is_given_a_case_who_has_left(busy: Desk) -> None:
    gone = bo(busy.conn)
    execute(busy.conn, "update agents set active = false where id = %(id)s", {"id": gone})
    for assignee_id in (gone, AgentId(404)):
        with pytest.raises(Refused):
            assign(busy.conn, case_id=busy.case().id, assignee_id=assignee_id, agent_id=busy.agent_id, now=busy.now)


def test_a_note_is_kept_and_stops_no_clock(busy: Desk) -> None:
    add_note(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, text=" called the airport ", now=busy.now)

    assert fetch_values(busy.conn, "select text from notes") == ["called the airport"]
    assert busy.case().waiting_since == NOON
    with pytest.raises(Refused):
        add_note(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, text=" ", now=busy.now)


def test_reading_takes_the_mark_until_the_customer_writes_again(busy: Desk) -> None:
    for _ in range(2):
        mark_read(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)
    assert not busy.case().unread
    assert busy.events().count("case_read") == 1

    busy.hear(an_answer_to(FIRST, "Hello"))
    assert busy.case().unread


def test_nothing_is_concluded_before_its_time(busy: Desk) -> None:
    busy.resolve()
    _read_until(busy, DUE)
    assert conclude_due(busy.conn, now=DUE - MINUTE) == 0


def test_a_follow_up_waits_for_the_source_to_be_read_up_to_the_due_date(busy: Desk) -> None:
    busy.resolve()
    _read_until(busy, DUE - MINUTE)
    assert conclude_due(busy.conn, now=DUE) == 0
    _read_until(busy, DUE)
    assert conclude_due(busy.conn, now=DUE) == 1
    assert _outcomes(busy) == ["silent"]


def test_a_source_that_stays_unread_makes_the_outcome_unknown_until_an_agent_decides(busy: Desk) -> None:
    busy.resolve()
    assert conclude_due(busy.conn, now=DUE + HOUR) == 1
    assert _outcomes(busy) == ["unknown"]

    [follow_up_id] = fetch_values(busy.conn, "select id from follow_ups where days = 7")
    decide_follow_up(busy.conn, follow_up_id=follow_up_id, outcome=Outcome.HELD, agent_id=busy.agent_id, note="Rang her.", now=DUE + DAY)
    assert fetch_values(busy.conn, "select outcome from episodes") == ["held"]
    assert fetch_values(busy.conn, "select note from follow_ups where days = 7") == ["Rang her."]


def test_posts_that_are_not_triaged_yet_are_waited_for(busy: Desk) -> None:
    busy.resolve()
    _read_until(busy, DUE)
    busy.now = DUE
    busy.collect(a_post("My bag is lost still!", published_at=DUE - MINUTE))
    assert conclude_due(busy.conn, now=DUE) == 0

    busy.triage()
    assert conclude_due(busy.conn, now=DUE) == 1
    assert _outcomes(busy) == ["relapsed"]


def test_what_the_customer_showed_in_public_is_not_overruled(busy: Desk) -> None:
    busy.resolve()
    busy.now += MINUTE
    busy.hear(an_answer_to(FIRST, "Lost again!", published_at=busy.now))

    [follow_up_id] = fetch_values(busy.conn, "select id from follow_ups where days = 7")
    with pytest.raises(Refused, match="relapsed"):
        decide_follow_up(busy.conn, follow_up_id=follow_up_id, outcome=Outcome.HELD, agent_id=busy.agent_id, note="", now=DUE)


def test_there_is_no_follow_up_to_decide_where_there_is_none(desk: Desk) -> None:
    with pytest.raises(NotFound):
        decide_follow_up(desk.conn, follow_up_id=FollowUpId(404), outcome=Outcome.HELD, agent_id=desk.agent_id, note="", now=DUE)


def test_thanks_for_our_answer_count_though_they_came_before_the_resolve(busy: Desk) -> None:
    first = a_post("x", external_id="bag")
    busy.answer()
    busy.now += MINUTE
    busy.hear(an_answer_to(first, "Thank you, it came!", published_at=busy.now))
    busy.now += MINUTE
    busy.resolve()
    _read_until(busy, busy.now + POLICY.follow_up_after)

    assert conclude_due(busy.conn, now=busy.now + POLICY.follow_up_after) == 1
    assert _outcomes(busy) == ["held"]


def test_what_was_urgent_is_so_no_more_once_the_customer_is_content(busy: Desk) -> None:
    before = busy.case().urgency
    busy.hear(an_answer_to(a_post("x", external_id="bag"), "Thank you, great!", published_at=busy.now))

    assert busy.case().urgency < before
