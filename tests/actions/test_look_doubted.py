"""A network that answers well and shows nothing, while all posts still stand, blanks no case; a true deletion is believed at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.ports import Page
from amends.core.post import Author, Post
from amends.inbox.rules.rechecking import BELIEVED_AFTER
from amends.worker.names import Task
from tests.cast import POLICY, a_post, a_source
from tests.fakes import FakeNetwork
from tests.workplace import Workplace

POSTS = [a_post("My bag is lost!", external_id=f"q{n}", author=Author(external_id=f"a{n}", handle=f"a{n}")) for n in range(4)]


class Forgetful(FakeNetwork):
    """A network that calls gone what it does not list, as Reddit's and Bluesky's answers must be read."""

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        self.calls.append(f"refresh {len(external_ids)}")
        known = {post.external_id: post for post in POSTS}
        return tuple(self.shown.get(wanted) or replace(known[wanted], deleted=True, text="") for wanted in external_ids)


@pytest.fixture
def work(pool: Pool) -> Workplace:
    with pool.transaction() as conn:
        a_source(conn)
    work = Workplace(pool=pool, network=Forgetful())
    work.network.pages = [Page(posts=tuple(POSTS), cursor={}, reads=4)]
    work.perform(Task.COLLECT_DUE, Task.TRIAGE)
    work.now += POLICY.look_after
    return work


def standing(work: Workplace) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, "select external_id from posts where deleted_at is null order by external_id")


def test_an_answer_that_lists_nothing_blanks_no_post(work: Workplace) -> None:
    work.perform(Task.LOOK_AGAIN)
    assert standing(work) == ["q0", "q1", "q2", "q3"]
    with work.pool.transaction() as conn:
        assert fetch_values(conn, "select reads from spend where purpose = 'looks'") == [16]

    work.network.shown = {post.external_id: post for post in POSTS}
    work.now += timedelta(hours=1)
    work.perform(Task.LOOK_AGAIN)
    assert standing(work) == ["q0", "q1", "q2", "q3"]
    with work.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from cases where look_doubted_at is not null") == [0]


def test_a_network_that_still_says_so_hours_later_is_believed(work: Workplace) -> None:
    work.perform(Task.LOOK_AGAIN)
    work.now += BELIEVED_AFTER
    work.perform(Task.LOOK_AGAIN)
    assert standing(work) == []


def test_one_deletion_among_posts_that_stand_is_believed_at_once(work: Workplace) -> None:
    work.network.shown = {post.external_id: post for post in POSTS[1:]}
    work.perform(Task.LOOK_AGAIN)
    assert standing(work) == ["q1", "q2", "q3"]
