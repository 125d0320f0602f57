"""Where a post goes."""

from typing import Any

import pytest

from amends.api.route_words import why_routed
from amends.core.ports import Sentiment
from amends.inbox.rules.routing import Incoming, decide, is_question
from amends.inbox.rules.words import CaseStatus, Route
from amends.triage.verdict import Verdict
from tests.cast import a_verdict

COMPLAINT = a_verdict()
THANKS = a_verdict(sentiment=Sentiment.POSITIVE, complaint=0.1)
NOISE = a_verdict(sentiment=Sentiment.NEUTRAL, complaint=0.1)
PITY = a_verdict(complaint=0.3)
UNSURE = a_verdict(sentiment=Sentiment.NEUTRAL, complaint=0.1, needs_look=True)


def _said(text: str = "so", **facts: Any) -> Incoming:
    given = {"text": text, "author_external_id": "cy-1"} | facts
    return Incoming(**given)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("status", [None, *CaseStatus])
@pytest.mark.parametrize("facts", [{"is_own": True}, {"is_share": True}])
def test_our_own_posts_and_shares_are_context_whatever_they_say(status: CaseStatus | None, facts: dict[str, Any]) -> None:
    assert decide(_said(**facts), COMPLAINT, status).route is Route.CONTEXT


@pytest.mark.parametrize("facts", [{"is_deleted": True}, {"author_external_id": "deleted"}])
def test_where_nobody_is_left_to_answer_nothing_opens(facts: dict[str, Any]) -> None:
    assert decide(_said(**facts), COMPLAINT, None).route is Route.IGNORE


def test_a_complaint_opens_a_case() -> None:
    assert decide(_said(), COMPLAINT, None).route is Route.OPEN


def test_a_complaint_in_polite_words_opens_a_case() -> None:
    assert decide(_said(), a_verdict(sentiment=Sentiment.NEUTRAL, complaint=0.8), None).route is Route.OPEN


def test_a_question_opens_a_case() -> None:
    assert decide(_said("When does gate 4 open?"), NOISE, None).route is Route.OPEN


def test_what_the_model_cannot_read_is_shown_to_a_person() -> None:
    assert decide(_said(), UNSURE, None).route is Route.OPEN


def test_the_bad_mood_of_a_bystander_is_context() -> None:
    decision = decide(_said("I'm so sorry for you", of_another=True), PITY, None)
    assert (decision.route, "bystander" in decision.why) == (Route.CONTEXT, True)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, PITY),
        ({"of_another": True, "to_us": True}, PITY),
        ({"of_another": True}, COMPLAINT),
        ({"of_another": True}, a_verdict(complaint=0.3, needs_look=True)),
        ({"of_another": True, "text": "Does it stay so?"}, PITY),
    ],
)
def test_a_bystander_who_complains_asks_or_talks_to_us_opens_a_case(facts: dict[str, Any], verdict: Verdict) -> None:
    assert decide(_said(**facts), verdict, None).route is Route.OPEN


def test_a_bystander_with_a_case_of_their_own_in_the_thread_is_none() -> None:
    assert decide(_said(of_another=True), PITY, CaseStatus.OPEN).route is Route.APPEND
    assert decide(_said(of_another=True), PITY, CaseStatus.RESOLVED).route is Route.REOPEN


@pytest.mark.parametrize("verdict", [THANKS, NOISE])
def test_praise_and_noise_open_nothing(verdict: Verdict) -> None:
    assert decide(_said(), verdict, None).route is Route.IGNORE


@pytest.mark.parametrize("status", [CaseStatus.OPEN, CaseStatus.WAITING])
@pytest.mark.parametrize("verdict", [COMPLAINT, THANKS, NOISE])
def test_whatever_the_customer_adds_joins_a_running_case(status: CaseStatus, verdict: Verdict) -> None:
    assert decide(_said(), verdict, status).route is Route.APPEND


@pytest.mark.parametrize("status", [CaseStatus.RESOLVED, CaseStatus.DISMISSED])
def test_a_case_that_is_over_reopens_for_a_complaint_and_not_for_thanks(status: CaseStatus) -> None:
    assert decide(_said(), COMPLAINT, status).route is Route.REOPEN
    assert decide(_said(), UNSURE, status).route is Route.REOPEN
    assert decide(_said("and when?"), NOISE, status).route is Route.REOPEN
    assert decide(_said(), THANKS, status).route is Route.APPEND


def test_every_decision_has_a_sentence_on_the_screen() -> None:
    for status in (None, *CaseStatus):
        for verdict in (COMPLAINT, THANKS, NOISE, UNSURE):
            why = decide(_said(), verdict, status).why
            assert why_routed(why) not in {"", why}


@pytest.mark.parametrize("text", ["where is it?", "¿dónde está", "أين حقيبتي؟", "የት ነው፧", "なぜ？"])
def test_question_marks_of_other_scripts_count(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["", "it is here.", "see https://x.example/?q=1", "HTTPS://x.example/?a"])
def test_a_question_mark_in_a_link_is_no_question(text: str) -> None:
    assert not is_question(text)
