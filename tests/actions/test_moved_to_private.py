"""A private message goes on with the case in which we wrote to its author last, where its network names no thread."""

from datetime import timedelta

import pytest

from amends.core.database import fetch_values
from amends.core.post import Visibility
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.rules.holding import Seen
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import case_page, looks
from amends.inbox.store.since import since
from tests.cast import DEE, POLICY, US, a_post, ada
from tests.desk import DAY, MINUTE, Desk

COMPLAINT = a_post("My bag is lost!", external_id="bag")


def message(desk: Desk, text: str, **facts: object) -> None:
    """Let a private message come in, now."""
    usual = {"root_id": "dm:1-2", "parent_id": None, "visibility": Visibility.DIRECT, "published_at": desk.now}
    desk.hear(a_post(text, **{**usual, **facts}))


def ask_in_private(desk: Desk) -> None:
    case_id = CaseId(desk.case().id)
    queue_reply(
        desk.conn, case_id=case_id, agent_id=ada(desk.conn), text="Your number?", now=desk.now, policy=POLICY, manner=Manner(private=True)
    )
    desk.send()
    desk.now += MINUTE


@pytest.fixture
def moved(desk: Desk) -> Desk:
    """A desk that has asked Cy in private for the number."""
    desk.hear(COMPLAINT)
    desk.now += MINUTE
    ask_in_private(desk)
    return desk


def test_the_answer_to_our_private_message_joins_the_case(moved: Desk) -> None:
    message(moved, "It is LK 4711, and it is still lost!")
    message(moved, "Hello?")
    case = moved.case()
    assert (case.customer_posts, case.preview, case.status) == (3, "Hello?", "open")


def test_an_answer_is_held_by_a_private_message_that_nobody_has_judged_yet(moved: Desk) -> None:
    facts = {"root_id": "dm:1-2", "parent_id": None, "visibility": Visibility.DIRECT, "published_at": moved.now}
    moved.collect(a_post("It is LK 4711", **facts))
    assert [post.text for post in since(moved.conn, case_id=CaseId(moved.case().id), seen=Seen(posts=1)).posts] == ["It is LK 4711"]


def test_a_stranger_opens_a_case_of_their_own_and_so_does_who_wrote_first(desk: Desk) -> None:
    desk.hear(COMPLAINT)
    message(desk, "Where is my bag? It is lost!")
    message(desk, "Mine is lost too!", author=DEE, root_id="dm:1-3")
    message(desk, "Is anybody there?", author=DEE, root_id="dm:1-3")
    assert sorted(fetch_values(desk.conn, "select root_external_id from cases")) == ["bag", "dm:1-2", "dm:1-3"]


def test_after_a_month_a_private_message_is_a_new_matter(moved: Desk) -> None:
    moved.now += 31 * DAY
    message(moved, "My seat was broken!")
    assert len(moved.cases()) == 2


def test_the_case_shows_what_colleagues_wrote_in_the_talk_and_no_conversation_is_looked_up(moved: Desk) -> None:
    message(moved, "It is LK 4711, and it is still lost!")
    message(moved, "We have it.", author=US, is_own=True)
    head = case_page.head(moved.conn, CaseId(moved.case().id))
    assert head is not None
    assert head.is_private
    assert [post.text for post in case_page.thread(moved.conn, head)][1:] == ["It is LK 4711, and it is still lost!", "We have it."]
    looks.plan(moved.conn, case_ids=[CaseId(head.id)], now=moved.now, after=timedelta(days=1))
    assert fetch_values(moved.conn, "select looks from cases") == [1]
