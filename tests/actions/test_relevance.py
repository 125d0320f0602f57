"""Noise: what is thrown by itself, what agents throw and keep, and what a source learns from that."""

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Conflict, Refused
from amends.inbox.actions import relevance, resolve
from amends.inbox.actions.matchers import sieve_in_force
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.store import matchers
from amends.inbox.store import relevance as rows
from tests.cast import CY, DEE, a_post, an_answer_to
from tests.desk import MINUTE, Desk
from tests.teaching import few_prototypes, label_history, teach

GIVEAWAY = "Follow and RT to win a free trip! https://x.example/win"
VARIANT = (
    "delta variant spreads, cases never fall",
    "new delta variant cases, hospitals never so full",
    "delta variant is the worst strain",
    "worst delta variant strain in hospitals",
    "delta variant cases never so many",
)


def posts(desk: Desk) -> list[PostId]:
    return [PostId(found) for found in fetch_values(desk.conn, "select id from posts order by id")]


def throw_all(desk: Desk) -> None:
    for case in desk.cases():
        if case.status == "open":
            relevance.throw_case(desk.conn, case_id=case.id, agent_id=desk.agent_id, now=desk.now)


OURS = ("Delta lost my suitcase", "Delta never answers my calls", "my Delta flight is delayed again")


def a_taught_source(desk: Desk, thrown: int = 5, answered: int = 3) -> None:
    """Let agents answer some posts of the source and throw others."""
    few_prototypes(desk.conn)
    desk.hear(*(a_post(text) for text in OURS[:answered]))
    for case in desk.cases():
        resolve.resolve(desk.conn, case_id=case.id, agent_id=desk.agent_id, policy=desk.policy, now=desk.now)
    desk.hear(*(a_post(text) for text in VARIANT[:thrown]))
    throw_all(desk)
    teach(desk)


def test_noise_is_thrown_with_its_reason_and_opens_nothing(desk: Desk) -> None:
    desk.hear(a_post(GIVEAWAY))
    assert desk.cases() == []
    assert fetch_values(desk.conn, "select route || ': ' || route_why from posts") == ["ignore: noise:giveaway"]
    assert [(one.noise, one.text) for one in rows.thrown(desk.conn, limit=9)] == [("giveaway", GIVEAWAY)]


def test_noise_of_a_customer_whose_case_goes_on_joins_the_case(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first, an_answer_to(first, GIVEAWAY))
    assert desk.routes() == ["open", "append"]


def test_a_complaint_or_a_question_addressed_to_us_is_never_thrown(desk: Desk) -> None:
    desk.hear(a_post(f"@lankaair {GIVEAWAY} my refund is lost", mentions=("lankaair",)))
    desk.hear(a_post(f"@lankaair is this real? {GIVEAWAY}", mentions=("lankaair",)))
    assert desk.routes() == ["open", "open"]


def test_who_complains_again_and_again_is_heard_each_time(desk: Desk) -> None:
    for _ in range(6):
        desk.hear(a_post("The worst shop ever", author=DEE))
    assert desk.routes() == ["open"] * 6


def test_the_same_words_by_the_same_author_again_and_again_are_spam(desk: Desk) -> None:
    for _ in range(6):
        desk.hear(a_post("Come to the shop in the harbour", author=DEE))
    desk.hear(a_post("Come to the shop in the harbour", author=CY))
    assert fetch_values(desk.conn, "select noise from verdicts order by post_id") == [""] * 4 + ["spam"] * 2 + [""]


def test_a_source_learns_to_throw_what_its_agents_threw(desk: Desk) -> None:
    a_taught_source(desk)
    desk.hear(a_post("worst delta variant cases in hospitals"), a_post("Delta lost my suitcase, worst airline"))
    assert desk.routes()[-2:] == ["ignore", "open"]
    assert fetch_values(desk.conn, "select route_why from posts order by id")[-2] == "noise:not_for_us"


def test_two_thrown_posts_teach_nothing_yet(desk: Desk) -> None:
    a_taught_source(desk, thrown=2)
    assert sieve_in_force(desk.conn).sources == {}
    desk.hear(a_post(VARIANT[0]))
    assert desk.routes()[-1] == "open"


def test_a_source_that_knows_nothing_of_what_is_for_us_throws_nothing(desk: Desk) -> None:
    a_taught_source(desk, answered=2)
    assert sieve_in_force(desk.conn).sources == {}


def test_a_source_learns_as_soon_as_enough_is_answered_though_nobody_throws_any_more(desk: Desk) -> None:
    a_taught_source(desk, answered=2)
    desk.hear(a_post(OURS[2]))
    resolve.resolve(desk.conn, case_id=desk.cases()[-1].id, agent_id=desk.agent_id, policy=desk.policy, now=desk.now)
    teach(desk)
    assert list(sieve_in_force(desk.conn).sources) == [desk.source_id]
    [learnt] = matchers.of_kind(desk.conn, matchers.SOURCE)
    desk.now += MINUTE
    teach(desk)
    assert matchers.of_kind(desk.conn, matchers.SOURCE) == [learnt]


def test_a_source_whose_newest_examples_are_thrown_alone_has_not_enough_to_learn_from(desk: Desk) -> None:
    few_prototypes(desk.conn)
    desk.hear(*(a_post(text) for text in OURS))
    for post_id in posts(desk):
        rows.mark(desk.conn, post_id=post_id, kept=True, agent_id=desk.agent_id, now=desk.now)
    desk.now += MINUTE
    desk.hear(*(a_post(text) for text in VARIANT))
    for post_id in posts(desk)[len(OURS) :]:
        rows.mark(desk.conn, post_id=post_id, kept=False, agent_id=desk.agent_id, now=desk.now)
    teach(desk)
    matchers.forget(desk.conn, kind=matchers.SOURCE, name=str(desk.source_id))
    ready = [rows.untaught(desk.conn, encoder=desk.model.version, most=most, least_thrown=3, least_kept=3) for most in (8, 5)]
    assert ready == [[desk.source_id], []]


def test_throwing_a_case_is_undone_as_if_it_had_not_been(desk: Desk) -> None:
    desk.hear(a_post(VARIANT[0]))
    case_id = desk.case().id
    relevance.throw_case(desk.conn, case_id=case_id, agent_id=desk.agent_id, now=desk.now)
    assert desk.case().status == "dismissed"
    relevance.keep_case(desk.conn, case_id=case_id, agent_id=desk.agent_id, now=desk.now)
    assert desk.case().status == "open"
    assert fetch_values(desk.conn, "select count(*) from relevance_examples") == [0]


def test_a_thrown_post_comes_back_as_work_and_as_a_kept_example(desk: Desk) -> None:
    desk.hear(a_post(GIVEAWAY))
    [post_id] = posts(desk)
    relevance.bring_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)
    desk.triage()
    assert (desk.case().preview, desk.routes()) == (GIVEAWAY, ["open"])
    assert fetch_values(desk.conn, "select kept from relevance_examples") == [True]
    assert rows.thrown(desk.conn, limit=9) == []
    with pytest.raises(Conflict):
        relevance.bring_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)


@pytest.mark.parametrize("triaged", [False, True])
def test_work_made_of_a_thrown_post_is_taken_back_as_if_it_had_not_been(desk: Desk, *, triaged: bool) -> None:
    desk.hear(a_post(GIVEAWAY))
    [post_id] = posts(desk)
    before = fetch_values(desk.conn, "select route_why from posts")
    relevance.bring_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)
    if triaged:
        desk.triage()
    relevance.lay_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)
    assert desk.triage() == (0 if triaged else 1)
    assert fetch_values(desk.conn, "select count(*) from relevance_examples") == [0]
    assert fetch_values(desk.conn, "select status from cases") == (["dismissed"] if triaged else [])
    assert triaged or fetch_values(desk.conn, "select route_why from posts") == before
    with pytest.raises(Conflict):
        relevance.lay_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)


def test_work_that_has_gone_on_is_not_taken_back(desk: Desk) -> None:
    first = a_post(GIVEAWAY)
    desk.hear(first)
    [post_id] = posts(desk)
    relevance.bring_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)
    desk.triage()
    desk.hear(an_answer_to(first, "And my bag is lost!"))
    with pytest.raises(Conflict):
        relevance.lay_back(desk.conn, post_id=post_id, agent_id=desk.agent_id, now=desk.now)
    assert desk.case().status == "open"


def test_a_source_tells_how_many_examples_it_has_and_how_well_it_learnt(desk: Desk) -> None:
    a_taught_source(desk)
    [lesson] = rows.lessons(desk.conn, most=9)
    assert (lesson.thrown, lesson.kept, lesson.worked) == (5, 0, 3)
    assert lesson.kept_right is not None
    assert lesson.kept_right >= 2 / 3
    assert lesson.thrown_found is not None
    assert lesson.thrown_found >= 0.6


def test_a_case_without_posts_teaches_nothing(desk: Desk) -> None:
    post = a_post(VARIANT[0])
    desk.hear(post)
    desk.collect(a_post("", external_id=post.external_id, deleted=True))
    with pytest.raises(Refused):
        relevance.throw_case(desk.conn, case_id=CaseId(desk.case().id), agent_id=desk.agent_id, now=desk.now)


def learn_noise_again(desk: Desk) -> None:
    few_prototypes(desk.conn)
    matchers.ask_for(desk.conn, kind=matchers.NOISE, why="to test", agent_id=None)
    teach(desk)
    assert label_history(desk)


def test_what_is_noise_is_said_anew_of_history_by_the_job_and_nothing_moves(desk: Desk) -> None:
    desk.hear(a_post(GIVEAWAY), a_post("My bag is lost!"), *(a_post("The worst shop ever", author=DEE) for _ in range(5)))
    noise = fetch_values(desk.conn, "select noise from verdicts order by post_id")
    routes = desk.routes()
    execute(desk.conn, "update verdicts set noise = case when post_id = (select max(post_id) from verdicts) then '' else 'news' end")
    learn_noise_again(desk)
    assert fetch_values(desk.conn, "select noise from verdicts order by post_id") == noise
    assert desk.routes() == routes


def test_what_was_thrown_keeps_its_reason_until_it_is_brought_back(desk: Desk) -> None:
    desk.hear(a_post("hello there", author=DEE))
    execute(desk.conn, "update verdicts set noise = 'marketing'")
    learn_noise_again(desk)
    assert [one.noise for one in rows.thrown(desk.conn, limit=9)] == ["marketing"]
