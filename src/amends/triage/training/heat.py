"""How sure may the model be? Beside the stack in calibration: its answers on rows that it was not fitted on -> temperature.

Answers on rows that a stack was fitted on look better than they are, so each fold of the rows is answered by a stack of the others.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false
# (The extra `train` is not in every venv.)

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from amends.triage.calibration import Numbers, softmax

FOLDS, SEED = 5, 13
COOLEST, HOTTEST = 0.3, 4.0
NOT_QUITE = 1e-9


def aside(rows: int, answer: Callable[[NDArray[np.int64], NDArray[np.int64]], Numbers]) -> Numbers:
    """Return answers for all `rows` from `answer(others, held)`, which fits on the numbers `others` and answers those in `held`."""
    fold = np.random.default_rng(SEED).permutation(np.arange(rows) % FOLDS)
    found = np.zeros((rows, 3))
    for one in range(min(FOLDS, rows)):
        held = np.flatnonzero(fold == one)
        found[held] = answer(np.flatnonzero(fold != one), held)
    return found


def heat(logits: Numbers, moods: NDArray[np.int64], counts: Numbers) -> float:
    """Return the temperature under which the leading mood's probability is, with rows weighed by `counts`, likeliest."""
    right = logits.argmax(1) == moods

    def loss(said: float) -> float:
        sure = np.clip(softmax(logits / said).max(1), NOT_QUITE, 1 - NOT_QUITE)
        return float(-(counts * np.log(np.where(right, sure, 1 - sure))).sum())

    return round(float(minimize_scalar(loss, bounds=(COOLEST, HOTTEST), method="bounded").x), 3)
