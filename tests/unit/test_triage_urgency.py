"""Urgency is a pure sum of named reasons, from 0 to 100."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.ports import Reading
from amends.triage.signals import PIECES, Signal, signals
from amends.triage.urgency import REACH, urgency

ANGRY = Reading(negative=0.9, neutral=0.08, positive=0.02, complaint=0.9)
PLAIN = Reading(negative=0.1, neutral=0.8, positive=0.1, complaint=0.1)
GLAD = Reading(negative=0.01, neutral=0.04, positive=0.95, complaint=0.02)
LANGUAGES = ("en", "es", "si", "am", "ta", "kn", "pa")


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


def test_reach_raises_a_complaint_and_not_a_greeting() -> None:
    alone, famous = urgency("late again", ANGRY, followers=50), urgency("late again", ANGRY, followers=1_000_000)
    assert famous.score > alone.score + 10
    assert REACH in famous.reasons
    assert REACH not in urgency("hello", PLAIN, followers=1_000_000).reasons


@given(st.text(max_size=200), st.floats(0, 1), st.floats(0, 1), st.one_of(st.none(), st.integers(0, 10**10)))
def test_the_score_stays_between_0_and_100(text: str, negative: float, complaint: float, followers: int | None) -> None:
    reading = Reading(negative=negative, neutral=1 - negative, positive=0.0, complaint=complaint)
    assert 0 <= urgency(text, reading, followers=followers).score <= 100


@given(st.floats(0, 0.5), st.floats(0, 0.5))
def test_more_anger_is_never_less_urgent(less: float, more: float) -> None:
    low = Reading(negative=less, neutral=1 - less, positive=0.0, complaint=0.0)
    high = Reading(negative=less + more, neutral=1 - less - more, positive=0.0, complaint=0.0)
    assert urgency("no signal, refund", low).score <= urgency("no signal, refund", high).score
