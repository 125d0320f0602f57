"""Every post gets a verdict, whatever it is; one bad post never costs the others theirs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core.ports import Intent, Reading, Sentiment
from amends.triage.judge import Text, judge, judge_again
from tests.fakes import FakeClassifier

ODD = [
    "",
    "   ",
    "😡😡",
    "https://a.example/only",
    "@someone",
    "a\x00b\x07",
    "\u200b\u200d\ufeff",
    "\u202etxet siht",
    "Z\u0337\u0321\u0322\u031b\u0357a\u0337\u0321\u0322lgo",
    "\ud83d half",
    "漢字" * 1_000,
    "word " * 8_000,
    "x" * 40_000,
]


def test_a_complaint_is_negative_urgent_and_in_its_language() -> None:
    (verdict,) = judge([Text(text="Worst airline, you lost my bag and I want my money back")], FakeClassifier())
    assert (verdict.language, verdict.sentiment, verdict.model) == ("en", Sentiment.NEGATIVE, "fake-1")
    assert verdict.confidence == verdict.negative == 0.9
    assert "money lost" in verdict.reasons
    assert not verdict.needs_look


@pytest.mark.parametrize(("mood", "complaint", "asks"), [(0.9, 0.7, True), (0.9, 0.3, False), (0.05, 0.9, False)])
def test_a_post_that_is_told_to_be_glad_and_a_complaint_at_once_needs_a_look(mood: float, complaint: float, asks: bool) -> None:
    reading = Reading(negative=0.95 - mood, neutral=0.05, positive=mood, complaint=complaint)
    [verdict] = judge_again([(Text(text="my parcel came a week late, money back please"), reading)], FakeClassifier())
    assert verdict.needs_look == asks


def test_verdicts_come_in_the_order_of_the_posts() -> None:
    verdicts = judge([Text(text="thank you"), Text(text=""), Text(text="it is broken"), Text(text="when do you open")], FakeClassifier())
    assert [verdict.sentiment for verdict in verdicts] == ["positive", "neutral", "negative", "neutral"]


def test_odd_posts_get_verdicts_beside_a_good_one() -> None:
    verdicts = judge([*(Text(text=text) for text in ODD), Text(text="you lost my bag")], FakeClassifier())
    assert len(verdicts) == len(ODD) + 1
    assert verdicts[-1].sentiment is Sentiment.NEGATIVE


def test_nothing_to_read_asks_for_a_person_and_no_model() -> None:
    fake = FakeClassifier()
    verdicts = judge([Text(text=""), Text(text="http://a.example"), Text(text="@user ?!")], fake)
    assert all(verdict.needs_look and verdict.language == "und" and verdict.urgency == 0 for verdict in verdicts)
    assert fake.batches == [[]]


def test_what_the_model_cannot_read_asks_for_a_person() -> None:
    (verdict,) = judge([Text(text="this is unreadable to the fake, sorry")], FakeClassifier())
    assert verdict.needs_look
    assert verdict.confidence < 0.4


def test_what_says_nothing_is_no_complaint_and_the_chances_of_intents_are_whole() -> None:
    texts = ("", "http://a.example", "this is unreadable to the fake, sorry", "you lost my bag")
    verdicts = judge([Text(text=text) for text in texts], FakeClassifier())
    assert [verdict.intent for verdict in verdicts] == [Intent.OTHER, Intent.OTHER, Intent.OTHER, Intent.COMPLAINT]
    assert [sum(verdict.intents) for verdict in verdicts] == pytest.approx([1.0] * 4)


def test_a_model_of_moods_alone_finds_a_complaint_only_where_it_is_likely() -> None:
    known = [(0.9, Intent.COMPLAINT), (0.1, Intent.OTHER)]
    readings = [Reading(negative=bad, neutral=0.0, positive=1 - bad, complaint=bad) for bad, _ in known]
    verdicts = judge_again([(Text(text="what a day at the sea"), reading) for reading in readings], FakeClassifier())
    assert [verdict.intent for verdict in verdicts] == [intent for _, intent in known]


def test_an_unsupported_language_asks_for_a_person() -> None:
    (verdict,) = judge([Text(text="Мой чемодан не прилетел, и никто не отвечает")], FakeClassifier())
    assert verdict.language == "ru"
    assert verdict.needs_look


def test_the_model_sees_masked_text() -> None:
    fake = FakeClassifier()
    judge([Text(text="@AcmeAir  look https://a.example/1")], fake)
    assert fake.batches == [["@user look http"]]


def test_no_posts_no_verdicts() -> None:
    assert judge([], FakeClassifier()) == []


@settings(max_examples=60)
@given(
    st.lists(st.builds(Text, text=st.text(st.characters(codec=None)), language_hint=st.text(max_size=4), followers=st.none()), max_size=5)
)
def test_whatever_comes_there_is_one_verdict_each(texts: list[Text]) -> None:
    verdicts = judge(texts, FakeClassifier())
    assert len(verdicts) == len(texts)
    assert all(0 <= verdict.urgency <= 100 and verdict.language for verdict in verdicts)
