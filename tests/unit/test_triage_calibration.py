"""Calibration: what comes out is a probability, and means what it says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.ports import Intent
from amends.triage import calibration
from amends.triage.calibration import EVERY_LANGUAGE, Calibration, calibration_of

PLAIN = Calibration(
    weights=tuple(tuple(row) for row in np.hstack([np.eye(3), np.zeros((3, 8))]).tolist()),
    bias=(0.0, 0.0, 0.0),
    temperature=1.0,
    confidence=0.4,
    precision=0.8,
    share=0.1,
)


def warm(temperature: float) -> Calibration:
    return Calibration(weights=PLAIN.weights, bias=PLAIN.bias, temperature=temperature, confidence=0.4, precision=0.8, share=0.1)


def seen(mood: list[float]) -> calibration.Numbers:
    return calibration.features(np.array([mood]), np.zeros((1, 3)), np.zeros((1, 5)))


def test_a_language_has_its_own_calibration_that_of_its_other_letters_or_that_of_all() -> None:
    known = {EVERY_LANGUAGE: warm(1), "si": warm(2), "ta-Latn": warm(3)}
    assert calibration_of(known, "si-Latn").temperature == 2
    assert calibration_of(known, "ta-Latn").temperature == 3
    assert calibration_of(known, "ta").temperature == 1
    assert calibration_of(known, "xx").temperature == 1


def test_a_higher_temperature_says_the_same_less_surely() -> None:
    cold, hot = (calibration.moods([warm(heat)], seen([2.0, 0.0, -1.0]))[0] for heat in (1.0, 2.0))
    assert cold.argmax() == hot.argmax() == 0
    assert hot.max() < cold.max()


def test_each_text_of_a_batch_is_calibrated_by_its_own_language() -> None:
    both = np.concatenate([seen([2.0, 0.0, -1.0])] * 2)
    first, second = calibration.moods([warm(1.0), warm(3.0)], both)
    assert first.max() > second.max()


@given(st.lists(st.floats(-40, 40), min_size=5, max_size=5), st.floats(0.1, 3), st.floats(-3, 3))
def test_intents_stay_probabilities_whatever_the_line(logits: list[float], scale: float, shift: float) -> None:
    found = calibration.intents(np.array([logits]), scale=scale, shift=shift)[0]
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


def test_a_line_that_lowers_complaints_leaves_the_order_of_the_others() -> None:
    logits = np.array([[2.0, 1.5, 0.5, 0.0, -1.0]])
    plain = calibration.intents(logits, scale=1, shift=0)[0]
    lowered = calibration.intents(logits, scale=1, shift=-2)[0]
    assert lowered[0] < plain[0]
    assert list(np.argsort(lowered[1:])) == list(np.argsort(plain[1:]))
    assert next(iter(Intent)) is Intent.COMPLAINT


def test_what_could_not_be_read_stays_unread() -> None:
    with np.errstate(invalid="ignore"):
        assert np.isnan(calibration.moods([PLAIN], seen([np.nan, np.nan, np.nan]))).all()


@given(
    st.lists(st.floats(-60, 60), min_size=3, max_size=3),
    st.lists(st.lists(st.floats(-2, 2), min_size=4, max_size=4).map(tuple), min_size=2, max_size=2),
    st.floats(0, 1),
)
def test_the_kind_of_text_changes_how_sure_an_answer_is_and_never_what_it_is(
    mood: list[float], kinds: list[tuple[float, ...]], first: float
) -> None:
    before = calibration.moods([PLAIN], seen(mood))[0]
    after = calibration.moods([replace(PLAIN, kinds=tuple(kinds))], seen(mood), [np.array([first, 1 - first])])[0]
    assert after.sum() == pytest.approx(1, abs=1e-9)
    assert after.min() >= 0
    assert after[before.argmax()] == after.max()


def test_an_answer_is_as_sure_as_it_is_in_texts_of_its_kind() -> None:
    known = replace(PLAIN, kinds=((0.0, 0.0, 0.0, 0.0), (0.0, -1.0, 1.0, 0.0)))
    customer, reader = (calibration.moods([known], seen([1.0, 0.0, -1.0]), [np.array(likely)])[0] for likely in ([1.0, 0.0], [0.0, 1.0]))
    assert customer[0] > reader[0] > 1 / 3
    assert calibration.moods([known], seen([1.0, 0.0, -1.0]), [np.zeros(0)])[0] == pytest.approx(customer)
