"""Teach the n-gram tables. Beside the encoder in the recipe: the mixture -> one table a language with enough rows of its own.

Each language has its own table, since the same letters mean other things elsewhere; rare moods weigh more, as if all were alike common.
What is in Devanagari or Gurmukhi is taught in Latin letters too, as people type it, for there is little text of that kind.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from amends.triage.language import plain
from amends.triage.ngrams import BUCKETS, Table, grams
from amends.triage.training.mixture import Row
from amends.triage.training.recipe import KINDS, SEED, evenly
from amends.triage.training.transliterate import is_transliterable, transliterated

ENOUGH_ROWS = 600
STRENGTH = 1.0
ROUNDS = 200
BY_RATIO, RATIO_STRENGTH, SMOOTHING = 0.35, 4.0, 1.0
SPELLINGS = 2
"""In how many ways each text is spelt that is taught in Latin letters too."""
FEWEST_OF_A_SOURCE = 50
"""Fewer texts of a source in such a language are of another one, misheard: Tamil that passes for Hindi."""


def counted(texts: Sequence[str], *, buckets: int = BUCKETS) -> csr_matrix:
    """Return the n-gram counts of texts [n, buckets]."""
    found = grams(texts, buckets=buckets)
    return csr_matrix((found.counts, found.places, found.ends), shape=(len(texts), buckets))


def rarity(counts: csr_matrix) -> NDArray[np.uint8]:
    """Return 1 + log(texts / texts that have it) of each n-gram, in sixteenths, 1 + log(texts) where none has it."""
    times = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.clip(np.round(16 * (1 + np.log((1 + counts.shape[0]) / (1 + times)))), 0, 255).astype(np.uint8)


def weighed(counts: csr_matrix, rare: NDArray[np.uint8]) -> csr_matrix:
    """Return the counts weighed by rarity, each text of length 1."""
    return normalize(counts @ diags(rare.astype(np.float32)))


def teach(
    texts: Sequence[str],
    labels: Sequence[int],
    *,
    counts: Sequence[float] | None = None,
    buckets: int = BUCKETS,
    strength: float = STRENGTH,
) -> Table:
    """Return the table that tells `labels` (0, 1, 2, …, each there) apart; `counts` weigh the texts, else all labels weigh alike."""
    found = counted(texts, buckets=buckets)
    rare = rarity(found)
    balance = "balanced" if counts is None else None
    fitted = LogisticRegression(C=strength, max_iter=ROUNDS, class_weight=balance).fit(weighed(found, rare), labels, sample_weight=counts)
    return _table(rare, fitted.coef_.T, fitted.intercept_)


def teach_moods(texts: Sequence[str], moods: Sequence[int], *, counts: Sequence[float], buckets: int = BUCKETS) -> Table:
    """Return the table that tells moods apart: the mean of two linear models, the second on n-grams weighed by what they say of a mood.

    The second is that of Wang and Manning 2012 (Baselines and Bigrams, NBSVM), with logistic regression: it hears rare n-grams that stand
    with one mood alone, which the first, whose weights are all pulled alike towards nothing, does not. `counts` weigh the texts.
    """
    found = counted(texts, buckets=buckets)
    rare = rarity(found)
    seen, truth, worth = weighed(found, rare), np.array(moods), np.array(counts)
    plain_one = LogisticRegression(C=STRENGTH, max_iter=ROUNDS).fit(seen, truth, sample_weight=worth)
    weights, bias = (1 - BY_RATIO) * plain_one.coef_.T, (1 - BY_RATIO) * plain_one.intercept_
    for mood in range(weights.shape[1]):
        ratio = _ratio(found, truth == mood, worth)
        fitted = LogisticRegression(C=RATIO_STRENGTH, max_iter=ROUNDS).fit(seen @ diags(ratio), truth == mood, sample_weight=worth)
        weights[:, mood] += BY_RATIO * fitted.coef_[0] * ratio
        bias[mood] += BY_RATIO * fitted.intercept_[0]
    return _table(rare, weights, bias)


def _ratio(counts: csr_matrix, these: NDArray[np.bool_], worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of how much oftener each n-gram stands in `these` texts than in the others."""
    there = counts.sign()
    inside, outside = (SMOOTHING + there.T @ np.where(side, worth, 0.0) for side in (these, ~these))
    return np.log((inside / inside.sum()) / (outside / outside.sum()))


def _table(rare: NDArray[np.uint8], weights: NDArray[np.float64], bias: NDArray[np.float64]) -> Table:
    """Return the linear model with its weights on 255 steps, one scale a class."""
    scales = np.maximum(np.abs(weights).max(0), 1e-9) / np.iinfo(np.int8).max
    return Table(
        rarity=rare, weights=np.round(weights / scales).astype(np.int8), scales=scales.astype(np.float32), bias=bias.astype(np.float32)
    )


def by_language(rows: Sequence[Row], language_of: Callable[[str], str]) -> Mapping[str, Table]:
    """Return one table a language (whatever its script) that has enough rows; moods and sources weigh alike as in calibration."""
    languages = np.array([plain(language_of(row.text)) for row in rows])
    tables: dict[str, Table] = {}
    for language in sorted(set(languages.tolist())):
        chosen = [rows[i] for i in np.flatnonzero(languages == language).tolist()]
        if len(chosen) >= ENOUGH_ROWS:
            typed = _as_typed(chosen)
            if typed:
                chosen = _without_misheard(chosen) + typed
            moods = np.array([row.mood for row in chosen])
            even = evenly([row.source for row in chosen], moods)
            tables[language] = teach_moods([row.text for row in chosen], moods.tolist(), counts=even.tolist())
    return tables


def by_kind(rows: Sequence[Row], language_of: Callable[[str], str]) -> Mapping[str, Table]:
    """Return one table a language that is known from several kinds of text, to tell them apart, where there is enough text of each."""
    tables: dict[str, Table] = {}
    for language, sources in KINDS.items():
        chosen = [row for row in rows if row.source in sources and plain(language_of(row.text)) == language]
        size = Counter(row.source for row in chosen)
        if all(size[source] >= FEWEST_OF_A_SOURCE for source in sources):
            tables[language] = teach([row.text for row in chosen], [sources.index(row.source) for row in chosen])
    return tables


def _without_misheard(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the sources that really have the language; where it has little text, those of the others would weigh."""
    size = Counter(row.source for row in rows)
    return [row for row in rows if size[row.source] >= FEWEST_OF_A_SOURCE]


def _as_typed(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in Devanagari or Gurmukhi in Latin letters, in several spellings, the same every time."""
    rng = random.Random(SEED)  # noqa: S311
    told = [row for row in rows if is_transliterable(row.text)]
    return [replace(row, text=transliterated(row.text, rng)) for row in told * SPELLINGS]
