"""Fits one layer of a head, in plain numpy. Place in the path: corrections and replay -> `fit` -> `Layer`.

The loss is convex (a softmax with a ridge), so that the result depends on the rows alone and not on luck.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.triage.head import Layer, Numbers, logarithm, softmax

RIDGE = 1.0
MOST_STEPS = 80
MEMORY = 8
ENOUGH = 1e-4
HEATS = np.exp(np.linspace(np.log(0.6), np.log(2.0), 61))

Vector = NDArray[np.float64]
Loss = Callable[[Vector], tuple[float, Vector]]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """What a layer is fitted on: `said` [n, answers] by the encoder, `embedding` [n, numbers], `wanted` chances [n, answers], `weight` [n]."""

    said: Numbers
    embedding: Numbers
    wanted: Numbers
    weight: Numbers


def fit(rows: Rows) -> Layer:
    """Return the layer that makes what is wanted likeliest, no larger than it need be."""
    answers, width = rows.wanted.shape[1], rows.embedding.shape[1]
    before = logarithm(rows.said)

    def loss(place: Vector) -> tuple[float, Vector]:
        weights, bias = _shaped(place, answers, width)
        logits = np.asarray(before + rows.embedding @ weights.T + bias, np.float32)
        miss = (softmax(logits) - rows.wanted) * rows.weight[:, None]
        likelihood = -float((rows.weight * (rows.wanted * _log_softmax(logits)).sum(1)).sum())
        slope = np.concatenate([(miss.T @ rows.embedding).ravel(), miss.sum(0)]).astype(np.float64)
        return likelihood + RIDGE / 2 * float(place @ place), slope + RIDGE * place

    weights, bias = _shaped(minimise(loss, np.zeros(answers * (width + 1))), answers, width)
    return Layer(weights=weights, bias=bias)


def best_temperature(logits: Numbers, labels: NDArray[np.int64]) -> float:
    """Return the temperature that makes the labels likeliest, 1 where there are none."""
    if not len(labels):
        return 1.0
    losses = [-float(_log_softmax(logits / np.float32(heat))[np.arange(len(labels)), labels].mean()) for heat in HEATS]
    return float(HEATS[int(np.argmin(losses))])


def _shaped(place: Vector, answers: int, width: int) -> tuple[Numbers, Numbers]:
    weights = place[: answers * width].reshape(answers, width)
    return weights.astype(np.float32), place[answers * width :].astype(np.float32)


def _log_softmax(logits: Numbers) -> Numbers:
    shifted = logits - logits.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def minimise(loss: Loss, start: Vector) -> Vector:
    """Return where a smooth convex `loss` (value and slope) is least, by L-BFGS."""
    place, (value, slope) = start, loss(start)
    pairs: list[tuple[Vector, Vector]] = []
    for _ in range(MOST_STEPS):
        if float(np.abs(slope).max()) < ENOUGH * max(1.0, abs(value)) ** 0.5:
            break
        step = _line_search(loss, place, value, slope, _direction(slope, pairs))
        if step is None:
            break
        next_place, value, next_slope = step
        moved, turned = next_place - place, next_slope - slope
        if float(moved @ turned) > 0:
            pairs = [*pairs, (moved, turned)][-MEMORY:]
        place, slope = next_place, next_slope
    return place


def _direction(slope: Vector, pairs: list[tuple[Vector, Vector]]) -> Vector:
    """Return the way down that the last steps suggest."""
    way = -slope
    shares: list[float] = []
    for moved, turned in reversed(pairs):
        share = float(moved @ way) / float(moved @ turned)
        shares.append(share)
        way = way - share * turned
    if pairs:
        moved, turned = pairs[-1]
        way = way * (float(moved @ turned) / float(turned @ turned))
    else:
        way = way / max(1.0, float(np.linalg.norm(slope)))
    for (moved, turned), share in zip(pairs, reversed(shares), strict=True):
        way = way + moved * (share - float(turned @ way) / float(moved @ turned))
    return way


def _line_search(loss: Loss, place: Vector, value: float, slope: Vector, way: Vector) -> tuple[Vector, float, Vector] | None:
    """Return the first of ever shorter steps that goes down enough, or None where none does."""
    length, promised = 1.0, float(slope @ way)
    for _ in range(25):
        there = place + length * way
        found, there_slope = loss(there)
        if found <= value + 1e-4 * length * promised:
            return there, found, there_slope
        length /= 2
    return None
