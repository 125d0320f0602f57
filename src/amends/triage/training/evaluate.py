"""How good is the model? Last step of the recipe, and for anybody with labelled text: TSV files -> one `Report` a file. Needs no torch.

Each file has a header with `text` and `label`; labels are moods, or `complaint` and `not_complaint`; other columns pass by, but for `lang`,
by which the figures are shown once more. Rows with another label are left out, and counted.
"""

import csv
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Classifier
from amends.triage.judge import Text, judge
from amends.triage.training.mixture import COMPLAINTS, MOODS
from amends.triage.tuning import SHIPPED, Tuning
from amends.triage.verdict import Verdict

BINS = 15
NEEDED = ("text", "label")
BATCH = 512
_LINE_END = re.compile(r"\r\n?|\n")
# What the labels of known sets mean; see the model card.
ALIKE = {
    "unknown_state": "neutral",
    "neg": "negative",
    "neu": "neutral",
    "pos": "positive",
    "not complaint": "not_complaint",
    "non-complaint": "not_complaint",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Accuracy of some rows: `n` rows, accuracy, macro recall and macro F1 from 0 to 1 over the classes that they have."""

    n: int
    accuracy: float
    macro_recall: float
    macro_f1: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The figures of one file: `n` rows judged; recalls, F1 and calibration error from 0 to 1; speed of all from text to verdict.

    `abstained` is the share of verdicts that ask for a person, `accuracy_of_rest` what the others are worth. `recalls` holds the classes
    that the file has; `curve` the reliability diagram: (mean confidence, share right, rows) a bin; `by_language` the figures of each value
    of the column `lang`; `left_out` the rows that were not judged, by the label that they have.
    """

    file: str
    n: int
    accuracy: float
    macro_recall: float
    macro_f1: float
    recalls: Mapping[str, float]
    calibration_error: float
    abstained: float
    accuracy_of_rest: float
    accuracy_of_surest_80: float
    posts_per_cpu_second: float
    curve: tuple[tuple[float, float, int], ...]
    by_language: Mapping[str, Figures] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    text: str
    label: str
    language: str


def evaluate(
    path: Path, classifier: Classifier, tuning: Tuning = SHIPPED, *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> Report | None:
    """Return the report on one TSV file, None where it has no row with a label we know; `progress` is told the rows judged of all."""
    rows, left_out = _labelled(path)
    if not rows:
        return None
    classes = MOODS if rows[0].label in MOODS else COMPLAINTS
    chances, looked = np.empty((len(rows), len(classes))), np.empty(len(rows), np.bool_)
    began = time.process_time()
    for at in range(0, len(rows), BATCH):  # a batch leaves its figures only: with what it embeds, 100,000 verdicts are 400 MB
        some = slice(at, at + BATCH)
        verdicts = judge([Text(text=row.text) for row in rows[some]], classifier, tuning)
        chances[some] = [_chances(verdict, classes) for verdict in verdicts]
        looked[some] = [verdict.needs_look for verdict in verdicts]
        progress(at + len(verdicts), len(rows))
    spent = time.process_time() - began
    truth = np.array([classes.index(row.label) for row in rows])
    report = _report(str(path), classes, (chances, truth, looked), len(rows) / spent, [row.language for row in rows])
    return replace(report, left_out=left_out)


def missing_columns(path: Path) -> list[str]:
    """Return which of the columns that a file needs its header does not name."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as lines:
        named = csv.DictReader(lines, delimiter="\t").fieldnames or ()
    return [column for column in NEEDED if column not in named]


def _labelled(path: Path) -> tuple[list[_Row], dict[str, int]]:
    """Return the rows with the kind of label that most rows of a file have, and how many have which other."""
    found = [_row(line) for line in _lines(path) if line.get("label") and "text" in line]
    moods = sum(row.label in MOODS for row in found) >= sum(row.label in COMPLAINTS for row in found)
    kind = MOODS if moods else COMPLAINTS
    return [row for row in found if row.label in kind], dict(Counter(row.label for row in found if row.label not in kind))


def _lines(path: Path) -> list[dict[str, str | None]]:
    """Return the rows of a file, quoted or not: where a quote would swallow whole lines, it is one that somebody wrote in a text."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        whole = file.read()
    lines = [line for line in _LINE_END.split(whole) if line]
    rows = list(csv.DictReader(StringIO(whole, newline=""), delimiter="\t"))
    is_plain = len({line.count("\t") for line in lines}) == 1
    if is_plain and len(rows) < len(lines) - 1:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return rows


def _row(line: Mapping[str, str | None]) -> _Row:
    label = (line.get("label") or "").strip().lower()
    return _Row(text=line.get("text") or "", label=ALIKE.get(label, label), language=line.get("lang") or "")


def _chances(verdict: Verdict, classes: Sequence[str]) -> list[float]:
    known = {
        "negative": verdict.negative,
        "neutral": verdict.neutral,
        "positive": verdict.positive,
        "complaint": verdict.complaint,
        "not_complaint": 1 - verdict.complaint,
    }
    return [known[label] for label in classes]


def _report(
    file: str,
    classes: Sequence[str],
    judged: tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]],
    speed: float,
    languages: Sequence[str],
) -> Report:
    chances, truth, looked = judged
    guessed, confidence = chances.argmax(1), chances.max(1)
    right = guessed == truth
    curve = _curve(confidence, right)
    surest = np.argsort(-confidence)[: max(1, len(truth) * 4 // 5)]
    all_rows = _figures(guessed, truth)
    return Report(
        file=file,
        n=all_rows.n,
        accuracy=all_rows.accuracy,
        macro_recall=all_rows.macro_recall,
        macro_f1=all_rows.macro_f1,
        recalls={classes[int(i)]: float(right[truth == i].mean()) for i in sorted(set(truth.tolist()))},
        calibration_error=sum(rows * abs(said - held) for said, held, rows in curve) / len(truth),
        abstained=float(looked.mean()),
        accuracy_of_rest=float(right[~looked].mean()) if not looked.all() else 0.0,
        accuracy_of_surest_80=float(right[surest].mean()),
        posts_per_cpu_second=speed,
        curve=curve,
        by_language=_by_language(guessed, truth, np.array(languages)),
    )


def _figures(guessed: NDArray[np.int64], truth: NDArray[np.int64]) -> Figures:
    there = sorted(set(truth.tolist()))
    return Figures(
        n=len(truth),
        accuracy=float((guessed == truth).mean()),
        macro_recall=float(np.mean([(guessed[truth == i] == i).mean() for i in there])),
        macro_f1=float(np.mean([_f1(guessed, truth, i) for i in there])),
    )


def _by_language(guessed: NDArray[np.int64], truth: NDArray[np.int64], languages: NDArray[np.str_]) -> dict[str, Figures]:
    names = sorted(set(languages.tolist()) - {""})
    return {name: _figures(guessed[languages == name], truth[languages == name]) for name in names}


def _f1(guessed: NDArray[np.int64], truth: NDArray[np.int64], label: int) -> float:
    both = float(((guessed == label) & (truth == label)).sum())
    return 2 * both / max(1.0, float((guessed == label).sum() + (truth == label).sum()))


def _curve(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[tuple[float, float, int], ...]:
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    filled = [bins == i for i in range(BINS) if (bins == i).any()]
    return tuple((float(confidence[chosen].mean()), float(right[chosen].mean()), int(chosen.sum())) for chosen in filled)
