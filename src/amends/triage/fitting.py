"""Fits one layer of a head, in plain numpy. Place in the path: corrections and replay -> `fit` -> `Layer`.

The loss is convex (a softmax with a ridge), so that the result depends on the rows alone and not on luck.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.triage.head import Layer, Numbers, logarithm

MOST_CURVED = 0.25  # how curved the likelihood of one answer to one row can be: p (1 - p) at a half
MOST_STEPS = 60
MEMORY = 10
ENOUGH = 3e-4
SHORTEST = 1e-4
ROUNDING = 1e-7  # by how much of itself a loss of float32 rows may seem to rise
HEATS = np.exp(np.linspace(np.log(0.6), np.log(2.0), 61))

Vector = NDArray[np.float64]
Loss = Callable[[Vector], tuple[float, Vector]]
Turn = Callable[[Vector], Vector]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """What a layer is fitted on: `said` [n, answers] by the encoder, `embedding` [n, numbers], `wanted` chances [n, answers], `weight`."""

    said: Numbers
    embedding: Numbers
    wanted: Numbers
    weight: Numbers


def fit(rows: Rows, ridge: float = 1.0) -> Layer:
    """Return the layer that makes what is wanted likeliest, no larger than it need be: the smaller, the greater `ridge` is."""
    answers = rows.wanted.shape[1]
    seen = np.concatenate([rows.embedding, np.ones((len(rows.embedding), 1), np.float32)], axis=1)
    before, weight = logarithm(rows.said), rows.weight[:, None]

    def loss(place: Vector) -> tuple[float, Vector]:
        logits = np.asarray(before + seen @ place.reshape(answers, -1).astype(np.float32).T, np.float32)
        told = _log_softmax(logits)
        slope = (((np.exp(told) - rows.wanted) * weight).T @ seen).astype(np.float64).ravel()
        likelihood = float((weight * rows.wanted * told).sum(1).sum(dtype=np.float64))
        return ridge / 2 * float(place @ place) - likelihood, slope + ridge * place

    place = minimise(loss, np.zeros(answers * seen.shape[1]), _flattened(seen, weight, ridge, answers)).reshape(answers, -1)
    return Layer(weights=place[:, :-1].astype(np.float32), bias=place[:, -1].astype(np.float32))


def _flattened(seen: Numbers, weight: Numbers, ridge: float, answers: int) -> Turn:
    """Return what makes the loss about equally curved in every direction: each answer's slope by a bound on its curvature."""
    curved = ((seen * (MOST_CURVED * weight)).T @ seen).astype(np.float64)
    inverse = np.linalg.inv(curved + ridge * np.eye(len(curved)))
    return lambda slope: (slope.reshape(answers, -1) @ inverse).ravel()


def best_temperature(logits: Numbers, labels: NDArray[np.int64]) -> float:
    """Return the temperature that makes the labels likeliest, 1 where there are none."""
    if not len(labels):
        return 1.0
    losses = [-float(_log_softmax(logits / np.float32(heat))[np.arange(len(labels)), labels].mean()) for heat in HEATS]
    return float(HEATS[int(np.argmin(losses))])


def _log_softmax(logits: Numbers) -> Numbers:
    shifted = logits - logits.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def minimise(loss: Loss, start: Vector, flattened: Turn) -> Vector:
    """Return where a smooth convex `loss` (value and slope) is least, by L-BFGS; `flattened` is a guess at slope by curvature."""
    place, (value, slope) = start, loss(start)
    pairs: list[tuple[Vector, Vector]] = []
    for _ in range(MOST_STEPS):
        if float(np.abs(slope).max()) < ENOUGH * max(1.0, abs(value)) ** 0.5:
            break
        step = _line_search(loss, place, value, slope, -_smoothed(slope, pairs, flattened))
        if step is None:
            break
        next_place, value, next_slope = step
        moved, turned = next_place - place, next_slope - slope
        if float(moved @ turned) > 0:
            pairs = [*pairs, (moved, turned)][-MEMORY:]
        place, slope = next_place, next_slope
    return place


def _smoothed(slope: Vector, pairs: list[tuple[Vector, Vector]], flattened: Turn) -> Vector:
    """Return slope by curvature, as the last steps correct the guess at it."""
    way = slope
    shares: list[float] = []
    for moved, turned in reversed(pairs):
        share = float(moved @ way) / float(moved @ turned)
        shares.append(share)
        way = way - share * turned
    way = flattened(way)
    for (moved, turned), share in zip(pairs, reversed(shares), strict=True):
        way = way + moved * (share - float(turned @ way) / float(moved @ turned))
    return way


def _line_search(loss: Loss, place: Vector, value: float, slope: Vector, way: Vector) -> tuple[Vector, float, Vector] | None:
    """Return the first of ever shorter steps that goes down enough, or None where none does."""
    length, promised = 1.0, float(slope @ way)
    while length > SHORTEST:
        there = place + length * way
        found, there_slope = loss(there)
        if found <= value + 1e-4 * length * promised + ROUNDING * abs(value):
            return there, found, there_slope
        length /= 2
    return None
