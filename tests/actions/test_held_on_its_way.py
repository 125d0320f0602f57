"""An answer that was sent is held as well, by what its customer writes before it is out."""

from datetime import timedelta
from typing import Any

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Conflict, Unreachable
from amends.inbox.actions import send_reply
from amends.inbox.actions.approve import approve, set_approvals
from amends.inbox.actions.notify import notify
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.actions.take_back import take_back_reply
from amends.inbox.rules.approving import Approvals
from amends.inbox.rules.holding import Held, Seen
from amends.inbox.rules.ids import ReplyId
from amends.inbox.store.reply_jobs import ReplyJob
from tests.cast import CY, DEE, POLICY, a_post, an_answer_to, mia
from tests.desk import MINUTE, Desk

SOON = timedelta(seconds=10)
FIRST = a_post("My bag is lost")
SEEN = Seen(posts=1, reply=0)


def answer(desk: Desk, seen: Seen = SEEN, parts: tuple[str, ...] = ()) -> ReplyId:
    manner = Manner(seen=seen, wait=SOON, parts=parts)
    return queue_reply(
        desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, text="Where was it?", now=desk.now, policy=POLICY, manner=manner
    )


def claim(desk: Desk) -> ReplyJob | None:
    return send_reply.claim_reply(desk.conn, now=desk.now + SOON, lease=MINUTE)


def stands(desk: Desk) -> list[Any]:
    return fetch_values(desk.conn, "select array[state, error] from replies order by id")


HELD = [["failed", "The customer has written since."]]


@pytest.fixture
def lost(desk: Desk) -> Desk:
    desk.hear(FIRST)
    return desk


def test_what_the_customer_writes_before_it_is_out_holds_it_and_its_author_hears_of_it(lost: Desk) -> None:
    answer(lost)
    lost.hear(an_answer_to(FIRST, "It is found, forget it"))
    assert (claim(lost), stands(lost)) == (None, HELD)
    assert lost.events()[-1] == "reply_failed"
    assert claim(lost) is None


def test_so_does_what_nobody_has_judged_yet(lost: Desk) -> None:
    answer(lost)
    lost.collect(an_answer_to(FIRST, "It is found, forget it"))
    assert (claim(lost), stands(lost)) == (None, HELD)


def test_nothing_else_that_is_said_does(lost: Desk) -> None:
    answer(lost)
    lost.collect(an_answer_to(FIRST, "Mine too", author=DEE), a_post("Another matter"), an_answer_to(FIRST, "Ours", is_own=True))
    assert claim(lost) is not None


def test_where_nobody_said_how_far_they_had_seen_the_case_it_goes(lost: Desk) -> None:
    answer(lost, Seen())
    lost.hear(an_answer_to(FIRST, "It is found, forget it"))
    assert claim(lost) is not None


def test_it_goes_where_that_was_read_and_it_is_sent_all_the_same(lost: Desk) -> None:
    lost.collect(an_answer_to(FIRST, "It is found, forget it"))
    with pytest.raises(Held) as held:
        answer(lost)
    answer(lost, held.value.since.seen_now(SEEN))
    assert claim(lost) is not None


def test_of_what_is_held_its_author_sends_it_all_the_same_or_takes_it_back(lost: Desk) -> None:
    reply_id, who = answer(lost), {"agent_id": lost.agent_id, "now": lost.now}
    lost.collect(an_answer_to(FIRST, "It is found, forget it"))
    assert claim(lost) is None
    send_reply.retry_reply(lost.conn, reply_id=reply_id, **who)
    lost.collect(an_answer_to(FIRST, "Thank you"))
    assert (claim(lost), stands(lost)) == (None, HELD)
    lost.triage()
    with pytest.raises(Held, match="customer has written since"):
        send_reply.retry_reply(lost.conn, reply_id=reply_id, seen=Seen(posts=2), **who)
    send_reply.retry_reply(lost.conn, reply_id=reply_id, seen=Seen(posts=3), **who)
    job = claim(lost)
    assert job is not None
    assert (job.again, job.attempts) == (False, 1)
    with pytest.raises(Conflict, match="on its way"):
        take_back_reply(lost.conn, case_id=lost.case().id, reply_id=reply_id, **who)


def test_taken_back_it_is_a_draft(lost: Desk) -> None:
    reply_id = answer(lost, parts=("Where 1/2", "was it? 2/2"))
    lost.hear(an_answer_to(FIRST, "It is found, forget it"))
    assert claim(lost) is None
    draft = take_back_reply(lost.conn, case_id=lost.case().id, reply_id=reply_id, agent_id=lost.agent_id, now=lost.now)
    assert (draft.text, stands(lost)) == ("Where was it?", [])


def test_of_an_answer_in_posts_the_first_is_tried_as_if_it_had_never_been_claimed(lost: Desk) -> None:
    reply_id = answer(lost, parts=("Where 1/2", "was it? 2/2"))
    lost.hear(an_answer_to(FIRST, "It is found, forget it"))
    assert claim(lost) is None
    send_reply.retry_reply(lost.conn, reply_id=reply_id, agent_id=lost.agent_id, now=lost.now)
    job = claim(lost)
    assert job is not None
    assert (job.number, job.again) == (1, False)


def test_an_answer_of_which_a_post_is_out_goes_on(lost: Desk) -> None:
    answer(lost, parts=("Where 1/2", "was it? 2/2"))
    job = claim(lost)
    assert job is not None
    send_reply.record_sent(lost.conn, job, lost.published(job), now=lost.now + SOON)
    lost.hear(an_answer_to(FIRST, "It is found, forget it"))
    job = claim(lost)
    assert job is not None
    assert job.number == 2


def test_an_answer_that_a_network_kept_waiting_is_held_too_once_it_is_sure_not_to_be_out(lost: Desk) -> None:
    answer(lost)
    job = claim(lost)
    assert job is not None
    send_reply.record_reply_trouble(lost.conn, job, Unreachable("502"), now=lost.now)
    lost.hear(an_answer_to(FIRST, "It is found, forget it"))
    lost.now += MINUTE
    again = claim(lost)
    assert again is not None
    assert again.again
    assert send_reply.may_not_go(lost.conn, again, now=lost.now)
    assert stands(lost) == HELD
    with pytest.raises(Conflict, match="on its way"):
        take_back_reply(lost.conn, case_id=lost.case().id, reply_id=again.reply_id, agent_id=lost.agent_id, now=lost.now)


def test_an_answer_that_was_approved_and_then_overtaken_waits_for_approval_again(desk: Desk) -> None:
    set_approvals(desk.conn, Approvals(followers=1), agent_id=mia(desk.conn), now=desk.now)
    first = a_post("My bag is lost", author=DEE)
    desk.hear(first)
    reply_id, case_id = answer(desk), desk.case().id
    approve(desk.conn, case_id=case_id, reply_id=reply_id, agent_id=mia(desk.conn), wait=SOON, now=desk.now)
    notify(desk.conn, now=desk.now)  # settles what was told of the first wait
    desk.collect(an_answer_to(first, "Mine is lost too", author=CY), an_answer_to(first, "Found", author=DEE))
    assert (claim(desk), stands(desk)) == (None, [["proposed", ""]])
    assert desk.events()[-2:] == ["reply_failed", "reply_approval_undone"]
    notify(desk.conn, now=desk.now)
    unread = "select array[agent_id::text, kind] from notifications where read_at is null order by id"
    assert [str(mia(desk.conn)), "approval"] in fetch_values(desk.conn, unread), "who approves is told that it waits again"
    desk.triage()
    with pytest.raises(Held, match="customer has written since"):
        approve(desk.conn, case_id=case_id, reply_id=reply_id, agent_id=mia(desk.conn), wait=SOON, now=desk.now)
    approve(desk.conn, case_id=case_id, reply_id=reply_id, agent_id=mia(desk.conn), wait=SOON, now=desk.now, seen=Seen(posts=2))
    assert claim(desk) is not None


def test_a_case_that_was_resolved_meanwhile_goes_on_since_nobody_has_answered_it(lost: Desk) -> None:
    answer(lost)
    lost.resolve()
    lost.hear(an_answer_to(FIRST, "It is found, thank you"))
    assert lost.case().status == "resolved"
    assert (claim(lost), stands(lost)) == (None, HELD)
    assert (lost.case().status, lost.case().waiting_since) == ("open", FIRST.published_at)
    assert fetch_values(lost.conn, "select count(*) from follow_ups") == [0]


def test_who_has_lost_the_claim_neither_sends_it_nor_says_that_it_is_held(lost: Desk) -> None:
    answer(lost)
    job = claim(lost)
    assert job is not None
    send_reply.record_reply_trouble(lost.conn, job, Unreachable("502"), now=lost.now)
    lost.hear(an_answer_to(FIRST, "It is found, forget it"))
    lost.now += MINUTE
    late = claim(lost)
    lost.now += 2 * MINUTE
    assert late is not None
    assert claim(lost) is not None
    assert send_reply.may_not_go(lost.conn, late, now=lost.now)
    assert stands(lost)[0][0] == "sending"
    assert "reply_failed" not in lost.events()
