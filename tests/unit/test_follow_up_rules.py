"""Whether a resolution held, by everything that may speak for or against it; when to look; whom to ask and how."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.core.ports import Sentiment
from amends.inbox.rules import follow_up, surveys
from amends.inbox.rules.follow_up import Conclusion, Heard, Read, Says, Word, Written
from amends.inbox.rules.follow_up_plans import Ended, Plan, plan_for, planned
from amends.inbox.rules.ids import BrandId, CaseId, PostId, TopicId
from amends.inbox.rules.survey_words import LETTERS, ON_NETWORK, PAGE
from amends.inbox.rules.surveys import Answer, Skip, Standing, Way, next_try, way_of
from amends.inbox.rules.words import Outcome
from tests.cast import NOON

CASE, OTHER = CaseId(1), CaseId(2)
DAY = timedelta(days=1)
BAD, GOOD = Sentiment.NEGATIVE, Sentiment.POSITIVE


def wrote(sentiment: Sentiment, *, days: int = 1, **facts: object) -> Written:
    given: dict[str, object] = {"post_id": PostId(days), "case_id": CASE, "complaint": 0.1} | facts
    return Written(sentiment=sentiment, published_at=NOON + days * DAY, **given)  # pyright: ignore[reportArgumentType]


def elsewhere(**facts: object) -> Written:
    return replace(wrote(BAD, case_id=OTHER), **facts)  # pyright: ignore[reportArgumentType]


def concluded(*posts: Written, watched_until: datetime | None = NOON + 7 * DAY, **words: Word) -> Conclusion:
    reads = [Read(post=post, says=says) for post in posts if (says := follow_up.read(CASE, post, resolved_at=NOON))]
    span = follow_up.Span(resolved_at=NOON, due_at=NOON + 7 * DAY, watched_until=watched_until)
    return follow_up.decide(CASE, Heard(posts=reads, customer=words.get("customer"), agent=words.get("agent")), span)


def outcome(*posts: Written, watched_until: datetime | None = NOON + 7 * DAY, **words: Word) -> Outcome:
    return concluded(*posts, watched_until=watched_until, **words).outcome


def said(says: Says, *, days: int = 2) -> Word:
    return Word(says=says, at=NOON + days * DAY, note="They said so.")


def test_a_complaint_before_the_resolve_is_no_relapse_and_thanks_are_no_less_true() -> None:
    assert outcome(wrote(BAD, days=-1)) is Outcome.SILENT
    assert outcome(wrote(GOOD, days=-1)) is Outcome.HELD


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ({}, True),
        ({"case_id": None, "shares_topic": True}, True),
        ({"case_id": None, "likeness": 0.5}, True),
        ({"case_id": None, "shares_topic": None, "likeness": 0.4}, False),
        ({"case_id": None, "shares_topic": False}, False),
        ({"case_id": None, "shares_topic": True, "same_brand": False}, False),
        ({"case_id": None, "shares_topic": True, "days": -1}, False),
        ({"case_id": OTHER, "shares_topic": True}, False),
    ],
)
def test_thanks_hold_in_the_case_and_where_they_stand_in_none_and_are_about_it(facts: dict[str, Any], held: bool) -> None:
    assert outcome(wrote(GOOD, **facts)) is (Outcome.HELD if held else Outcome.SILENT)


def test_a_complaint_about_it_with_any_handle_is_a_relapse_whatever_was_said_in_between() -> None:
    assert outcome(wrote(GOOD), elsewhere(published_at=NOON + 3 * DAY, shares_topic=True)) is Outcome.RELAPSED


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"case_id": CASE}, Says.RELAPSED),
        ({"shares_topic": True, "likeness": 0.05}, Says.RELAPSED),
        ({"shares_topic": None, "likeness": 0.5}, Says.RELAPSED),
        ({"shares_topic": False, "likeness": 0.6}, Says.RELAPSED),
        ({"shares_topic": False, "likeness": 0.4}, Says.DOUBT),
        ({"shares_topic": False, "likeness": 0.3}, Says.OTHER),
        ({"shares_topic": False, "likeness": None}, Says.OTHER),
        ({"shares_topic": None, "likeness": 0.3}, Says.DOUBT),
        ({"shares_topic": None, "likeness": 0.05}, Says.OTHER),
        ({"shares_topic": None, "likeness": None}, Says.DOUBT),
        ({"shares_topic": True, "likeness": 0.9, "same_brand": False}, Says.OTHER),
    ],
)
def test_a_complaint_is_about_it_or_about_something_else_or_an_agent_is_asked(facts: dict[str, object], says: Says) -> None:
    assert follow_up.read(CASE, elsewhere(**facts), resolved_at=NOON) is says


def test_a_complaint_about_something_else_is_no_relapse_but_is_told() -> None:
    found = concluded(elsewhere(shares_topic=False))
    assert (found.outcome, found.note, found.asks) == (Outcome.SILENT, "The customer complained about something else.", False)


def test_where_it_may_be_about_it_an_agent_is_asked() -> None:
    found = concluded(elsewhere())
    assert (found.outcome, found.asks) == (Outcome.UNKNOWN, True)


def test_silence_counts_only_where_somebody_listened() -> None:
    assert outcome() is Outcome.SILENT
    for until in (NOON + 6 * DAY, None):
        found = concluded(watched_until=until)
        assert (found.outcome, found.asks) == (Outcome.UNKNOWN, True)
    assert outcome(wrote(GOOD), watched_until=None) is Outcome.HELD


def test_the_first_new_complaint_is_the_evidence() -> None:
    found = concluded(wrote(BAD, days=5), wrote(BAD, days=2), watched_until=None)
    assert (found.post_id, found.note) == (2, "The customer complained again in this case.")


def test_the_customers_own_word_beats_what_the_model_reads() -> None:
    assert outcome(wrote(BAD, days=1), customer=said(Says.HELD)) is Outcome.HELD
    assert outcome(wrote(GOOD, days=1), customer=said(Says.RELAPSED)) is Outcome.RELAPSED


def test_a_complaint_after_the_word_that_it_is_solved_is_a_relapse() -> None:
    assert outcome(wrote(BAD, days=3), customer=said(Says.HELD)) is Outcome.RELAPSED


def test_an_agents_word_counts_where_the_customer_left_it_open_and_not_against_them() -> None:
    assert outcome(agent=said(Says.HELD), watched_until=None) is Outcome.HELD
    assert outcome(elsewhere(), agent=said(Says.RELAPSED)) is Outcome.RELAPSED
    assert outcome(wrote(BAD), agent=said(Says.HELD)) is Outcome.RELAPSED
    assert outcome(agent=said(Says.HELD), customer=said(Says.RELAPSED)) is Outcome.RELAPSED


AIR, SHOP = BrandId(1), BrandId(2)
REFUND, BAGS = TopicId(1), TopicId(2)
ENDED = Ended(brand_id=AIR, topics=frozenset({REFUND}), urgency=50)


def test_the_plan_that_says_most_of_a_case_is_its_plan() -> None:
    of_all, of_brand, of_topic = Plan(first_days=1), Plan(brand_id=AIR, first_days=2), Plan(topic_id=REFUND, first_days=3)
    urgent, elsewhere = Plan(brand_id=AIR, least_urgency=50, first_days=4), Plan(brand_id=SHOP, topic_id=BAGS)
    assert plan_for([elsewhere], ENDED) is None
    assert plan_for([of_all, elsewhere], ENDED) is of_all
    assert plan_for([of_all, of_brand], ENDED) is of_brand
    assert plan_for([urgent, of_brand], ENDED) is urgent
    assert plan_for([urgent, of_topic, of_brand], ENDED) is of_topic
    assert plan_for([Plan(least_urgency=51)], ENDED) is None


def test_without_a_plan_we_look_after_seven_and_thirty_days_and_ask_after_two() -> None:
    found = planned([], ENDED, first_after=7 * DAY, now=NOON)
    assert [(look.days, look.due_at) for look in found.looks] == [(7, NOON + 7 * DAY), (30, NOON + 30 * DAY)]
    assert (found.ask_at, found.on_network) == (NOON + 2 * DAY, False)


def test_a_plan_says_when_to_look_and_whether_to_ask() -> None:
    found = planned([Plan(first_days=3, last_days=14, survey_days=None, on_network=True)], ENDED, first_after=7 * DAY, now=NOON)
    assert ([look.days for look in found.looks], found.ask_at, found.on_network) == ([3, 14], None, True)


@pytest.mark.parametrize(
    ("standing", "way"),
    [
        (Standing(), Skip.NO_CONSENT),
        (Standing(email_agreed=True), Way.EMAIL),
        (Standing(network_agreed=True), Way.NETWORK),
        (Standing(email_agreed=True, network_agreed=True), Way.EMAIL),
        (Standing(email_agreed=True, going_on=True), Skip.GOES_ON),
        (Standing(email_agreed=True, erased=True), Skip.ERASED),
        (Standing(email_agreed=True, do_not_contact=True), Skip.DO_NOT_CONTACT),
        (Standing(email_agreed=True, asked_lately=True), Skip.ASKED_LATELY),
    ],
)
def test_nobody_is_asked_without_consent_nor_against_their_wish(standing: Standing, way: Way | Skip) -> None:
    assert way_of(standing, can_mail=True) is way


def test_without_a_mail_server_the_network_is_the_way_or_none() -> None:
    assert way_of(Standing(email_agreed=True), can_mail=False) is Skip.NO_MAIL_SERVER
    assert way_of(Standing(email_agreed=True, network_agreed=True), can_mail=False) is Way.NETWORK


def test_a_letter_is_tried_a_few_times_and_then_given_up() -> None:
    waits = [next_try(attempts) for attempts in range(1, 5)]
    assert waits == [*surveys.TRIES, None]


def test_marks_alone_say_nothing_of_whether_it_is_solved() -> None:
    assert [Answer(csat=1, solved=solved, word="").says for solved in (None, True, False)] == [None, Says.HELD, Says.RELAPSED]


def test_the_question_is_there_in_seven_languages_with_the_same_words() -> None:
    assert len(PAGE) == 7
    assert set(PAGE) == set(LETTERS) == set(ON_NETWORK)
    assert {frozenset(words) for words in PAGE.values()} == {frozenset(PAGE["en"])}
    assert all("{name}" in body and "{brand}" in body for _subject, body in LETTERS.values())
