"""What authors edit is judged again: in place where it lies in a case, and as a new post where it was no work, or became a complaint."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.post import Post
from amends.inbox.actions import resolve
from amends.inbox.actions.correct import correct, take_back
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.store import undone
from amends.worker.names import Task
from amends.worker.sweeping import tasks_for
from tests.cast import NOON, a_post, a_source, ada, an_answer_to
from tests.desk import DAY, HOUR, MINUTE, Desk
from tests.teaching import LUGGAGE, MEALS, topic
from tests.workplace import Workplace


def edit(desk: Desk, post: Post, text: str) -> None:
    desk.now += MINUTE
    desk.collect(replace(post, text=text, edited_at=desk.now))


def judge_all(desk: Desk) -> None:
    """Do as the worker does: judge what was edited, triage what that sent back, until nothing is left."""
    while desk.rejudge() + desk.triage():
        pass


def sentiments(desk: Desk) -> list[str]:
    return fetch_values(desk.conn, "select sentiment from verdicts order by post_id")


def test_an_edited_post_in_a_case_is_judged_where_it_stands(desk: Desk) -> None:
    topic(desk, "Luggage", *LUGGAGE)
    topic(desk, "Meals", *MEALS)
    post = a_post("My bag is lost, my suitcase torn at the carousel!")
    desk.hear(post)
    told, urgent = desk.events(), desk.case().urgency
    edit(desk, post, "thank you, the breakfast on board was cold soup")
    assert sentiments(desk) == ["negative"]
    judge_all(desk)
    assert sentiments(desk) == ["positive"]
    assert (desk.case().sentiment, desk.case().status, desk.case().urgency < urgent) == ("positive", "open", True)
    assert fetch_values(desk.conn, "select t.name from post_topics join topics t on t.id = topic_id") == ["Meals"]
    assert [kind for kind in desk.events() if kind not in told] == ["post_edited"]
    assert desk.rejudge() == 0


def test_an_edit_in_a_case_opens_and_alarms_nothing(desk: Desk) -> None:
    post = a_post("thank you, but where is my bag?")
    desk.hear(post)
    edit(desk, post, "My bag is lost, I call my lawyer, this is an outage of decency!")
    judge_all(desk)
    assert [desk.case().sentiment, desk.case().episode, desk.case().customer_posts] == ["negative", 1, 1]
    assert fetch_values(desk.conn, "select count(*) from alerts") == [0]
    assert desk.routes() == ["open"]


def test_a_harmless_post_that_becomes_a_complaint_opens_a_case(desk: Desk) -> None:
    post = a_post("nice weather in Colombo")
    desk.hear(post)
    assert desk.routes() == ["ignore"]
    edit(desk, post, "My bag is lost in Colombo!")
    judge_all(desk)
    assert (desk.routes(), desk.case().sentiment, desk.case().preview) == (["open"], "negative", "My bag is lost in Colombo!")


def test_a_harmless_post_that_stays_harmless_stays_out(desk: Desk) -> None:
    post = a_post("nice weather in Colombo")
    desk.hear(post)
    edit(desk, post, "nice weather in Kandy")
    judge_all(desk)
    assert (desk.routes(), desk.cases()) == (["ignore"], [])


@pytest.mark.parametrize("ended", ["resolved", "dismissed"])
def test_a_post_that_becomes_a_complaint_after_the_end_reopens_its_case_and_keeps_its_place(desk: Desk, ended: str) -> None:
    first = a_post("My bag is lost!")
    thanks = an_answer_to(first, "ah, there it is")
    desk.hear(first, thanks)
    end(desk, ended)
    edit(desk, thanks, "no, it is still lost")
    judge_all(desk)
    assert (desk.case().status, desk.case().episode, desk.case().customer_posts) == ("open", 2, 2)
    assert desk.routes() == ["open", "reopen"]
    assert fetch_values(desk.conn, "select case_number from posts order by id") == [1, 2]
    assert "case_reopened" in desk.events()


def end(desk: Desk, ended: str) -> None:
    if ended == "resolved":
        desk.resolve()
    else:
        resolve.dismiss(desk.conn, case_id=CaseId(desk.case().id), agent_id=desk.agent_id, now=desk.now)


@pytest.mark.parametrize("text", ["My bag is lost, again!", "thank you all"])
def test_an_edit_that_is_no_new_complaint_leaves_a_case_that_is_over(desk: Desk, text: str) -> None:
    post = a_post("My bag is lost!")
    desk.hear(post)
    desk.resolve()
    edit(desk, post, text)
    judge_all(desk)
    assert (desk.case().status, desk.case().episode, desk.routes()) == ("resolved", 1, ["open"])


def test_a_giveaway_that_lies_in_a_case_that_is_over_does_not_fall_out_of_it(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    thanks = an_answer_to(first, "ah, there it is")
    desk.hear(first, thanks)
    desk.resolve()
    edit(desk, thanks, "lost! Follow and RT to win a free bag https://x.example/win")
    judge_all(desk)
    assert fetch_values(desk.conn, "select case_number from posts order by id") == [1, 2]


def test_what_an_agent_said_of_a_post_stays_after_an_edit(desk: Desk) -> None:
    post = a_post("My bag is lost!")
    desk.hear(post)
    [post_id] = fetch_values(desk.conn, "select id from posts")
    correct(desk.conn, post_id=PostId(post_id), field="mood", new="neutral", agent_id=desk.agent_id, now=desk.now)
    edit(desk, post, "thank you, it came")
    judge_all(desk)
    assert sentiments(desk) == ["neutral"]
    assert fetch_values(desk.conn, "select said ->> 'sentiment' from verdicts") == ["positive"]


def test_our_own_posts_and_what_stands_beside_a_case_are_never_judged(desk: Desk) -> None:
    own = a_post("We are sorry", is_own=True)
    desk.hear(own)
    edit(desk, own, "We are so sorry, it is lost")
    judge_all(desk)
    assert (desk.routes(), sentiments(desk)) == (["context"], [])


def test_a_post_that_is_edited_and_then_deleted_is_left_alone(desk: Desk) -> None:
    post = a_post("nice weather in Colombo")
    desk.hear(post)
    edit(desk, post, "My bag is lost in Colombo!")
    desk.collect(replace(post, deleted=True))
    judge_all(desk)
    assert (desk.cases(), fetch_values(desk.conn, "select text from posts")) == ([], [""])


def test_an_edit_before_triage_needs_no_second_judgement(desk: Desk) -> None:
    post = a_post("nice weather in Colombo")
    desk.collect(post)
    edit(desk, post, "My bag is lost in Colombo!")
    desk.triage()
    assert desk.rejudge() == 0
    assert desk.routes() == ["open"]


def test_the_sweep_finds_what_was_edited_and_the_worker_judges_it(pool: Pool) -> None:
    post = a_post("nice weather in Colombo")
    work = Workplace(pool=pool)
    with pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        desk.hear(post)
        edit(desk, post, "My bag is lost in Colombo!")
        assert Task.TRIAGE in tasks_for(undone.undone(conn, now=NOON + HOUR, proof_after=DAY))
    work.now = NOON + timedelta(hours=1)
    work.perform(Task.TRIAGE)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select route from posts") == ["open"]
        assert Task.TRIAGE not in tasks_for(undone.undone(conn, now=NOON + HOUR, proof_after=DAY))


def test_a_post_whose_language_is_corrected_is_read_again_in_that_language_and_again_when_that_is_taken_back(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost and nobody answers!"))
    post_id = PostId(fetch_values(desk.conn, "select id from posts")[0])
    said = correct(desk.conn, post_id=post_id, field="language", new="ta-Latn", agent_id=desk.agent_id, now=desk.now)
    judge_all(desk)
    assert fetch_values(desk.conn, "select language from verdicts") == ["ta-Latn"]
    take_back(desk.conn, post_id=post_id, correction_id=said, agent_id=desk.agent_id, now=desk.now)
    judge_all(desk)
    assert desk.model.languages == ["en", "ta-Latn", "en"]
    assert fetch_values(desk.conn, "select language from verdicts") == ["en"]
    assert desk.routes() == ["open"]
