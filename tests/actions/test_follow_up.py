"""Follow-up until we know: every handle, every brand, the customer's own word, an agent's, and what happens to a case that relapsed."""

from datetime import datetime

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Refused
from amends.core.post import Post
from amends.inbox.actions import facts, resolve
from amends.inbox.actions.customers import link_customer
from amends.inbox.actions.follow_up import conclude_due, decide_follow_up, look_at_stirred, take_decision_back
from amends.inbox.rules.evidence import of_basis
from amends.inbox.rules.follow_up import UNSURE
from amends.inbox.rules.follow_up_plans import Plan
from amends.inbox.rules.ids import AuthorId, FollowUpId, TopicId
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.words import LinkBasis, Outcome
from amends.inbox.store import follow_up_plans, held, relapses
from tests.cast import NOON, POLICY, a_post, a_source, an_answer_to, bo
from tests.desk import DAY, HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="bag")
CY_ON_REDDIT = a_post(network="reddit").author


@pytest.fixture
def resolved(desk: Desk) -> Desk:
    """Cy's complaint, answered and resolved."""
    desk.hear(FIRST)
    desk.now += 5 * MINUTE
    desk.answer("You have it by Friday.")
    desk.now += MINUTE
    desk.resolve()
    return desk


def read_until(desk: Desk, moment: datetime) -> None:
    execute(desk.conn, "update watches set last_ok_at = %(at)s", {"at": moment})


def outcomes(desk: Desk) -> list[str | None]:
    return fetch_values(desk.conn, "select outcome from follow_ups order by episode_id, days")


def says(desk: Desk) -> list[str]:
    return fetch_values(desk.conn, "select kind || ' ' || says from follow_up_evidence where taken_back_at is null order by id")


def complain(desk: Desk, text: str = "My bag is lost!", **facts: object) -> Post:
    desk.now += DAY
    post = a_post(text, **({"published_at": desk.now} | facts))
    desk.hear(post)
    return post


def first_look(desk: Desk) -> FollowUpId:
    return fetch_values(desk.conn, "select min(id) from follow_ups")[0]


def test_two_looks_are_planned_and_the_second_goes_on_after_the_first(resolved: Desk) -> None:
    at = resolved.now
    read_until(resolved, at + 60 * DAY)
    assert conclude_due(resolved.conn, now=at + 7 * DAY) == 1
    assert outcomes(resolved) == ["silent", None]
    assert conclude_due(resolved.conn, now=at + 30 * DAY) == 1
    assert outcomes(resolved) == ["silent", "silent"]


def test_thanks_of_an_episode_before_do_not_make_the_next_resolution_hold(resolved: Desk) -> None:
    complain(resolved, root_id="bag")
    complain(resolved, "Oh, thank you!", root_id="bag")
    resolved.resolve()
    complain(resolved, root_id="bag")
    resolved.now += MINUTE
    resolved.resolve()
    resolved.now += 7 * DAY
    read_until(resolved, resolved.now)
    conclude_due(resolved.conn, now=resolved.now)
    assert outcomes(resolved)[-2:] == ["silent", None]


def test_what_was_written_before_the_resolve_and_comes_late_opens_the_case_and_is_no_relapse(resolved: Desk) -> None:
    resolved.hear(an_answer_to(FIRST, "It is still lost, this is a fraud!", external_id="late", published_at=resolved.now))
    assert (resolved.case().status, resolved.case().episode) == ("open", 2)
    assert (outcomes(resolved), says(resolved)) == (["unknown", "unknown"], [])
    resolved.now += MINUTE
    resolved.resolve()
    complain(resolved, root_id="bag")
    assert outcomes(resolved) == ["unknown", "unknown", "relapsed", "relapsed"]


@pytest.mark.parametrize(
    ("text", "outcome", "evidence"),
    [
        ("Is the desk open on Sundays?", "unknown", []),
        ("Thank you so much, that was great! Is the desk open on Sundays?", "held", ["post held"]),
        ("It is lost again, this is a fraud!", "relapsed", ["post relapsed"]),
    ],
)
def test_only_a_complaint_that_opens_the_case_again_is_a_relapse(resolved: Desk, text: str, outcome: str, evidence: list[str]) -> None:
    complain(resolved, text, root_id="bag")
    assert (resolved.case().status, resolved.case().episode) == ("open", 2)
    assert (outcomes(resolved), says(resolved)) == ([outcome, outcome], evidence)


def test_thanks_of_which_the_machine_is_not_sure_open_the_case_and_are_not_said_to_show_that_it_held(resolved: Desk) -> None:
    complain(resolved, "Merci beaucoup à toute votre équipe pour cette aide si rapide, great!", root_id="bag", language_hint="fr")
    assert (resolved.case().status, outcomes(resolved), says(resolved)) == ("open", ["unknown", "unknown"], [])
    assert set(fetch_values(resolved.conn, "select note from follow_ups")) == {UNSURE}


def test_a_plan_by_topic_brand_and_urgency_says_when_to_look(desk: Desk) -> None:
    desk.hear(FIRST)
    topic_id = TopicId(fetch_values(desk.conn, "insert into topics (name, created_at) values ('Bags', now()) returning id")[0])
    execute(
        desk.conn,
        "insert into post_topics (post_id, topic_id, score, published_at) select id, %(topic)s, 1, now() from posts",
        {"topic": topic_id},
    )
    follow_up_plans.insert(desk.conn, Plan(topic_id=topic_id, first_days=3, last_days=14, survey_days=None), now=NOON)
    desk.resolve()
    assert fetch_values(desk.conn, "select days from follow_ups order by days") == [3, 14]
    assert fetch_values(desk.conn, "select count(*) from surveys") == [0]


def test_a_complaint_about_it_in_another_thread_reopens_the_case_at_once_with_its_history(resolved: Desk) -> None:
    answered_at = resolved.now
    post = complain(resolved)
    assert look_at_stirred(resolved.conn, now=resolved.now) == 2

    case, _new = resolved.cases()
    assert (case.status, case.episode, case.waiting_since) == ("open", 2, post.published_at)
    assert case.assignee_id == resolved.agent_id
    assert (outcomes(resolved), says(resolved)) == (["relapsed", "relapsed"], ["post relapsed"])
    [history] = relapses.history(resolved.conn, EVERYTHING, case_id=case.id)
    assert (history.number, history.reply, history.post_text) == (1, "You have it by Friday.", "My bag is lost!")
    assert history.relapsed_at is not None
    assert history.relapsed_at - history.resolved_at == post.published_at - answered_at
    assert look_at_stirred(resolved.conn, now=resolved.now) == 0
    assert resolved.events().count("case_reopened") == resolved.events().count("follow_up_concluded") == 1


def test_a_relapse_goes_to_who_answered_only_where_they_are_at_work(resolved: Desk) -> None:
    execute(resolved.conn, "update cases set assignee_id = null")
    execute(resolved.conn, "update agents set away_since = %(now)s", {"now": NOON})
    complain(resolved)
    look_at_stirred(resolved.conn, now=resolved.now)
    assert (resolved.cases()[0].status, resolved.cases()[0].assignee_id) == ("open", None)


def test_a_complaint_about_something_else_is_shown_and_is_no_relapse(resolved: Desk) -> None:
    complain(resolved, "Terrible: your website broken since hours")
    look_at_stirred(resolved.conn, now=resolved.now)
    assert (says(resolved), outcomes(resolved)) == (["post other"], [None, None])
    read_until(resolved, NOON + 9 * DAY)
    conclude_due(resolved.conn, now=NOON + 8 * DAY)
    assert fetch_values(resolved.conn, "select note from follow_ups where days = 7") == ["The customer complained about something else."]


@pytest.mark.parametrize(("text", "outcome"), [("Great, my bag is here!", "held"), ("Great food on board, thank you", "silent")])
def test_thanks_in_another_thread_hold_where_they_are_about_it(resolved: Desk, text: str, outcome: str) -> None:
    complain(resolved, text)
    read_until(resolved, NOON + 9 * DAY)
    conclude_due(resolved.conn, now=NOON + 8 * DAY)
    assert (len(resolved.cases()), outcomes(resolved)) == (1, [outcome, None])


def test_a_complaint_to_another_brand_is_about_something_else(resolved: Desk) -> None:
    resolved.source_id = a_source(resolved.conn, handle="lankahotels", brand="lanka-hotels")
    complain(resolved)
    look_at_stirred(resolved.conn, now=resolved.now)
    assert (says(resolved), outcomes(resolved)) == (["post other"], [None, None])


def test_a_handle_that_is_linked_later_speaks_too(resolved: Desk) -> None:
    reddit = a_source(resolved.conn, network="reddit")
    here, resolved.source_id, resolved.network = resolved.source_id, reddit, "reddit"
    author = a_post(network="reddit").author
    complain(resolved, network="reddit", author=type(author)(external_id="r-1", handle="cy-r", name="Cy"))
    assert look_at_stirred(resolved.conn, now=resolved.now) == 0
    [author_id] = fetch_values(resolved.conn, "select id from authors where network = 'reddit'")
    [customer_id] = fetch_values(resolved.conn, "select customer_id from cases where source_id = %(here)s", {"here": here})
    link_customer(
        resolved.conn,
        author_id=AuthorId(author_id),
        customer_id=customer_id,
        basis=LinkBasis.TOLD_US,
        evidence=of_basis(LinkBasis.TOLD_US, "said so"),
        agent_id=resolved.agent_id,
        now=resolved.now,
    )
    assert look_at_stirred(resolved.conn, now=resolved.now) == 2
    assert outcomes(resolved) == ["relapsed", "relapsed"]


def test_a_relapse_after_the_first_look_leaves_what_that_found(resolved: Desk) -> None:
    read_until(resolved, NOON + 8 * DAY)
    conclude_due(resolved.conn, now=NOON + 8 * DAY)
    resolved.now = NOON + 12 * DAY
    resolved.hear(an_answer_to(FIRST, "My bag is lost again!", published_at=resolved.now))
    assert outcomes(resolved) == ["silent", "relapsed"]
    assert fetch_values(resolved.conn, "select outcome from episodes order by number") == ["relapsed", None]


def test_an_agent_is_asked_where_nobody_knows_and_their_word_is_kept_as_evidence(resolved: Desk) -> None:
    conclude_due(resolved.conn, now=NOON + 8 * DAY)
    assert fetch_values(resolved.conn, "select asks from follow_ups order by days") == [True, False]
    decide_follow_up(
        resolved.conn, follow_up_id=first_look(resolved), outcome=Outcome.HELD, agent_id=resolved.agent_id, note="Rang.", now=NOON + 9 * DAY
    )
    assert (outcomes(resolved), says(resolved)) == (["held", None], ["agent held"])
    assert fetch_values(resolved.conn, "select asks from follow_ups order by days") == [False, False]


def test_an_agents_word_can_be_taken_back(resolved: Desk) -> None:
    look = first_look(resolved)
    decide_follow_up(resolved.conn, follow_up_id=look, outcome=Outcome.HELD, agent_id=resolved.agent_id, note="", now=resolved.now)
    with pytest.raises(Refused):
        take_decision_back(resolved.conn, follow_up_id=look, agent_id=bo(resolved.conn), now=resolved.now)
    take_decision_back(resolved.conn, follow_up_id=look, agent_id=resolved.agent_id, now=resolved.now)
    assert (outcomes(resolved), says(resolved)) == ([None, None], [])
    decide_follow_up(resolved.conn, follow_up_id=look, outcome=Outcome.HELD, agent_id=resolved.agent_id, note="", now=NOON + 8 * DAY)
    take_decision_back(resolved.conn, follow_up_id=look, agent_id=resolved.agent_id, now=NOON + 8 * DAY)
    assert outcomes(resolved) == ["unknown", None]


def test_an_agent_who_knows_of_a_relapse_reopens_the_case(resolved: Desk) -> None:
    decide_follow_up(
        resolved.conn, follow_up_id=first_look(resolved), outcome=Outcome.RELAPSED, agent_id=bo(resolved.conn), note="", now=resolved.now
    )
    assert (resolved.case().status, resolved.case().episode, outcomes(resolved)) == ("open", 2, ["relapsed", "relapsed"])
    with pytest.raises(Refused):
        take_decision_back(resolved.conn, follow_up_id=first_look(resolved), agent_id=bo(resolved.conn), now=resolved.now)


def test_undoing_the_resolve_takes_looks_survey_and_evidence_away(resolved: Desk) -> None:
    resolve.undo_resolve(resolved.conn, case_id=resolved.case().id, agent_id=resolved.agent_id, now=resolved.now + MINUTE)
    for table in ("follow_ups", "surveys", "follow_up_evidence"):
        assert fetch_values(resolved.conn, f"select count(*) from {table}") == [0]  # noqa: S608  # pyright: ignore[reportArgumentType]


def test_reopening_by_hand_ends_looks_and_survey_and_asks_nobody(resolved: Desk) -> None:
    conclude_due(resolved.conn, now=NOON + 8 * DAY)
    resolve.reopen(resolved.conn, case_id=resolved.case().id, agent_id=resolved.agent_id, now=NOON + 9 * DAY)
    assert outcomes(resolved) == ["unknown", "unknown"]
    assert fetch_values(resolved.conn, "select asks from follow_ups") == [False, False]
    assert fetch_values(resolved.conn, "select state from surveys") == ["cancelled"]


def test_of_an_erased_customer_nothing_more_is_asked(resolved: Desk) -> None:
    execute(resolved.conn, "update customers set erased_at = %(now)s", {"now": NOON})
    conclude_due(resolved.conn, now=NOON + 8 * DAY)
    assert outcomes(resolved) == ["unknown", None]
    assert fetch_values(resolved.conn, "select asks from follow_ups order by days") == [False, False]


def test_the_parts_of_what_held_add_up_and_their_rows_recount(resolved: Desk) -> None:
    read_until(resolved, NOON + 8 * DAY)
    conclude_due(resolved.conn, now=NOON + 8 * DAY)
    resolved.now = NOON + 8 * DAY
    resolved.hear(a_post("Your website is slow and broken!", published_at=resolved.now - HOUR))
    newest = resolved.cases()[-1]
    resolve.resolve(resolved.conn, case_id=newest.id, agent_id=resolved.agent_id, policy=POLICY, now=resolved.now)
    until = NOON + 9 * DAY
    found = held.held(resolved.conn, days=7, since=NOON, until=until)
    assert (found.resolved, found.silent, found.running, found.concluded) == (2, 1, 1, 1)
    assert (found.share_held, found.share_not_relapsed) == (0, 1)
    for part in ("resolved", "held", "silent", "relapsed", "unknown", "running"):
        assert len(held.rows(resolved.conn, part=part, days=7, limit=50, since=NOON, until=until)) == getattr(found, part)
    assert held.held(resolved.conn, days=30, since=NOON, until=until).running == 2
    assert held.held(resolved.conn, days=7, since=NOON + 9 * DAY, until=NOON + 20 * DAY).share_held is None


def test_the_headline_and_the_number_over_rest_take_the_same_look(resolved: Desk) -> None:
    read_until(resolved, NOON + 40 * DAY)
    execute(resolved.conn, "update follow_ups set days = case days when 7 then 5 else 21 end, due_at = planned_at + interval '5 days'")
    conclude_due(resolved.conn, now=NOON + 6 * DAY)
    facts.rebuild(resolved.conn)
    counted = fetch_values(resolved.conn, "select array[after_7, after_30] from episode_facts")
    assert counted == [["silent", "silent"]]
    for days in (7, 30):
        found = held.held(resolved.conn, days=days, since=NOON, until=NOON + DAY)
        assert (found.resolved, found.silent) == (1, 1), days
