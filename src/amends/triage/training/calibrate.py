"""Make the probabilities mean what they say. Sixth step of the recipe: exported model + dev rows -> what the card says.

One temperature a language with enough dev rows, one for all others; scale and shift for the complaint logit; and the confidence
under which a person looks.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from amends.triage.card import EVERY_LANGUAGE, Card, write_card
from amends.triage.language import detect
from amends.triage.models import encoder
from amends.triage.training.mixture import Row

ENOUGH_ROWS = 150
COOLEST, HOTTEST = 0.5, 4.0
LOOK_SHARE = 0.15
TOKENS_AT_WORK = 96
# Hindi is not among them: the labels of its only set have nothing to do with its texts, in train and val alike.
LANGUAGES = ("en", "es", "si", "si-Latn", "am", "ta", "ta-Latn", "kn", "kn-Latn", "pa", "pa-Latn", "ar", "de", "fr", "it", "pt")

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What the model says of dev rows: mood logits [n, 3], complaint logits [n], the language of each text."""

    mood: Numbers
    complaint: Numbers
    languages: tuple[str, ...]


def calibrate(folder: Path, dev: Mapping[str, Sequence[Row]], *, version: str) -> Card:
    """Write the card of the exported model in `folder`, fitted on `dev`, and return it."""
    raw = Card(
        version=version,
        tokens=TOKENS_AT_WORK,
        languages=LANGUAGES,
        confidence=0.0,
        temperatures={EVERY_LANGUAGE: 1.0},
        complaint_scale=1.0,
        complaint_shift=0.0,
    )
    write_card(folder, raw)
    rows = [row for source in sorted(dev) for row in dev[source] if detect(row.text) in LANGUAGES]
    answers = _ask(folder, rows)
    moods = np.array([-1 if row.mood is None else row.mood for row in rows])
    fitted = replace(raw, temperatures=_temperatures(answers, moods))
    scale, shift = _complaint_line(answers, rows)
    card = replace(fitted, confidence=_threshold(answers, moods >= 0, fitted), complaint_scale=scale, complaint_shift=shift)
    write_card(folder, card)
    return card


def _threshold(answers: Answers, told: NDArray[np.bool_], card: Card) -> float:
    """Return the confidence below which the least sure share of the dev rows lies."""
    heat = np.array([[card.temperature(language)] for language in answers.languages])
    return round(float(np.quantile(softmax(answers.mood / heat)[told].max(1), LOOK_SHARE)), 3)


def softmax(logits: Numbers) -> Numbers:
    """Return probabilities row by row."""
    chances = np.exp(logits - logits.max(1, keepdims=True))
    return chances / chances.sum(1, keepdims=True)


def _ask(folder: Path, rows: Sequence[Row]) -> Answers:
    found = [logits or (np.zeros(3), np.zeros(())) for logits in encoder.build(folder).logits([row.text for row in rows])]
    return Answers(
        mood=np.stack([mood for mood, _ in found]).astype(np.float64),
        complaint=np.array([float(complaint) for _, complaint in found]),
        languages=tuple(detect(row.text) for row in rows),
    )


def _temperatures(answers: Answers, moods: NDArray[np.int64]) -> dict[str, float]:
    """Return the temperature that makes the dev labels likeliest: for all languages, and for each with enough rows."""
    told = moods >= 0
    languages = np.array(answers.languages)
    groups = {EVERY_LANGUAGE: told} | {name: told & (languages == name) for name in LANGUAGES}
    return {name: _temperature(answers.mood[group], moods[group]) for name, group in groups.items() if group.sum() >= ENOUGH_ROWS}


def _temperature(logits: Numbers, labels: NDArray[np.int64]) -> float:
    def loss(heat: float) -> float:
        return float(-np.log(softmax(logits / heat)[np.arange(len(labels)), labels] + 1e-12).mean())

    return round(float(minimize_scalar(loss, bounds=(COOLEST, HOTTEST), method="bounded").x), 3)


def _complaint_line(answers: Answers, rows: Sequence[Row]) -> tuple[float, float]:
    """Return scale and shift for the complaint logit, fitted on rows that say outright whether they are complaints."""
    sure = [i for i, row in enumerate(rows) if row.complaint is not None and row.weight == 1.0]
    if len(sure) < ENOUGH_ROWS:
        return 1.0, 0.0
    logits, truth = answers.complaint[sure], np.array([rows[i].complaint for i in sure], np.float64)

    def loss(line: Numbers) -> float:
        straight = line[0] * logits + line[1]
        return float((np.logaddexp(0, straight) - truth * straight).mean())

    scale, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return round(float(scale), 3), round(float(shift), 3)
