"""Complaints from the network to the proof that the answer held (or not), with `now` moved by hand."""

from amends.core.database import fetch_values
from amends.core.ports import Page
from amends.core.post import Post
from amends.inbox.actions.collect import due_watches, record_page
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.proof import claim_proof, record_look
from amends.inbox.rules.proving import Seen
from tests.cast import NOON, a_post, an_answer_to
from tests.desk import DAY, MINUTE, Desk


def _visit(desk: Desk, *posts: Post) -> None:
    """Fetch one page of the source, and triage it."""
    [job] = due_watches(desk.conn, now=desk.now, lease=MINUTE, limit=5)
    page = Page(posts=posts, cursor={"at": desk.now.isoformat()}, reads=len(posts))
    record_page(desk.conn, job, page, now=desk.now, poll_every=MINUTE)
    desk.triage()


def _answered_and_resolved(desk: Desk) -> Post:
    complaint = a_post("My bag is lost and nobody answers!")
    _visit(desk, complaint)
    desk.now += 5 * MINUTE
    desk.answer("We found it, it flies to you tonight.")
    desk.now += MINUTE
    desk.resolve()
    return complaint


def test_a_complaint_is_answered_in_public_and_the_answer_holds(desk: Desk) -> None:
    complaint = _answered_and_resolved(desk)
    desk.now += MINUTE
    proof = claim_proof(desk.conn, now=desk.now)
    assert proof is not None
    record_look(desk.conn, proof, Seen.VISIBLE, permalink="", policy=desk.policy, now=desk.now)

    desk.now = NOON + DAY
    _visit(desk, an_answer_to(complaint, "Thank you, it came!", published_at=desk.now))
    desk.now = NOON + 8 * DAY
    _visit(desk)

    assert conclude_due(desk.conn, now=desk.now) == 1
    assert fetch_values(desk.conn, "select outcome from episodes") == ["held"]
    assert fetch_values(desk.conn, "select answered_at - published_at from episodes") == [5 * MINUTE]
    assert desk.events() == [
        "case_opened",
        "case_assigned",
        "reply_queued",
        "reply_sent",
        "case_resolved",
        "reply_proven",
        "post_joined",
        "follow_up_concluded",
    ]


def test_a_customer_who_complains_again_is_a_relapse_and_a_new_episode(desk: Desk) -> None:
    complaint = _answered_and_resolved(desk)

    desk.now = NOON + DAY
    _visit(desk, an_answer_to(complaint, "It is lost again!", published_at=desk.now))

    case = desk.case()
    assert (case.status, case.episode, case.waiting_since) == ("open", 2, NOON + DAY)
    assert fetch_values(desk.conn, "select outcome from episodes order by number") == ["relapsed", None]
    assert conclude_due(desk.conn, now=NOON + 30 * DAY) == 0


def test_a_customer_who_stays_silent_is_neither_held_nor_relapsed(desk: Desk) -> None:
    _answered_and_resolved(desk)
    desk.now = NOON + 8 * DAY
    _visit(desk)

    assert conclude_due(desk.conn, now=desk.now) == 1
    assert fetch_values(desk.conn, "select outcome from follow_ups order by days") == ["silent", None]
