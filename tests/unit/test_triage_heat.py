"""How sure the model may be is learnt on rows that it was not fitted on."""

import numpy as np
import pytest

from amends.triage.calibration import softmax
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
