"""A reply goes out once, stops the clock once, and what goes wrong on its way is on screen."""

from datetime import timedelta
from uuid import uuid4

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.errors import Conflict, NotFound, RateLimited, Refused, ReplyRefused, Unreachable
from amends.inbox.actions import reply, resolve, send_reply
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.ids import CaseId, ReplyId
from tests.cast import NOON, POLICY, a_post, a_source, ada, an_answer_to, bo
from tests.desk import HOUR, MINUTE, Desk
from tests.fakes import FakeClassifier


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk with one open complaint."""
    desk.hear(a_post("My bag is lost!", external_id="bag"))
    desk.now += 5 * MINUTE
    return desk


def _only(desk: Desk, column: str) -> object:
    [value] = fetch_values(desk.conn, f"select {column} from replies")  # noqa: S608  # pyright: ignore[reportArgumentType]
    return value


def test_a_queued_reply_stops_no_clock_and_takes_the_case_of_nobody(busy: Desk) -> None:
    busy.write()

    case = busy.case()
    assert (case.status, case.waiting_since, case.assignee_id, case.unread) == ("open", NOON, busy.agent_id, False)


def test_a_reply_does_not_take_the_case_from_a_colleague(busy: Desk) -> None:
    busy.write()
    busy.agent_id = bo(busy.conn)
    busy.write()

    assert busy.case().assignee_id == ada(busy.conn)


def test_a_sent_reply_stops_the_clock_at_the_networks_time(busy: Desk) -> None:
    busy.answer()
    busy.now += MINUTE
    busy.answer("One more thing.")

    assert (busy.case().status, busy.case().waiting_since) == ("waiting", None)
    assert fetch_values(busy.conn, "select answered_at from episodes") == [NOON + 5 * MINUTE]


def test_the_draft_goes_under_the_customers_newest_post(busy: Desk) -> None:
    first = a_post("x", external_id="bag")
    busy.hear(an_answer_to(first, "Hello?", external_id="hello"))
    busy.write(" We are on it. ")

    draft = busy.claim().draft
    assert (draft.parent_id, draft.root_id, draft.text, draft.since) == ("hello", "bag", "We are on it.", busy.now)


def test_the_resolve_of_a_reply_that_went_out_is_undone_to_waiting_for_the_customer(busy: Desk) -> None:
    busy.write(then_resolve=True)
    busy.send()
    resolve.undo_resolve(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)

    assert (busy.case().status, busy.case().waiting_since) == ("waiting", None)


def test_a_newer_post_that_the_network_closes_to_us_does_not_block_the_answer(busy: Desk) -> None:
    first = a_post("x", external_id="bag")
    busy.hear(an_answer_to(first, "Hello?", external_id="hello", can_reply=False, why_no_reply="They did not mention us there."))
    busy.write()

    assert busy.claim().draft.parent_id == "bag"


def test_the_same_key_is_the_same_reply(busy: Desk) -> None:
    key = uuid4()
    case_id = busy.case().id

    def click() -> ReplyId:
        return reply.queue_reply(busy.conn, case_id=case_id, agent_id=busy.agent_id, text="Hi", now=busy.now, policy=POLICY, key=key)

    assert click() == click()
    assert _only(busy, "state") == "queued"


@pytest.mark.parametrize("text", ["", "  \n", "\0", "\u200b \u2060", "\u3164"])
def test_an_empty_reply_is_refused(busy: Desk, text: str) -> None:
    with pytest.raises(Refused, match="some words"):
        busy.write(text)


def test_where_the_network_allows_no_reply_the_refusal_says_why(desk: Desk) -> None:
    desk.hear(a_post("lost", can_reply=False, why_no_reply="They do not mention us."))

    with pytest.raises(Refused, match="They do not mention us"):
        desk.write()


def test_where_the_customer_deleted_everything_there_is_nothing_to_reply_under(busy: Desk) -> None:
    busy.collect(a_post(external_id="bag", deleted=True))

    with pytest.raises(Refused, match="deleted"):
        busy.write()


def test_a_dismissed_case_is_reopened_before_it_is_answered(busy: Desk) -> None:
    resolve.dismiss(busy.conn, case_id=busy.case().id, agent_id=busy.agent_id, now=busy.now)

    with pytest.raises(Conflict, match="reopen it first"):
        busy.write()


def test_no_case_no_reply(desk: Desk) -> None:
    with pytest.raises(NotFound):
        reply.queue_reply(desk.conn, case_id=CaseId(404), agent_id=desk.agent_id, text="Hi", now=desk.now, policy=POLICY)


def test_a_reply_that_may_have_got_through_comes_back_to_be_looked_for(busy: Desk) -> None:
    busy.write()
    first = busy.claim()
    assert not first.again
    assert send_reply.claim_reply(busy.conn, now=busy.now, lease=MINUTE) is None

    busy.now += 2 * MINUTE
    second = busy.claim()
    assert (second.again, second.key, second.first_try_at) == (True, first.key, first.first_try_at)


def test_a_reply_recorded_twice_counts_once(busy: Desk) -> None:
    busy.write()
    slow = busy.claim()
    busy.now += 2 * MINUTE
    quick = busy.claim()
    send_reply.record_sent(busy.conn, quick, busy.published(quick), now=busy.now)
    send_reply.record_sent(busy.conn, slow, busy.published(slow), now=busy.now)
    send_reply.record_reply_trouble(busy.conn, slow, ReplyRefused("duplicate"), now=busy.now)

    assert _only(busy, "state") == "sent"
    assert busy.events().count("reply_sent") == 1


def test_trouble_is_retried_with_a_pause_and_the_reason_shown(busy: Desk) -> None:
    busy.write()
    send_reply.record_reply_trouble(busy.conn, busy.claim(), Unreachable("502"), now=busy.now)

    assert (_only(busy, "state"), _only(busy, "error")) == ("queued", "502")
    assert send_reply.claim_reply(busy.conn, now=busy.now, lease=MINUTE) is None
    busy.now += timedelta(seconds=10)
    assert busy.claim().again


def test_a_rate_limit_is_waited_for(busy: Desk) -> None:
    busy.write()
    send_reply.record_reply_trouble(busy.conn, busy.claim(), RateLimited("429", until=busy.now + HOUR), now=busy.now)

    assert _only(busy, "next_at") == busy.now + HOUR


def test_eight_tries_are_enough(busy: Desk) -> None:
    busy.write()
    for _ in range(8):
        send_reply.record_reply_trouble(busy.conn, busy.claim(), Unreachable("502"), now=busy.now)
        busy.now += HOUR

    assert (_only(busy, "state"), _only(busy, "error")) == ("failed", "Given up after 8 tries: 502")
    assert busy.case().waiting_since == NOON


def test_a_refused_reply_fails_at_once_and_can_be_retried(busy: Desk) -> None:
    reply_id = busy.write()
    send_reply.record_reply_trouble(busy.conn, busy.claim(), ReplyRefused("too long"), now=busy.now)
    assert (_only(busy, "state"), _only(busy, "error")) == ("failed", "too long")

    send_reply.retry_reply(busy.conn, reply_id=reply_id, agent_id=busy.agent_id, now=busy.now)
    assert busy.claim().again
    with pytest.raises(Conflict):
        send_reply.retry_reply(busy.conn, reply_id=reply_id, agent_id=busy.agent_id, now=busy.now)


def test_a_reply_can_be_discarded_before_its_first_try_or_after_it_failed(busy: Desk) -> None:
    send_reply.discard_reply(busy.conn, reply_id=busy.write(), agent_id=busy.agent_id, now=busy.now)
    reply_id = busy.write()
    job = busy.claim()
    with pytest.raises(Conflict):
        send_reply.discard_reply(busy.conn, reply_id=reply_id, agent_id=busy.agent_id, now=busy.now)
    send_reply.record_reply_trouble(busy.conn, job, ReplyRefused("no"), now=busy.now)
    send_reply.discard_reply(busy.conn, reply_id=reply_id, agent_id=busy.agent_id, now=busy.now)

    assert fetch_values(busy.conn, "select id from replies") == []
    with pytest.raises(NotFound):
        send_reply.discard_reply(busy.conn, reply_id=reply_id, agent_id=busy.agent_id, now=busy.now)


def test_replies_of_one_case_go_out_in_the_order_they_were_written(busy: Desk) -> None:
    busy.write("first")
    busy.write("second")
    send_reply.record_reply_trouble(busy.conn, busy.claim(), Unreachable("502"), now=busy.now)

    assert send_reply.claim_reply(busy.conn, now=busy.now, lease=MINUTE) is None
    busy.now += MINUTE
    assert busy.claim().text == "first"


def test_a_post_that_came_while_the_agent_wrote_keeps_the_case_open(busy: Desk) -> None:
    busy.write(then_resolve=True)
    busy.hear(an_answer_to(a_post(external_id="bag"), "And my hat!", published_at=busy.now))
    busy.send()

    assert (busy.case().status, busy.case().waiting_since) == ("open", busy.now)
    assert fetch_values(busy.conn, "select answered_at from episodes") == [busy.now]


def test_send_and_resolve_resolves_when_the_network_has_it(busy: Desk) -> None:
    busy.write(then_resolve=True)
    assert busy.case().status == "open"
    busy.send()

    assert busy.case().status == "resolved"
    assert fetch_values(busy.conn, "select due_at from follow_ups where days = 7") == [busy.now + POLICY.follow_up_after]


def test_send_and_resolve_that_fails_resolves_nothing(busy: Desk) -> None:
    busy.write(then_resolve=True)
    send_reply.record_reply_trouble(busy.conn, busy.claim(), ReplyRefused("no"), now=busy.now)

    assert (busy.case().status, busy.case().waiting_since) == ("open", NOON)


def test_a_resolved_case_stays_so_where_what_was_written_in_it_later_fails(busy: Desk) -> None:
    busy.answer()
    busy.resolve()
    busy.now += HOUR
    busy.write("Is it solved?")
    send_reply.record_reply_trouble(busy.conn, busy.claim(), ReplyRefused("no"), now=busy.now)

    assert busy.case().status == "resolved"
    assert fetch_values(busy.conn, "select count(*) from follow_ups") == [2]


def test_a_case_resolved_on_the_strength_of_a_reply_that_failed_goes_back(busy: Desk) -> None:
    busy.write()
    busy.resolve()
    send_reply.record_reply_trouble(busy.conn, busy.claim(), ReplyRefused("no"), now=busy.now)

    assert (busy.case().status, busy.case().waiting_since, busy.case().episode) == ("open", NOON, 1)
    assert fetch_values(busy.conn, "select id from follow_ups") == []


def test_a_reply_that_goes_out_after_resolve_stops_the_clock_and_leaves_the_case_resolved(busy: Desk) -> None:
    busy.write()
    busy.resolve()
    busy.send()

    assert busy.case().status == "resolved"
    assert fetch_values(busy.conn, "select answered_at is not null from episodes") == [True]


def test_a_reply_to_the_last_episode_does_not_answer_the_new_one(busy: Desk) -> None:
    busy.write()
    busy.resolve()
    busy.now += MINUTE
    busy.hear(an_answer_to(a_post(external_id="bag"), "Lost again!", published_at=busy.now))
    busy.send()

    assert (busy.case().status, busy.case().waiting_since) == ("open", busy.now)
    assert fetch_values(busy.conn, "select answered_at is not null from episodes order by number") == [True, False]


def test_two_workers_never_send_the_same_reply(pool: Pool) -> None:
    with pool.transaction() as conn:
        source_id = a_source(conn)
        ingest(conn, source_id=source_id, network="x", posts=[a_post() for _ in range(4)], now=NOON)
        triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: NOON)
        for case_id in fetch_values(conn, "select id from cases"):
            reply.queue_reply(conn, case_id=case_id, agent_id=ada(conn), text="Hi", now=NOON, policy=POLICY)

    with pool.transaction() as one, pool.transaction() as two:
        jobs = [send_reply.claim_reply(conn, now=NOON, lease=MINUTE) for conn in (one, two, one, two)]

    assert len({job.reply_id for job in jobs if job}) == 4
