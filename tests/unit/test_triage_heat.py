"""How sure the model may be is learnt on rows that it was not fitted on."""

import numpy as np
import pytest

from amends.triage import calibration
from amends.triage.calibration import EVERY_LANGUAGE, softmax
from amends.triage.training.mixture import Row
from tests.needs import Later

WITHOUT = "scipy is in the extra `train`, which is not installed here"
calibrate = Later("amends.triage.training.calibrate", WITHOUT)
heat = Later("amends.triage.training.heat", WITHOUT)

ROWS = 600
EVEN = np.ones(ROWS)


def answers(sure: float, share: float, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Return logits that give the first mood the chance `sure`, and moods that agree in `share` of the rows."""
    logits = np.tile(np.log([sure, (1 - sure) / 2, (1 - sure) / 2]), (rows, 1))
    return logits, np.where(np.arange(rows) < share * rows, 0, 1)


def test_every_row_is_answered_by_what_was_fitted_on_the_others() -> None:
    def answer(others: np.ndarray, held: np.ndarray) -> np.ndarray:
        assert not set(others.tolist()) & set(held.tolist())
        return np.stack([held] * 3, axis=1).astype(float)

    assert heat.aside(17, answer)[:, 0].tolist() == list(range(17))


def test_answers_that_are_too_sure_grow_as_sure_as_they_are_right() -> None:
    logits, moods = answers(0.95, 0.7)
    temperature = heat.heat(logits, moods, EVEN)
    assert softmax(logits / temperature)[0, 0] == pytest.approx(0.7, abs=0.01)


def test_rows_count_as_often_as_they_are_usual() -> None:
    logits, moods = answers(0.95, 0.5)
    temperature = heat.heat(logits, moods, np.where(moods == 0, 1.6, 0.4))
    assert softmax(logits / temperature)[0, 0] == pytest.approx(0.8, abs=0.01)


def test_the_threshold_is_the_lowest_that_keeps_its_promise() -> None:
    confidence = np.linspace(1, 0.4, 100)
    assert calibrate.threshold(confidence, np.arange(100) < 60, np.ones(100))[1:] == (0.75, 0.2)
    assert calibrate.threshold(confidence, np.ones(100, bool), np.ones(100))[1:] == (1.0, 0.0)
    hopeless = calibrate.threshold(confidence, np.zeros(100, bool), np.ones(100))
    assert hopeless[1] == 0.0
    assert hopeless[2] == pytest.approx(0.35, abs=0.011)


def heard(language: str, rows: int, *, by_ngrams: bool) -> dict[str, np.ndarray]:
    """Return rows of a language, their moods, and features in which the moods stand in the n-grams or in the encoder's answers."""
    moods = np.arange(rows) % 3
    telling = calibration.log_softmax(3.0 * np.eye(3)[np.where(np.arange(rows) % 10 < 9, moods, (moods + 1) % 3)])
    nothing = np.full((rows, 3), np.log(1 / 3))
    seen = np.hstack([nothing, telling] if by_ngrams else [telling, nothing * 0])
    return {"languages": np.array([language] * rows), "seen": np.hstack([seen, np.full((rows, 5), np.log(1 / 5))]), "moods": moods}


def fitted(*groups: dict[str, np.ndarray]) -> dict[str, calibration.Calibration]:
    all_of = {name: np.concatenate([group[name] for group in groups]) for name in groups[0]}
    rows = len(all_of["moods"])
    said = tuple(Row(text="x", source="own", mood=int(mood)) for mood in all_of["moods"])
    blank = {"intent": np.zeros((rows, 5)), "signals": np.zeros((rows, 7)), "kinds": [np.zeros(0)] * rows}
    return calibrate.calibrations_of(calibrate.Dev(rows=said, **blank, **all_of))


def test_romanised_languages_of_few_rows_share_a_blend_that_hears_the_n_grams() -> None:
    few = calibrate.FEW_ROWS // 2
    hindi, punjabi = (heard(language, few, by_ngrams=True) for language in ("hi-Latn", "pa-Latn"))
    english, tamil = heard("en", calibrate.ENOUGH_ROWS, by_ngrams=False), heard("ta-Latn", calibrate.ENOUGH_ROWS, by_ngrams=True)
    found = fitted(hindi, punjabi, english, tamil)
    assert {EVERY_LANGUAGE, "en", "ta", "hi-Latn", "pa-Latn", "hi"} - found.keys() == {"hi"}
    assert "ta-Latn" not in found
    assert found["hi-Latn"] == found["pa-Latn"]
    said = calibration.moods([found["hi-Latn"]] * few, hindi["seen"])
    assert (said.argmax(1) == hindi["moods"]).mean() > 0.85
    unheard = calibration.moods([found[EVERY_LANGUAGE]] * few, hindi["seen"])
    assert (unheard.argmax(1) == hindi["moods"]).mean() < 0.5
    assert found["hi-Latn"].precision >= calibrate.PRECISION_OF_FEW


def test_too_few_romanised_rows_have_no_calibration_of_their_own() -> None:
    found = fitted(heard("hi-Latn", calibrate.FEW_ROWS - 1, by_ngrams=True), heard("en", calibrate.ENOUGH_ROWS, by_ngrams=False))
    assert "hi-Latn" not in found


def test_each_kind_of_text_is_as_sure_as_it_is_right() -> None:
    """Of one kind nine answers in ten are right, of the other six."""
    rows = 1_000
    first = np.arange(rows) < rows // 2
    moods = np.arange(rows) % 3
    right = np.where(first, np.arange(rows) % 10 < 9, np.arange(rows) % 10 < 6)
    telling = calibration.log_softmax(2.0 * np.eye(3)[np.where(right, moods, (moods + 1) % 3)])
    seen = np.hstack([telling, np.zeros((rows, 3)), np.full((rows, 5), np.log(1 / 5))])
    kinds = list(np.where(first[:, None], [0.95, 0.05], [0.05, 0.95]))
    said = tuple(Row(text="x", source="own", mood=int(mood)) for mood in moods)
    blank = {"intent": np.zeros((rows, 5)), "signals": np.zeros((rows, 7))}
    dev = calibrate.Dev(rows=said, languages=np.array(["si"] * rows), seen=seen, moods=moods, kinds=kinds, **blank)
    found = calibrate.calibrations_of(dev)["si"]
    assert len(found.kinds) == 2
    sure = calibration.moods([found] * rows, seen, kinds).max(1)
    assert sure[first].mean() == pytest.approx(0.9, abs=0.03)
    assert sure[~first].mean() == pytest.approx(0.6, abs=0.03)
