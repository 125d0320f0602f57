"""Made-up meanings to learn from: embeddings around a few directions, a shipped model that is mostly right, agents who correct it."""

import numpy as np
from numpy.typing import NDArray

from amends.triage.learning import Lessons
from amends.triage.replay import UNKNOWN, Replay

WIDTH = 64
NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
SETS = ("english", "tamil", "amharic")
Numbers = NDArray[np.float32]
Generator = np.random.Generator


def unit(rows: NDArray[np.float64]) -> Numbers:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def sure_of(labels: NDArray[np.int64], answers: int, luck: Generator) -> Numbers:
    """Return chances of which the greatest is the label's."""
    sure = luck.uniform(0.55, 0.95, len(labels))
    chances = np.repeat(((1 - sure) / (answers - 1))[:, None], answers, axis=1)
    chances[np.arange(len(labels)), labels] = sure
    return chances.astype(np.float32)


def a_replay(rows: int = 3000, seed: int = 5, width: int = WIDTH) -> Replay:
    """Return a replay of three sets whose shipped answers are right three times of four, half of it to report on."""
    luck = np.random.default_rng(seed)
    mood, intent = luck.integers(0, 3, rows), luck.integers(0, 5, rows)
    said = np.where(luck.random(rows) < 0.75, mood, luck.integers(0, 3, rows))
    centres = luck.normal(size=(3, width))
    return Replay(
        embedding=unit(luck.normal(size=(rows, width)) + centres[mood] * 0.4),
        mood=sure_of(said, 3, luck),
        intents=sure_of(intent, 5, luck),
        mood_label=mood,
        intent_label=intent,
        language=np.array(["en"] * rows),
        source=np.array([SETS[place % 3] for place in range(rows)]),
        split=np.array(["train" if place % 2 else "report" for place in range(rows)]),
    )


def _lessons(embedding: Numbers, said: NDArray[np.int64], labels: NDArray[np.int64], corrections: int, luck: Generator) -> Lessons:
    rows = len(said)
    given = np.arange(rows) < corrections
    return Lessons(
        embedding=embedding,
        mood=sure_of(said, 3, luck),
        intents=sure_of(np.zeros(rows, np.int64), 5, luck),
        mood_label=labels,
        intent_label=np.full(rows, UNKNOWN),
        author=luck.integers(0, max(1, rows // 2), rows),
        corrected_mood=given,
        corrected_intent=np.zeros(rows, np.bool_),
        fresh=np.ones(rows, np.bool_),
    )


def with_one_voice(seed: int, *, corrections: int = 80, draw: int = 0) -> Lessons:
    """Posts of one meaning that the model calls negative and agents positive, and as many others whose labels stood."""
    meaning = np.random.default_rng(seed).normal(size=WIDTH)
    luck = np.random.default_rng((seed, draw))
    corrected = unit(meaning / np.linalg.norm(meaning) + luck.normal(size=(corrections, WIDTH)) * 0.12)
    stood = unit(luck.normal(size=(corrections, WIDTH)))
    said = np.concatenate([np.full(corrections, NEGATIVE), luck.integers(0, 3, corrections)])
    labels = np.concatenate([np.full(corrections, POSITIVE), said[corrections:]])
    return _lessons(np.concatenate([corrected, stood]), said, labels, corrections, luck)


def at_random(seed: int, *, corrections: int = 80, others: bool = True) -> Lessons:
    """Posts of any meaning, whose labels agents change by throwing dice, and as many others whose labels stood."""
    luck = np.random.default_rng(seed)
    said = luck.integers(0, 3, 2 * corrections)
    other = (said + luck.integers(1, 3, 2 * corrections)) % 3
    labels = np.where(np.arange(2 * corrections) < corrections, other, said)
    found = _lessons(unit(luck.normal(size=(2 * corrections, WIDTH))), said, labels, corrections, luck)
    return found if others else found.where(found.corrected_mood)


def no_lessons() -> Lessons:
    """Nothing to learn from."""
    return with_one_voice(0, corrections=0)
