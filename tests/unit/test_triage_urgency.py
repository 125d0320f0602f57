"""Urgency is a pure sum of named reasons, from 0 to 100."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.ports import Reading
from amends.triage.signals import PIECES, Signal, signals
from amends.triage.urgency import SURE_SIGNAL, Facts, Urgency, score, urgency
from amends.triage.urgency_weights import HEAVIEST, SHIPPED_WEIGHTS, Reason, UrgencyWeights, weights_from

ANGRY = Reading(negative=0.9, neutral=0.08, positive=0.02, complaint=0.9)
PLAIN = Reading(negative=0.1, neutral=0.8, positive=0.1, complaint=0.1)
GLAD = Reading(negative=0.01, neutral=0.04, positive=0.95, complaint=0.02)
LANGUAGES = ("en", "es", "si", "am", "ta", "kn", "pa")


def _late(facts: Facts) -> Urgency:
    return urgency("late again", ANGRY, facts)


def _points(found: Urgency) -> dict[str, int]:
    return dict(zip(found.reasons, found.points, strict=True))


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("the charger caught fire", Signal.SAFETY),
        ("El cargador empezó a echar humo", Signal.SAFETY),
        ("මේක භයානකයි", Signal.SAFETY),
        ("በጣም አደገኛ ነው", Signal.SAFETY),
        ("இது ஆபத்தானது", Signal.SAFETY),
        ("ಇದು ಅಪಾಯಕಾರಿ", Signal.SAFETY),
        ("ਇਹ ਖ਼ਤਰਨਾਕ ਹੈ", Signal.SAFETY),
        ("stuck with a baby and no water", Signal.VULNERABLE),
        ("you will hear from my lawyer", Signal.LEGAL),
        ("voy a denunciaros", Signal.LEGAL),
        ("you charged me twice", Signal.MONEY),
        ("me han cobrado dos veces", Signal.MONEY),
        ("mage salli apahu denna", Signal.MONEY),
        ("ਮੇਰੇ ਪੈਸੇ ਵਾਪਸ ਕਰੋ", Signal.MONEY),
        ("no signal since noon", Signal.OUTAGE),
        ("estamos sin cobertura", Signal.OUTAGE),
        ("ኔትወርክ የለም", Signal.OUTAGE),
        ("I'm switching to another provider", Signal.LEAVING),
        ("ಬೇರೆ ಕಂಪನಿಗೆ ಹೋಗುತ್ತೇನೆ", Signal.LEAVING),
        ("third time this week", Signal.REPEAT),
        ("மூன்றாவது முறை", Signal.REPEAT),
    ],
)
def test_the_words_of_each_language_give_the_signal(text: str, signal: Signal) -> None:
    assert signal in signals(text)


@pytest.mark.parametrize("text", ["what a lovely day", "the pursuer was fast", "unrobotic", "se me cayó el móvil"])
def test_a_word_inside_another_gives_no_signal(text: str) -> None:
    assert not signals(text)


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_has_words(signal: Signal) -> None:
    assert len(PIECES[signal]) >= len(LANGUAGES)


def test_a_complaint_with_reasons_is_urgent_and_says_why() -> None:
    found = urgency("charged twice, third time I write", ANGRY)
    assert found.score >= 60
    assert {"money lost", "wrote before", "negative", "complaint"} == set(found.reasons)


def test_a_thank_you_for_a_refund_is_not_urgent() -> None:
    found = urgency("the refund came at once, thank you", GLAD)
    assert found.score < 10
    assert found.reasons == ()


def test_danger_counts_even_in_a_calm_tone() -> None:
    found = urgency("the adapter was smoking a little", PLAIN)
    assert found.score >= 20
    assert found.reasons[0] == "safety"


@pytest.mark.parametrize(
    ("text", "reason"), [("my barrister writes to you on Monday", Reason.LEGAL), ("porting my number tomorrow", Reason.LEAVING)]
)
def test_a_threat_counts_half_in_a_calm_tone_and_not_in_a_glad_one(text: str, reason: Reason) -> None:
    found = urgency(text, PLAIN)
    assert _points(found) == {reason: round(SHIPPED_WEIGHTS.of(reason) / 2)}
    assert _points(urgency(text, ANGRY))[reason] == round(SHIPPED_WEIGHTS.of(reason) * 0.9)
    assert reason not in urgency(text, GLAD).reasons


def test_reach_raises_a_complaint_and_not_a_greeting() -> None:
    alone, famous = _late(Facts(followers=50)), _late(Facts(followers=1_000_000))
    assert famous.score > alone.score + 10
    assert Reason.REACH in famous.reasons
    assert Reason.REACH not in urgency("hello", PLAIN, Facts(followers=1_000_000)).reasons


@pytest.mark.parametrize(("earlier", "points"), [(0, 0), (1, 4), (2, 9), (3, 14), (40, 14)])
def test_earlier_complaints_count_by_thirds(earlier: int, points: int) -> None:
    assert _points(_late(Facts(earlier_complaints=earlier))).get("repeat complaint", 0) == points


def test_a_signal_counts_by_the_words_or_by_the_models_word_alone() -> None:
    sure = Reading(negative=0.9, neutral=0.1, positive=0.0, complaint=0.9, signals={"safety": SURE_SIGNAL})
    unsure = Reading(negative=0.9, neutral=0.1, positive=0.0, complaint=0.9, signals={"safety": SURE_SIGNAL - 0.01, "unheard of": 1.0})
    assert _points(urgency("it hisses", sure))["safety"] == 36
    assert "safety" not in urgency("it hisses", unsure).reasons
    assert _points(urgency("the charger caught fire", unsure))["safety"] == 36


def test_the_points_of_the_reasons_add_up_to_the_score() -> None:
    found = urgency("charged twice, third time I write", ANGRY, Facts(followers=20_000))
    assert found.score == sum(found.points)
    assert list(found.points) == sorted(found.points, reverse=True)


def test_a_reason_that_weighs_nothing_is_not_named() -> None:
    found = urgency("the charger caught fire", ANGRY, weights=UrgencyWeights(safety=0))
    assert "safety" not in found.reasons


def test_stored_weights_may_be_older_or_newer_than_the_program() -> None:
    assert weights_from({"safety": 7, "a reason of tomorrow": 3}) == UrgencyWeights(safety=7)
    assert weights_from(SHIPPED_WEIGHTS.stored) == SHIPPED_WEIGHTS


def test_every_reason_has_a_weight_and_waiting_goes_up_by_steps() -> None:
    assert {reason.key for reason in Reason} == set(SHIPPED_WEIGHTS.stored)
    assert SHIPPED_WEIGHTS.waiting_points == (0, 4, 8, 12, 16, 20)
    assert {str(signal) for signal in Signal} <= {str(reason) for reason in Reason}


FACTS = st.builds(Facts, followers=st.none() | st.integers(0, 10**10), earlier_complaints=st.integers(0, 10**6))
WEIGHTS = st.builds(UrgencyWeights, **{reason.key: st.integers(0, HEAVIEST) for reason in Reason})
WORDS = st.text(max_size=80) | st.sampled_from(["caught fire, my lawyer, refund, outage, never again, third time, pregnant", "no signal"])


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    negative, complaint = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    chances = draw(st.dictionaries(st.sampled_from([str(signal) for signal in Signal]), st.floats(0, 1)))
    return Reading(negative=negative, neutral=1 - negative, positive=0.0, complaint=complaint, signals=chances)


@given(WORDS, readings(), FACTS, WEIGHTS)
def test_the_score_stays_between_0_and_100_and_recounts_from_the_shares(
    text: str, reading: Reading, facts: Facts, weights: UrgencyWeights
) -> None:
    found = urgency(text, reading, facts, weights)
    assert 0 <= found.score <= 100
    assert score(found.shares, weights) == found.score
    assert all(0 <= share <= 1 for share in found.shares)


@given(WORDS, readings(), FACTS, WEIGHTS, st.sampled_from(Reason), st.integers(0, HEAVIEST))
def test_more_weight_on_a_reason_is_never_less_urgent(
    text: str, reading: Reading, facts: Facts, weights: UrgencyWeights, reason: Reason, heavier: int
) -> None:
    raised = replace(weights, **{reason.key: max(weights.of(reason), heavier)})
    assert urgency(text, reading, facts, raised).score >= urgency(text, reading, facts, weights).score


@given(st.floats(0, 0.5), st.floats(0, 0.5))
def test_more_anger_is_never_less_urgent(less: float, more: float) -> None:
    low = Reading(negative=less, neutral=1 - less, positive=0.0, complaint=0.0)
    high = Reading(negative=less + more, neutral=1 - less - more, positive=0.0, complaint=0.0)
    assert urgency("no signal, refund", low).score <= urgency("no signal, refund", high).score
