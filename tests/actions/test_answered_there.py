"""What a colleague answered on the network itself counts as an answer, claims no proof, and is taken back wholly."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Conflict, Refused
from amends.core.post import Post
from amends.inbox.actions import answered_there, promises, take_back
from amends.inbox.actions.resolve import dismiss
from amends.inbox.rules.ids import ReplyId
from tests.cast import NOON, US, a_post, an_answer_to, bo
from tests.desk import HOUR, MINUTE, Desk

CLOSED = {"can_reply": False, "why_no_reply": "Answer where it was written."}


@pytest.fixture
def closed(desk: Desk) -> Desk:
    """A desk with one complaint that cannot be answered from here."""
    desk.hear(a_post("My bag is lost!", external_id="bag", **CLOSED))
    desk.now += HOUR
    return desk


def _tell(desk: Desk, text: str = "We are on it.", **given: Any) -> ReplyId:
    case_id, policy = desk.case().id, desk.policy
    return answered_there.tell(desk.conn, case_id=case_id, agent_id=desk.agent_id, text=text, now=desk.now, policy=policy, **given)


def _untell(desk: Desk, reply_id: ReplyId) -> None:
    take_back.take_back_reply(desk.conn, case_id=desk.case().id, reply_id=reply_id, agent_id=desk.agent_id, now=desk.now)


def _ours(text: str, external_id: str, at: datetime) -> Post:
    return an_answer_to(a_post("x", external_id="bag"), text, external_id=external_id, author=US, is_own=True, published_at=at)


def _clocks(desk: Desk) -> list[object]:
    return fetch_values(
        desk.conn,
        """
        select row(kind, number, started_at, stopped_at, voided_at, paused_at, paused_seconds, breached_at)::text from clocks
        order by kind, number
        """,
    )


def _stopped(desk: Desk) -> list[datetime | None]:
    return fetch_values(desk.conn, "select stopped_at from clocks where kind = 'first'")


def test_it_stops_the_clock_when_it_was_given_and_the_case_waits_for_the_customer(closed: Desk) -> None:
    _tell(closed, at=NOON + 20 * MINUTE, link="https://forum.example/bag#2")

    case = closed.case()
    assert (case.status, case.waiting_since, case.assignee_id, case.unread) == ("waiting", None, closed.agent_id, False)
    assert _stopped(closed) == [NOON + 20 * MINUTE]
    row = "select row(state, sent_at = %(at)s, permalink, external_id, look_at, elsewhere)::text from replies"
    assert fetch_values(closed.conn, row, {"at": NOON + 20 * MINUTE}) == ["(sent,t,https://forum.example/bag#2,,,t)"]


def test_nothing_is_sent_and_nothing_is_looked_for(closed: Desk) -> None:
    _tell(closed)

    assert fetch_values(closed.conn, "select count(*) from replies where state in ('queued', 'sending') or look_at is not null") == [0]


def test_where_nobody_says_when_it_is_now(closed: Desk) -> None:
    _tell(closed)

    assert _stopped(closed) == [closed.now]


@pytest.mark.parametrize("at", [timedelta(hours=2), -2 * MINUTE])
def test_it_lies_neither_in_the_future_nor_before_the_post(closed: Desk, at: timedelta) -> None:
    with pytest.raises(Refused):
        _tell(closed, at=NOON + at)

    assert closed.case().status == "open"


def test_the_minute_of_the_post_is_its_moment(closed: Desk) -> None:
    _tell(closed, at=NOON - timedelta(seconds=30))

    assert _stopped(closed) == [NOON]


@pytest.mark.parametrize("given", [{"text": " \u200b "}, {"link": "javascript:alert(1)"}])
def test_it_has_words_and_a_link_is_one(closed: Desk, given: dict[str, str]) -> None:
    with pytest.raises(Refused):
        _tell(closed, **given)


def test_what_the_customer_wrote_after_it_still_waits(closed: Desk) -> None:
    closed.hear(an_answer_to(a_post("x", external_id="bag"), "Hello?", external_id="hello", published_at=NOON + 30 * MINUTE, **CLOSED))
    _tell(closed, at=NOON + 20 * MINUTE, then_resolve=True)

    assert (closed.case().status, closed.case().waiting_since) == ("open", NOON + 30 * MINUTE)
    assert _stopped(closed) == [NOON + 20 * MINUTE]


def test_what_its_agent_had_not_seen_still_waits(closed: Desk) -> None:
    closed.hear(an_answer_to(a_post("x", external_id="bag"), "Hello?", external_id="hello", published_at=NOON + 30 * MINUTE, **CLOSED))
    _tell(closed, seen_posts=1)

    assert (closed.case().status, closed.case().waiting_since) == ("open", NOON + 30 * MINUTE)


def test_it_ends_the_case_and_plans_its_follow_up(closed: Desk) -> None:
    _tell(closed, then_resolve=True)

    assert closed.case().status == "resolved"
    assert fetch_values(closed.conn, "select count(*) from follow_ups") == [2]


def test_an_answer_given_before_one_that_went_out_is_the_first(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost!", external_id="bag"))
    desk.now += HOUR
    desk.answer()
    desk.now += HOUR
    reply_id = _tell(desk, "On my phone: we are on it.", at=NOON + 10 * MINUTE)
    assert _stopped(desk) == [NOON + 10 * MINUTE]

    _untell(desk, reply_id)
    assert _stopped(desk) == [NOON + HOUR]
    assert desk.case().status == "waiting"


@pytest.mark.parametrize("then_resolve", [False, True])
def test_taking_it_back_leaves_all_as_it_was(closed: Desk, then_resolve: bool) -> None:
    before, clocks = closed.case(), _clocks(closed)
    reply_id = _tell(closed, then_resolve=then_resolve)
    closed.now += MINUTE
    _untell(closed, reply_id)

    assert closed.case() == before
    assert fetch_values(closed.conn, "select (select count(*) from replies) + (select count(*) from follow_ups)") == [0]
    assert fetch_values(closed.conn, "select answered_at from episodes") == [None]
    assert fetch_values(closed.conn, "select text from drafts where dropped_at is null") == ["We are on it."]
    assert _clocks(closed) == clocks


def test_the_next_answers_clock_runs_again_when_it_is_taken_back(closed: Desk) -> None:
    _tell(closed)
    closed.hear(an_answer_to(a_post("x", external_id="bag"), "And now?", external_id="now", published_at=closed.now + HOUR, **CLOSED))
    closed.now += 2 * HOUR
    reply_id = _tell(closed, "Tomorrow.")
    running = "select count(*) from clocks where kind = 'next' and stopped_at is null"
    assert fetch_values(closed.conn, running) == [0]

    _untell(closed, reply_id)
    assert fetch_values(closed.conn, running) == [1]
    assert (closed.case().status, closed.case().waiting_since) == ("open", NOON + 2 * HOUR)


def test_it_is_not_taken_back_once_the_customer_reopened_the_case(closed: Desk) -> None:
    reply_id = _tell(closed, then_resolve=True)
    closed.now += 2 * HOUR
    closed.hear(
        an_answer_to(a_post("x", external_id="bag"), "My bag is lost again!", external_id="again", published_at=closed.now, **CLOSED)
    )
    assert closed.case().episode == 2

    with pytest.raises(Conflict):
        _untell(closed, reply_id)


def test_what_a_colleague_resolved_since_stays_resolved_when_it_is_taken_back(closed: Desk) -> None:
    closed.hear(an_answer_to(a_post("x", external_id="bag"), "Hello?", external_id="hello", published_at=NOON + 30 * MINUTE, **CLOSED))
    reply_id = _tell(closed, at=NOON + 20 * MINUTE, then_resolve=True)
    closed.now += HOUR
    _tell(closed, "We have found it.")
    closed.resolve()
    closed.now += HOUR
    _untell(closed, reply_id)

    assert closed.case().status == "resolved"
    assert fetch_values(closed.conn, "select count(*) from follow_ups") == [2]


def test_a_case_stays_with_who_has_answered_since_when_it_is_taken_back(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost!", external_id="bag"))
    desk.now += HOUR
    reply_id = _tell(desk)
    desk.now += HOUR
    desk.answer("We have found it.")
    before = desk.case()
    _untell(desk, reply_id)

    assert desk.case() == before


def test_the_same_key_is_the_same_answer(closed: Desk) -> None:
    key = uuid4()
    assert _tell(closed, key=key) == _tell(closed, key=key)


def test_a_dismissed_case_is_opened_first(closed: Desk) -> None:
    dismiss(closed.conn, case_id=closed.case().id, agent_id=closed.agent_id, now=closed.now)
    with pytest.raises(Conflict):
        _tell(closed)


def test_our_post_that_a_collector_brings_later_is_that_answer(closed: Desk) -> None:
    _tell(closed)
    closed.now += HOUR
    closed.hear(_ours("@cy  We are on it.", "ours", NOON + 50 * MINUTE))

    assert fetch_values(closed.conn, "select external_id from replies") == ["ours"]
    assert fetch_values(closed.conn, "select answered_at from episodes") == [NOON + 50 * MINUTE]
    assert fetch_values(closed.conn, "select count(*) from clock_queue") == [1]


def test_our_post_that_is_there_already_is_that_answer(closed: Desk) -> None:
    closed.hear(_ours("We are on it.", "ours", NOON + 50 * MINUTE), _ours("Something else", "other", NOON + 55 * MINUTE))
    _tell(closed)

    assert fetch_values(closed.conn, "select external_id from replies") == ["ours"]
    assert _stopped(closed) == [NOON + 50 * MINUTE]


def test_of_two_answers_in_the_same_words_each_is_one_post(closed: Desk) -> None:
    _tell(closed, at=NOON + 10 * MINUTE)
    closed.agent_id = bo(closed.conn)
    _tell(closed, at=NOON + 40 * MINUTE)
    closed.hear(_ours("We are on it.", "late", NOON + 41 * MINUTE), _ours("We are on it.", "early", NOON + 11 * MINUTE))

    assert fetch_values(closed.conn, "select external_id from replies order by id") == ["early", "late"]


def test_what_was_promised_in_it_is_promised_when_our_post_there_was_published_and_not_where_it_is_taken_back(closed: Desk) -> None:
    case_id, who = closed.case().id, {"agent_id": closed.agent_id, "now": closed.now}
    promises.promise(closed.conn, case_id=case_id, text="We send it", due_at=closed.now + 24 * HOUR, said=False, **who)
    reply_id = _tell(closed)
    closed.hear(_ours("We are on it.", "ours", NOON + 50 * MINUTE))
    assert fetch_values(closed.conn, "select made_at from promises") == [NOON + 50 * MINUTE]

    _untell(closed, reply_id)
    assert fetch_values(closed.conn, "select made_at from promises") == [None]


def test_a_post_without_words_is_no_answer_that_was_but_a_link(closed: Desk) -> None:
    _tell(closed, "https://help.example/bags")
    closed.hear(_ours("", "picture", NOON + 50 * MINUTE), _ours("https://other.example", "other", NOON + 51 * MINUTE))

    assert fetch_values(closed.conn, "select external_id from replies") == [None]
