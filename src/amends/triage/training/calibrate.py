"""Make the probabilities mean what they say. Sixth step of the recipe: exported model + n-grams + dev rows -> what the card says.

Each language with enough dev rows, in whatever letters, gets a stack of its own (see `triage/calibration.py`), fitted on all moods and all
sources alike. Its temperature, and the confidence from which its answers are right in a stated share, come from rows as common as they
usually are, answered by stacks that were fitted on others. Romanised languages with fewer rows share a blend of encoder and n-grams.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from amends.triage import calibration
from amends.triage.calibration import EVERY_LANGUAGE, Calibration, Numbers, calibration_of, softmax
from amends.triage.card import Card, write_card
from amends.triage.language import ROMANISED, plain
from amends.triage.models import encoder
from amends.triage.signals import Signal
from amends.triage.training.heat import NOT_QUITE, aside, heat
from amends.triage.training.mixture import MOODS, Row
from amends.triage.training.recipe import evenly, usually

ENOUGH_ROWS, FEW_ROWS = 300, 200
PRECISION, MOST_ASKED = 0.75, 0.35
PRECISION_OF_FEW = 0.9  # few rows are our own sentences, which are easier than posts
TOKENS_AT_WORK = 96
PULL = {"encoder": 30.0, "ngrams": 30.0, "intent": 100.0, "bias": 1.0}  # by cross-validation; little changes from 10 to 100
LANGUAGES = (
    "en", "es", "si", "si-Latn", "am", "am-Latn", "ta", "ta-Latn", "kn", "kn-Latn", "pa", "pa-Latn", "hi", "hi-Latn",
    "ar", "de", "fr", "it", "pt",
)  # fmt: skip
WITHOUT_NGRAMS = np.array([1.0] * 3 + [0.0] * 3 + [1.0] * 5)
START = np.hstack([np.eye(3), 0.5 * np.eye(3), np.zeros((3, 5))])
PLAIN = Calibration(
    weights=tuple(map(tuple, START.tolist())), bias=(0.0, 0.0, 0.0), temperature=1.0, confidence=0.0, precision=0.0, share=0.0
)
Fit = Callable[[Numbers, NDArray[np.int64], Numbers], tuple[Numbers, Numbers]]
"""From what is seen of rows [n, 11], their moods and what each counts to weights [3, 11] and bias [3]."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dev:
    """Dev rows as the model sees them: `seen` [n, 11] features, raw logits of intents and signals, the moods given (-1: none).

    `kinds` says how likely each row is of each kind of text that its language is known from, nothing where that is one kind.
    """

    rows: tuple[Row, ...]
    languages: NDArray[np.str_]
    seen: Numbers
    intent: Numbers
    signals: Numbers
    moods: NDArray[np.int64]
    kinds: Sequence[Numbers]


def raw_card(version: str, ngrams: Sequence[str], kinds: Sequence[str]) -> Card:
    """Return the card of a model that nobody has calibrated."""
    return Card(
        version=version,
        tokens=TOKENS_AT_WORK,
        languages=LANGUAGES,
        ngrams=tuple(ngrams),
        kinds=tuple(kinds),
        calibrations={EVERY_LANGUAGE: PLAIN},
        complaint=(1.0, 0.0),
        signals=(1.0, 0.0),
    )


def calibrate(
    folder: Path,
    dev: Mapping[str, Sequence[Row]],
    *,
    version: str,
    ngrams: Sequence[str],
    kinds: Sequence[str],
    language_of: Callable[[str], str],
) -> Card:
    """Write the card of the exported model in `folder`, fitted on `dev`, and return it."""
    raw = raw_card(version, ngrams, kinds)
    write_card(folder, raw)
    asked = ask(encoder.build(folder), [row for source in sorted(dev) for row in dev[source]], language_of)
    card = replace(raw, calibrations=calibrations_of(asked), complaint=_complaint_line(asked), signals=_signal_line(asked))
    write_card(folder, card)
    return card


def ask(model: encoder.Encoder, rows: Sequence[Row], language_of: Callable[[str], str]) -> Dev:
    """Return what the model says of the rows in languages that it was taught."""
    languages = [language_of(row.text) for row in rows]
    kept = [i for i, language in enumerate(languages) if language in LANGUAGES]
    texts, spoken = [rows[i].text for i in kept], [languages[i] for i in kept]
    answers, heard = model.answers(texts), model.heard(texts, spoken)
    return Dev(
        rows=tuple(rows[i] for i in kept),
        languages=np.array(spoken),
        seen=calibration.features(answers.mood, heard.moods, answers.intent),
        intent=answers.intent,
        signals=answers.signals,
        moods=np.array([_told(rows[i]) for i in kept]),
        kinds=heard.kinds,
    )


def _told(row: Row) -> int:
    """Return the mood that a person gave a row, -1 where it was inferred or nobody did."""
    return -1 if row.mood is None or row.mood_weight < 1 else row.mood


def calibrations_of(dev: Dev) -> dict[str, Calibration]:
    """Return one calibration for all languages, and one a language in any letters where rows suffice."""
    told = dev.moods >= 0
    plainly = np.array([plain(language) for language in dev.languages])
    groups = {EVERY_LANGUAGE: told}
    groups |= {name: told & (plainly == name) for name in sorted({plain(language) for language in LANGUAGES})}
    found = {
        name: _calibration(dev, np.flatnonzero(group), ngrams=name != EVERY_LANGUAGE)
        for name, group in groups.items()
        if group.sum() >= ENOUGH_ROWS
    }
    return found | _shared(dev, [name for name in LANGUAGES if name.endswith(ROMANISED) and plain(name) not in found])


def _shared(dev: Dev, languages: Sequence[str]) -> dict[str, Calibration]:
    """Return the calibration that romanised languages share which have too few rows each, none where they have too few together.

    The encoder has read little of the kind, so that the n-grams must count for more than the calibration of all languages allows.
    """
    at = np.flatnonzero((dev.moods >= 0) & np.isin(dev.languages, languages))
    if len(at) < FEW_ROWS:
        return {}
    return dict.fromkeys(languages, _calibration(dev, at, fit=blend, precision=PRECISION_OF_FEW))


def _calibration(
    dev: Dev, at: NDArray[np.int64], *, ngrams: bool = True, fit: Fit | None = None, precision: float = PRECISION
) -> Calibration:
    """Return the calibration fitted on the rows `at`, as a stack where `fit` says nothing else, that asks below `precision`.

    That of all languages goes without n-grams, since who needs it has none.
    """
    seen, moods = dev.seen[at], dev.moods[at]
    if not ngrams:
        seen = seen * WITHOUT_NGRAMS
    sources = [dev.rows[i].source for i in at]

    def fitted(on: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
        return (fit or stack)(seen[on], moods[on], evenly([sources[i] for i in on], moods[on]))

    def answered(others: NDArray[np.int64], held: NDArray[np.int64]) -> Numbers:
        weights, bias = fitted(others)
        return calibration.log_softmax(seen[held] @ weights.T + bias)

    weights, bias = fitted(np.arange(len(at)))
    logits, counts = aside(len(at), answered), usually(sources, moods)
    temperature = heat(logits, moods, counts)
    logs, likely, kinds = logits / temperature, _likely(dev, at) if ngrams else None, np.zeros((0, 4))
    chances = softmax(logs)
    if likely is not None:

        def surer(others: NDArray[np.int64], held: NDArray[np.int64]) -> Numbers:
            heard = kinds_heard(logs[others], moods[others], counts[others], likely[others])
            return calibration.surely(chances[held], calibration.of_kinds(heard, logs[held], likely[held]))

        kinds, chances = kinds_heard(logs, moods, counts, likely), aside(len(at), surer)
    confidence, reached, share = threshold(chances.max(1), chances.argmax(1) == moods, counts, precision)
    return Calibration(
        weights=_rounded(weights),
        bias=tuple(round(float(one), 4) for one in bias),
        temperature=temperature,
        confidence=confidence,
        precision=reached,
        share=share,
        kinds=_rounded(kinds),
    )


def _rounded(numbers: Numbers) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(one), 4) for one in row) for row in numbers)


def _likely(dev: Dev, at: NDArray[np.int64]) -> Numbers | None:
    """Return how likely rows are of each kind of text [n, k]; None where they are not all of a language that is known from several."""
    found = [dev.kinds[i] for i in at]
    return np.stack(found) if len({len(one) for one in found}) == 1 and len(found[0]) else None


def kinds_heard(logs: Numbers, moods: NDArray[np.int64], counts: Numbers, likely: Numbers) -> Numbers:
    """Return what each kind of text does to log-probabilities [k, 4] so that the leading mood's probability is likeliest.

    `likely` [n, k] says of which kind each row is; a kind without rows does nothing.
    """
    lead = logs.argmax(1)
    at, right = np.arange(len(moods)), lead == moods

    def loss(flat: Numbers) -> float:
        sure = np.clip(calibration.of_kinds(flat.reshape(-1, 4), logs, likely)[at, lead], NOT_QUITE, 1 - NOT_QUITE)
        return float(-(counts * np.log(np.where(right, sure, 1 - sure))).sum() + 0.5 * (flat**2).sum())

    return minimize(loss, np.zeros(4 * likely.shape[1]), method="L-BFGS-B").x.reshape(-1, 4)


def stack(seen: Numbers, moods: NDArray[np.int64], counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return weights [3, 11] and bias [3] under which `moods` are likeliest, pulled towards the plain answers; 0 for what is not there."""
    pull = np.array([PULL["encoder"]] * 3 + [PULL["ngrams"]] * 3 + [PULL["intent"]] * 5)
    here = (np.abs(seen).max(0) > 0).astype(float)
    start = START * here
    truth = np.eye(len(MOODS))[moods]

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        weights, bias = flat[:33].reshape(3, 11), flat[33:]
        logs = calibration.log_softmax(seen @ weights.T + bias)
        error = (np.exp(logs) - truth) * counts[:, None]
        away = (weights - start) * pull
        value = -(truth * logs * counts[:, None]).sum() + 0.5 * (away * (weights - start)).sum() + 0.5 * PULL["bias"] * (bias**2).sum()
        slope = np.concatenate([(error.T @ seen + away).ravel(), error.sum(0) + PULL["bias"] * bias])
        return float(value), slope

    found = minimize(loss, np.concatenate([start.ravel(), np.zeros(3)]), jac=True, method="L-BFGS-B").x
    return found[:33].reshape(3, 11) * here, found[33:]


def blend(seen: Numbers, moods: NDArray[np.int64], counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return what `stack` does by two numbers alone, which fewer rows tell: how much the encoder counts and how much the n-grams."""
    start = np.array([1.0, 0.5, 0.0, 0.0, 0.0])
    truth = np.eye(len(MOODS))[moods]

    def loss(flat: Numbers) -> float:
        logs = calibration.log_softmax(flat[0] * seen[:, :3] + flat[1] * seen[:, 3:6] + flat[2:])
        return float(-(truth * logs * counts[:, None]).sum() + 0.5 * PULL["bias"] * ((flat - start) ** 2).sum())

    found = minimize(loss, start, method="L-BFGS-B").x
    return np.hstack([found[0] * np.eye(3), found[1] * np.eye(3), np.zeros((3, 5))]), found[2:]


def threshold(confidence: Numbers, right: NDArray[np.bool_], counts: Numbers, precision: float = PRECISION) -> tuple[float, float, float]:
    """Return the least confidence from which on `precision` of the answers are right, that share, and the share of rows below.

    No more than `MOST_ASKED` of the rows are put before a person; where that does not suffice, the share that is reached is stated.
    `counts` weigh the rows.
    """
    order = np.argsort(-confidence)
    above = np.cumsum(counts[order])
    shares, rows = np.cumsum((right * counts)[order]) / above, above / above[-1]
    least = int(np.searchsorted(rows, 1 - MOST_ASKED))
    enough = np.flatnonzero(shares[least:] >= precision)
    at = least + int(enough[-1]) if len(enough) else least
    return round(float(confidence[order[at]]), 3), round(float(shares[at]), 3), round(float(1 - rows[at]), 3)


def _line(logits: Numbers, truth: Numbers) -> tuple[float, float]:
    """Return scale and shift under which the truth of yes-or-no logits is likeliest."""

    def loss(line: Numbers) -> float:
        straight = line[0] * logits + line[1]
        return float((np.logaddexp(0, straight) - truth * straight).mean())

    scale, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return round(float(scale), 3), round(float(shift), 3)


def _complaint_line(dev: Dev) -> tuple[float, float]:
    """Return the line for complaints, fitted on rows of which a person said whether they are one."""
    said = [i for i, row in enumerate(dev.rows) if row.complaint is not None]
    if len(said) < ENOUGH_ROWS:
        return 1.0, 0.0
    chances = np.clip(softmax(dev.intent[said])[:, 0], 1e-9, 1 - 1e-9)
    return _line(np.log(chances / (1 - chances)), np.array([float(bool(dev.rows[i].complaint)) for i in said]))


def _signal_line(dev: Dev) -> tuple[float, float]:
    """Return the line for urgency signals, one for all, fitted on rows that name theirs."""
    known = [i for i, row in enumerate(dev.rows) if row.signals is not None]
    if len(known) < ENOUGH_ROWS:
        return 1.0, 0.0
    truth = np.array([[float(signal in (dev.rows[i].signals or ())) for signal in Signal] for i in known])
    return _line(dev.signals[known].ravel(), truth.ravel())


def mood_chances(dev: Dev, calibrations: Mapping[str, Calibration]) -> Numbers:
    """Return the calibrated mood probabilities [n, 3] of dev rows."""
    return calibration.moods([calibration_of(calibrations, language) for language in dev.languages.tolist()], dev.seen, dev.kinds)
