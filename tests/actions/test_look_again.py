"""What a case answers is looked up at once, and its posts are looked at again: edits and deletions on the network reach the desk."""

from dataclasses import replace
from datetime import timedelta

from amends.core.database import execute, fetch_values
from amends.core.errors import RateLimited, Unreachable
from amends.core.post import Post
from amends.inbox.actions.ingest import Ingested
from amends.inbox.actions.look_again import claim_look, look_sooner, record_doubt, record_look, record_look_trouble
from amends.inbox.store.looks import LookJob
from tests.cast import CY, DEE, POLICY, US, a_post, an_answer_to
from tests.desk import DAY, HOUR, MINUTE, Desk


def due(desk: Desk) -> LookJob:
    job = claim_look(desk.conn, now=desk.now)
    assert job is not None
    return job


def look(desk: Desk, *shown: Post) -> Ingested:
    return record_look(desk.conn, due(desk), shown, policy=desk.policy, now=desk.now)


def test_the_post_that_a_complaint_answers_is_looked_up_at_once_and_is_no_work(desk: Desk) -> None:
    marketing = a_post("New seats on every flight!", author=DEE)
    desk.hear(an_answer_to(marketing, "My refund is lost!"))

    job = due(desk)
    assert job.external_ids == [marketing.external_id]
    assert record_look(desk.conn, job, [marketing], policy=desk.policy, now=desk.now) == Ingested(new=1)

    assert desk.triage() == 0
    assert desk.routes() == ["open", "context"]
    assert "thread_read" in desk.events()


def test_a_post_known_only_beside_a_case_becomes_work_when_a_watch_meets_it(desk: Desk) -> None:
    parent = a_post("The worst airline, my bag is lost", author=DEE)
    desk.hear(an_answer_to(parent, "Mine is lost too!", author=CY))
    look(desk, parent)

    assert desk.collect(parent) == Ingested(new=1)
    desk.triage()

    assert desk.routes() == ["open", "open"]
    assert desk.collect(parent) == Ingested(again=1)


def test_a_complaint_that_answers_nothing_is_not_looked_at_before_its_time(desk: Desk) -> None:
    desk.hear(a_post())
    assert claim_look(desk.conn, now=desk.now) is None

    desk.now += POLICY.look_after
    assert claim_look(desk.conn, now=desk.now) is not None


def test_what_the_customer_deleted_is_blanked_at_the_next_look(desk: Desk) -> None:
    post = a_post()
    desk.hear(post)
    desk.now += POLICY.look_after

    assert look(desk, replace(post, deleted=True, text="")) == Ingested(deleted=1)
    assert fetch_values(desk.conn, "select text from posts") == [""]
    assert desk.case().preview == ""


def test_what_the_customer_edited_is_shown_at_the_next_look(desk: Desk) -> None:
    post = a_post()
    desk.hear(post)
    desk.now += POLICY.look_after

    look(desk, replace(post, text="My bag is lost, flight LA 12", edited_at=desk.now))

    assert desk.case().preview == "My bag is lost, flight LA 12"


def test_looks_grow_rarer_and_end_with_the_case(desk: Desk) -> None:
    desk.hear(a_post())
    waits: list[timedelta] = []
    for _ in range(8):
        [planned] = fetch_values(desk.conn, "select look_at from cases")
        waits.append(planned - desk.now)
        desk.now = planned
        look(desk)
    desk.resolve()
    desk.now += DAY
    look(desk)

    assert waits[:3] == [HOUR, 2 * HOUR, 4 * HOUR]
    assert waits[-1] == DAY
    assert fetch_values(desk.conn, "select look_at from cases") == [None]


def free(desk: Desk) -> None:
    execute(desk.conn, 'update sources set options = options || \'{"price_per_read": "0"}\'')


def open_it(desk: Desk) -> timedelta:
    """Have the case open for a moment, and return how long it is until the next look."""
    look_sooner(desk.conn, case_id=desk.case().id, policy=desk.policy, now=desk.now)
    [planned] = fetch_values(desk.conn, "select look_at from cases")
    return planned - desk.now


def test_a_case_that_somebody_has_open_is_looked_at_as_often_as_a_new_one(desk: Desk) -> None:
    desk.hear(a_post())
    free(desk)
    for _ in range(4):
        [desk.now] = fetch_values(desk.conn, "select look_at from cases")
        look(desk)

    desk.now += 59 * MINUTE
    assert open_it(desk) > 12 * HOUR
    desk.now += MINUTE
    assert open_it(desk) == timedelta(0)
    look(desk)
    assert open_it(desk) == 2 * HOUR


def test_a_look_under_way_or_in_doubt_is_not_begun_a_second_time(desk: Desk) -> None:
    desk.hear(a_post())
    free(desk)
    [desk.now] = fetch_values(desk.conn, "select look_at from cases")
    look(desk)
    desk.now += 2 * HOUR
    job = due(desk)
    assert open_it(desk) == MINUTE
    record_doubt(desk.conn, job, now=desk.now)
    desk.now += 30 * MINUTE
    assert open_it(desk) == 30 * MINUTE


def test_where_reads_cost_nobody_reads_more_because_somebody_looks(desk: Desk) -> None:
    desk.hear(a_post())
    [desk.now] = fetch_values(desk.conn, "select look_at from cases")
    look(desk)
    desk.now += HOUR
    assert open_it(desk) == HOUR


def test_a_network_that_refuses_is_not_asked_at_each_sign_of_life(desk: Desk) -> None:
    desk.hear(a_post())
    free(desk)
    desk.now += POLICY.look_after
    for trouble in (RateLimited(until=desk.now + 5 * MINUTE), Unreachable()):
        record_look_trouble(desk.conn, due(desk), trouble, policy=desk.policy, now=desk.now)
        wait = open_it(desk)
        assert wait > timedelta(0)
        desk.now += wait


def test_two_workers_never_look_at_one_case_at_once(desk: Desk) -> None:
    desk.hear(a_post())
    desk.now += POLICY.look_after
    assert claim_look(desk.conn, now=desk.now) is not None
    assert claim_look(desk.conn, now=desk.now) is None


def test_a_look_that_the_network_refuses_is_put_off(desk: Desk) -> None:
    desk.hear(a_post())
    desk.now += POLICY.look_after
    until = desk.now + 5 * MINUTE
    record_look_trouble(desk.conn, due(desk), RateLimited(until=until), policy=desk.policy, now=desk.now)
    assert fetch_values(desk.conn, "select look_at from cases") == [until]

    desk.now = until
    record_look_trouble(desk.conn, due(desk), Unreachable(), policy=desk.policy, now=desk.now)
    assert fetch_values(desk.conn, "select look_at from cases") == [until + POLICY.look_after]


def test_a_paused_source_and_imported_posts_are_left_alone(desk: Desk) -> None:
    desk.hear(a_post())
    desk.now += POLICY.look_after
    execute(desk.conn, "update sources set paused_at = %(now)s", {"now": desk.now})
    assert claim_look(desk.conn, now=desk.now) is None

    execute(desk.conn, "update sources set paused_at = null")
    execute(desk.conn, "delete from watches")
    execute(desk.conn, "update cases set look_at = null")
    desk.hear(a_post("Another bag is lost!"))
    assert fetch_values(desk.conn, "select look_at from cases") == [None, None]


def test_our_own_post_around_a_case_stays_ours(desk: Desk) -> None:
    ours = a_post("Fly with us!", author=US, is_own=True)
    desk.hear(an_answer_to(ours, "Terrible, my bag is lost", author=DEE))
    look(desk, ours)

    assert fetch_values(desk.conn, "select is_own from posts where beside") == [True]
