"""Learn from a few examples which texts are alike, and from what score on. Place in the path: examples -> `fit` -> `Matcher`.

Ridge regression on embeddings, one row of weights a name, all names at once by one inverse (385 numbers a side). What an example scores
when it is judged by the others alone follows from the same inverse (the leave-one-out identity of linear smoothers), so thresholds are
chosen on honest scores however few examples there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Floats = NDArray[np.float64]

MATCHES = 0.5
"""From this score on a text matches: each row of weights is shifted so that its threshold comes to lie here."""

LEAST = 3
"""Fewer examples teach nothing."""

STIFFNESS = 3.0
"""How strongly weights are held small: with ten examples of a topic, 1 and 10 found less on the dev sentences."""

GAP = 0.1
UNSEEN = 0.5
"""A threshold that lets no negative example pass may still let half a one pass that we have not seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What a threshold is chosen for, where one text in 1/`share` belongs to a name.

    `precision` is the share of matches that shall be right; without it, right and found are balanced (the highest F1). Never more than
    `most_passing` of the negative examples pass, also where few examples know no better.
    """

    share: float
    precision: float | None = None
    most_passing: float = 0.02

    def choose(self, right: Floats, found: Floats) -> int:
        """Return the best of thresholds in rising order, whose matches are `right` and find `found` of what there is."""
        if self.precision is None:
            return int(np.argmax(right * found / (right + found)))
        kept = np.flatnonzero(right >= self.precision)
        return int(kept[0]) if len(kept) else int(np.argmax(right))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Matcher:
    """Weights [names, numbers + 1], the shift last, as `encoder`'s embeddings need them."""

    names: tuple[str, ...] = ()
    encoder: str = ""
    weights: Numbers

    def scores(self, embeddings: Numbers) -> Numbers:
        """Return the scores [texts, names] of embeddings [texts, numbers] by one matrix product."""
        return embeddings @ self.weights[:, :-1].T + self.weights[:, -1]


NO_MATCHER = Matcher(weights=np.zeros((0, 1), np.float32))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Learnt:
    """What was learnt for one name: weights with the shift last, and how well, each example judged by the others.

    `right` is the share of matches that are right, `found` the share of examples that match, `alone` what each row scored.
    """

    weights: Numbers
    right: float
    found: float
    alone: Floats


def fit(embeddings: Numbers, fits: NDArray[np.bool_], goal: Goal) -> list[Learnt]:
    """Return what is learnt for each column of `fits` [texts, names]."""
    rows = embeddings.astype(np.float64)
    centre = rows.mean(axis=0)
    centred, wanted = rows - centre, fits.astype(np.float64)
    usual = wanted.mean(axis=0)
    inverse = np.linalg.inv(centred.T @ centred + STIFFNESS * np.eye(rows.shape[1]))
    weights = inverse @ (centred.T @ (wanted - usual))
    leverage = np.einsum("ij,jk,ik->i", centred, inverse, centred, optimize=True) + 1 / len(rows)
    alone = _alone(centred @ weights + usual, wanted, leverage)
    shifts = usual - centre @ weights
    return [_learnt(weights[:, i], shifts[i], alone[:, i], fits[:, i], goal) for i in range(fits.shape[1])]


def _alone(scores: Floats, wanted: Floats, leverage: Floats) -> Floats:
    """Return what each row would score had it not been there."""
    own = np.minimum(leverage, 0.999)[:, None]
    return (scores - own * wanted) / (1 - own)


def _learnt(weights: Floats, shift: float, alone: Floats, fits: NDArray[np.bool_], goal: Goal) -> Learnt:
    chosen = _threshold(alone[fits], alone[~fits], goal)
    return Learnt(
        weights=np.append(weights, shift + MATCHES - chosen.at).astype(np.float32),
        right=chosen.right,
        found=chosen.found,
        alone=alone + (MATCHES - chosen.at),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Threshold:
    at: float
    right: float
    found: float


def _threshold(inside: Floats, outside: Floats, goal: Goal) -> _Threshold:
    """Return the threshold that serves the goal best, between an example and the negative below it."""
    inside, outside = np.sort(inside), np.sort(outside)
    found = 1 - np.arange(len(inside)) / len(inside)
    passing = len(outside) - np.searchsorted(outside, inside)
    wrong = (passing + UNSEEN) / (len(outside) + 1)
    right = found * goal.share / (found * goal.share + wrong * (1 - goal.share))
    best = goal.choose(right, found)
    below = outside[outside < inside[best]]
    between = (inside[best] + max(below[-1], inside[best] - GAP)) / 2 if len(below) else inside[best] - GAP / 2
    at = float(max(between, np.quantile(outside, 1 - goal.most_passing)))
    return _Threshold(at=at, right=float(right[best]), found=float((inside >= at).mean()))


def pack(numbers: Numbers, kind: str = "<f2") -> bytes:
    """Return numbers as the database keeps them: embeddings in two bytes each, weights in four (`<f4`)."""
    return numbers.astype(kind).tobytes()


def unpack(stored: bytes, kind: str = "<f2") -> Numbers:
    """Return what `pack` wrote."""
    return np.frombuffer(stored, kind).astype(np.float32)


def stacked(stored: Sequence[bytes]) -> Numbers:
    """Return embeddings [texts, numbers] as one matrix."""
    return np.frombuffer(b"".join(stored), "<f2").astype(np.float32).reshape(len(stored), -1)
