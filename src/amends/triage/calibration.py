"""Makes raw answers mean what they say. Place in the path: encoder's logits + n-grams -> `Calibration` -> probabilities in a `Reading`.

One calibration a language: moods are a linear stack of the encoder's moods, the n-grams' moods and the encoder's intents (Wolpert 1992,
stacked generalization), fitted as if all moods were alike common; then one temperature (Guo et al. 2017, arXiv 1706.04599) that makes the
probability of the leading mood the share of times it is right.

Where a language is known from texts of several kinds (customers, comments on news, comments on films), how often a mood is right differs
from kind to kind, since each has its own share of moods. There the probability of the leading mood is that of each kind, by how likely
the text is of it: scaled, and shifted as by another share of moods (after Saerens et al. 2002, Adjusting the outputs of a classifier to new
a priori probabilities, but fitted to how often the answers are right).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Intent
from amends.triage.language import plain
from amends.triage.verdict import INTENTS

EVERY_LANGUAGE = "*"
FAR = 30.0
LEAD = 1e-6
"""By how much the leading mood stays ahead, however unsure it is."""
SMALLEST = 1e-300
"""What the other moods are divided by where they have no chance at all."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How the moods of one language are made: `weights` [3][11] and `bias` [3] on `features`, then divided by `temperature`.

    Below `confidence` a person looks; the verdicts from there on were right in the share `precision` of the dev rows, and `share` of all
    lay below. `kinds` [k][4] hold, for each kind of text, the logarithm of what the log-probabilities, divided by `temperature`, are
    multiplied by, and what is added to each.
    """

    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    temperature: float
    confidence: float
    precision: float
    share: float
    kinds: tuple[tuple[float, ...], ...] = ()


def calibration_of(calibrations: Mapping[str, Calibration], language: str) -> Calibration:
    """Return the calibration of a language as written, of the language in any letters, or of all."""
    return calibrations.get(language) or calibrations.get(plain(language)) or calibrations[EVERY_LANGUAGE]


def features(mood: Numbers, ngrams: Numbers, intent: Numbers) -> Numbers:
    """Return what the stack sees of each text [n, 11]: log-probabilities of moods, of the n-grams' moods (0 where none), of intents."""
    return np.concatenate([log_softmax(mood), ngrams, log_softmax(intent)], axis=1)


def moods(calibrations: Sequence[Calibration], seen: Numbers, kinds: Sequence[Numbers] = ()) -> Numbers:
    """Return probabilities of negative, neutral, positive [n, 3] of texts, each by its own calibration.

    `kinds` says of each text how likely it is of each kind that its calibration knows, and nothing where it knows none.
    """
    weights = np.array([one.weights for one in calibrations])
    bias = np.array([one.bias for one in calibrations])
    heat = np.array([[one.temperature] for one in calibrations])
    logs = log_softmax(np.einsum("nkf,nf->nk", weights, seen) + bias) / heat
    chances = softmax(logs)
    for one in {id(one): one for one in calibrations if one.kinds}.values():
        at = [i for i, likely in enumerate(kinds) if calibrations[i] is one and len(likely)]
        if at:
            chances[at] = surely(chances[at], of_kinds(np.array(one.kinds), logs[at], np.stack([kinds[i] for i in at])))
    return chances


def of_kinds(kinds: Numbers, logs: Numbers, likely: Numbers) -> Numbers:
    """Return the probabilities of moods [n, 3] of texts with log-probabilities `logs` [n, 3], each of each kind as `likely` [n, k]."""
    each = np.stack([softmax(logs * np.exp(kind[0]) + kind[1:]) for kind in kinds])
    return np.einsum("nk,knm->nm", likely, each)


def surely(chances: Numbers, likely: Numbers) -> Numbers:
    """Return `chances` [n, 3] with the leading mood as probable as in `likely` [n, 3], the others sharing what it leaves as before.

    It goes on leading, so that how sure an answer is never changes what the answer is.
    """
    at = np.arange(len(chances)), chances.argmax(1)
    others = chances.copy()
    others[at] = 0.0
    others /= np.maximum(others.sum(1, keepdims=True), SMALLEST)
    second = others.max(1)
    sure = np.clip(likely[at], second / (1 + second) + LEAD, 1.0)
    told = others * (1 - sure)[:, None]
    told[at] = 1 - told.sum(1)
    return told


def intents(logits: Numbers, *, scale: float, shift: float) -> Numbers:
    """Return probabilities of intents [n, 5]: that of a complaint straightened on its log-odds, the others sharing what it leaves."""
    at = INTENTS.index(Intent.COMPLAINT)
    others = np.delete(logits, at, axis=1)
    odds = logits[:, at] - np.log(np.exp(others - others.max(1, keepdims=True)).sum(1)) - others.max(1)
    complains = 1 / (1 + np.exp(-np.clip(scale * odds + shift, -FAR, FAR)))
    return np.insert(softmax(others) * (1 - complains)[:, None], at, complains, axis=1)


def signals(logits: Numbers, *, scale: float, shift: float) -> Numbers:
    """Return the chance of each urgency signal [n, 7]."""
    return 1 / (1 + np.exp(-np.clip(scale * logits + shift, -FAR, FAR)))


def log_softmax(logits: Numbers) -> Numbers:
    """Return log-probabilities row by row."""
    raised = logits - logits.max(1, keepdims=True)
    return raised - np.log(np.exp(raised).sum(1, keepdims=True))


def softmax(logits: Numbers) -> Numbers:
    """Return probabilities row by row."""
    return np.exp(log_softmax(logits))
