"""Triaged posts become cases, join them, or stay beside them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from typing_extensions import override

from amends.core.database import Pool, execute, fetch_values
from amends.core.errors import ModelMissing
from amends.core.ports import Reading
from amends.inbox.actions import alert_routing, resolve
from amends.inbox.actions.alarm_thresholds import ENVIRONMENT_ID, bring_back, set_thresholds
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.alarm_thresholds import MOST_FOLLOWERS, NEVER, Thresholds
from amends.inbox.store import alarm_thresholds, untriaged
from tests.cast import CY, DEE, NOON, POLICY, US, a_post, a_source, an_answer_to
from tests.desk import DAY, MINUTE, Desk
from tests.fakes import FakeClassifier


def test_a_complaint_opens_a_case_with_a_customer_an_episode_and_a_clock(desk: Desk) -> None:
    desk.collect(a_post("My bag is lost!"))
    desk.now += MINUTE
    assert desk.triage() == 1

    case = desk.case()
    assert (case.status, case.preview, case.sentiment, case.episode) == ("open", "My bag is lost!", "negative", 1)
    assert (case.waiting_since, case.unread, case.customer_posts) == (NOON, True, 1)
    assert fetch_values(desk.conn, "select name from customers") == [CY.name]
    assert fetch_values(desk.conn, "select basis from customer_links") == ["handle"]
    assert fetch_values(desk.conn, "select triaged_at - published_at from episodes") == [MINUTE]
    assert fetch_values(desk.conn, "select model from verdicts") == ["fake-1"]


def test_praise_is_kept_and_opens_nothing(desk: Desk) -> None:
    desk.hear(a_post("What a great flight"))

    assert desk.cases() == []
    assert desk.routes() == ["ignore"]
    assert fetch_values(desk.conn, "select sentiment from verdicts") == ["positive"]


def test_our_own_posts_and_shares_are_context_and_cost_no_model(desk: Desk) -> None:
    desk.hear(a_post("Sorry for the delayed flights", author=US, is_own=True), a_post("lost", shared_id="p1"))

    assert desk.routes() == ["context", "context"]
    assert desk.model.batches in ([], [[]])


def test_it_is_known_whether_a_post_talks_to_another_customer_or_to_us(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    ours = an_answer_to(first, "We look for it", author=US, is_own=True)
    bystanders = [an_answer_to(first, "Poor you", author=DEE), an_answer_to(first, "Do something", author=DEE, mentions=("LankaAir",))]
    desk.collect(first, ours, *bystanders, an_answer_to(ours, "At last", author=DEE), an_answer_to(ours, "Thanks", author=CY))

    claimed = untriaged.claim(desk.conn, limit=9)
    assert [(post.of_another, post.to_us) for post in claimed if not post.is_own] == [
        (False, False), (True, False), (True, True), (True, True), (False, True),
    ]  # fmt: skip


def test_a_second_post_joins_the_open_case(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first)
    desk.hear(an_answer_to(first, "Hello, anybody there"))

    case = desk.case()
    assert (case.customer_posts, case.preview, case.waiting_since) == (2, "Hello, anybody there", NOON)
    assert case.sentiment == "neutral"
    assert desk.routes() == ["open", "append"]


def test_a_second_post_in_the_same_batch_joins_the_case_that_the_first_opened(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(an_answer_to(first, "Hello"), first)

    assert desk.case().customer_posts == 2
    assert fetch_values(desk.conn, "select case_number from posts order by published_at") == [1, 2]


def test_an_older_post_that_comes_late_starts_the_wait_but_is_not_the_face_of_the_case(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(an_answer_to(first, "It is still lost!"))
    desk.hear(first)

    case = desk.case()
    assert (case.preview, case.waiting_since, case.last_post_at) == ("It is still lost!", NOON, NOON + MINUTE)


def test_two_people_in_one_thread_have_a_case_each(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first, an_answer_to(first, "Mine is lost too!", author=DEE))

    assert len(desk.cases()) == 2
    assert fetch_values(desk.conn, "select count(*) from customers") == [2]


def test_one_author_in_two_threads_is_one_customer_with_two_cases(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost!"), a_post("My hat is lost!"))

    assert len(desk.cases()) == 2
    assert fetch_values(desk.conn, "select count(*) from customers") == [1]


def test_a_post_after_our_answer_waits_for_us_again(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first)
    desk.answer()
    assert (desk.case().status, desk.case().waiting_since) == ("waiting", None)

    desk.hear(an_answer_to(first, "Here is my number", published_at=NOON + 9 * MINUTE))
    assert (desk.case().status, desk.case().waiting_since) == ("open", NOON + 9 * MINUTE)


def test_a_new_complaint_reopens_a_resolved_case_as_a_new_episode(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first)
    desk.resolve()
    desk.hear(an_answer_to(first, "It is lost again!"))

    case = desk.case()
    assert (case.status, case.episode, case.resolved_at) == ("open", 2, None)
    assert fetch_values(desk.conn, "select number from episodes where resolved_at is null") == [2]


def test_thanks_after_resolve_join_without_reopening(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first)
    desk.resolve()
    desk.hear(an_answer_to(first, "Thank you so much"))

    case = desk.case()
    assert (case.status, case.episode, case.waiting_since, case.customer_posts) == ("resolved", 1, None, 2)


def test_a_new_complaint_reopens_a_dismissed_case(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first)
    resolve.dismiss(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)
    desk.hear(an_answer_to(first, "It is really lost!"))

    assert (desk.case().status, desk.case().episode) == ("open", 2)


def test_urgency_is_the_highest_of_the_episode(desk: Desk) -> None:
    first = a_post("My bag is lost, I will sue you, this is terrible, I want a refund!")
    desk.hear(first)
    urgency = desk.case().urgency
    desk.hear(an_answer_to(first, "ok"))
    assert desk.case().urgency == urgency > 0

    desk.resolve()
    desk.hear(an_answer_to(first, "unreadable", published_at=NOON + DAY))
    assert (desk.case().status, desk.case().needs_look) == ("open", True)
    assert desk.case().urgency < urgency


def test_posts_of_a_deleted_author_open_nothing(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost!", author=replace(CY, external_id="deleted", handle="[deleted]")))

    assert desk.routes() == ["ignore"]


def test_a_post_that_was_deleted_before_triage_opens_nothing(desk: Desk) -> None:
    post = a_post("My bag is lost!")
    desk.collect(post)
    desk.hear(replace(post, deleted=True))

    assert desk.routes() == ["ignore"]


def test_the_oldest_are_triaged_first_and_each_once(desk: Desk) -> None:
    desk.collect(*(a_post(f"lost {n}", published_at=NOON + n * MINUTE) for n in range(5)))

    assert [desk.triage(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [batch[0] for batch in desk.model.batches if batch] == ["lost 0", "lost 2", "lost 4"]


def _add_channel(desk: Desk, label: str) -> None:
    execute(desk.conn, "insert into alert_channels (kind, target, label) values ('webhook', '', %(label)s)", {"label": label})


def test_an_old_import_waits_since_it_was_published_and_wakes_nobody(desk: Desk) -> None:
    _add_channel(desk, "pager")
    desk.hear(a_post("This is the worst, my bag is lost, refund!", published_at=NOON - 300 * DAY, author=DEE))

    assert desk.case().waiting_since == NOON - 300 * DAY
    assert fetch_values(desk.conn, "select count(*) from alerts") == [0]


def test_a_complaint_with_reach_raises_one_alert_for_every_active_channel(desk: Desk) -> None:
    for label in ("a", "b", "gone"):
        _add_channel(desk, label)
    execute(desk.conn, "update alert_channels set active = false where label = 'gone'")
    first = a_post("My bag is lost!", author=DEE)
    desk.hear(first, an_answer_to(first, "Still lost!"))

    assert fetch_values(desk.conn, "select rule from alerts") == ["reach"]
    alert_routing.route_pending(desk.conn, now=desk.now)
    assert fetch_values(desk.conn, "select state from alert_deliveries") == ["queued", "queued"]
    assert desk.events().count("alert_raised") == 1


def test_the_cooldown_is_per_case(desk: Desk) -> None:
    first = a_post("My bag is lost!", author=DEE)
    desk.hear(first)
    desk.now += MINUTE
    desk.hear(an_answer_to(first, "Still lost!"), a_post("My hat is lost!", author=DEE))
    desk.now += POLICY.alert.cooldown
    desk.hear(an_answer_to(first, "Lost, lost!", published_at=desk.now))

    assert fetch_values(desk.conn, "select count(*) from alerts group by case_id order by case_id") == [2, 1]


def test_a_case_that_becomes_critical_rings_once_more_in_its_cooldown(desk: Desk) -> None:
    first = a_post("It is lost, an outage!", author=DEE)
    desk.hear(first)
    for number in (1, 2):
        desk.now += MINUTE
        desk.hear(an_answer_to(first, f"Outage, I will sue you and call my lawyer, lost {number}", author=DEE, published_at=desk.now))
    assert fetch_values(desk.conn, "select severity from alerts order by id") == ["high", "critical"]


def test_thresholds_that_the_desk_set_count_at_once(desk: Desk) -> None:
    quiet = Thresholds(urgency=NEVER, followers=MOST_FOLLOWERS)
    set_thresholds(desk.conn, quiet, instead_of=ENVIRONMENT_ID, agent_id=desk.agent_id, now=desk.now)
    desk.hear(a_post("My bag is lost!", author=DEE))
    assert desk.events().count("alert_raised") == 0
    (those,) = alarm_thresholds.history(desk.conn, limit=1)
    bring_back(desk.conn, ENVIRONMENT_ID, instead_of=those.id, agent_id=desk.agent_id, now=desk.now)
    desk.hear(a_post("My hat is lost!", author=DEE))
    assert desk.events().count("alert_raised") == 1


class NoModel(FakeClassifier):
    """A model whose file is gone."""

    @override
    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        raise ModelMissing


def test_a_model_that_is_missing_leaves_the_posts_for_later(desk: Desk) -> None:
    desk.collect(a_post())
    with pytest.raises(ModelMissing), desk.conn.transaction():
        triage_pending(desk.conn, classifier=NoModel(), policy=POLICY, clock=lambda: NOON)

    assert desk.triage() == 1


def test_two_workers_on_one_thread_open_one_case(pool: Pool) -> None:
    first = a_post("My bag is lost!")
    thread = [first, *(an_answer_to(first, f"lost, lost, lost {n}") for n in range(40))]
    with pool.transaction() as conn:
        source_id = a_source(conn)
        ingest(conn, source_id=source_id, network="x", posts=thread, now=NOON)

    def work(_worker: int) -> int:
        done = 0
        while True:
            with pool.transaction() as conn:
                triaged = triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: NOON, limit=3)
            if not triaged:
                return done
            done += triaged

    with ThreadPoolExecutor(3) as workers:
        assert sum(workers.map(work, range(3))) == len(thread)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select customer_posts from cases") == [41]
        assert fetch_values(conn, "select count(distinct case_number) from posts") == [41]
        assert fetch_values(conn, "select count(*) from customers") == [1]
