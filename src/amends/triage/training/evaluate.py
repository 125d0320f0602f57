"""How good is the model? Last step of the recipe, and for anybody with labelled text: TSV files -> one `Report` a file.

Each file has a header with `text` and `label`; labels are moods, or `complaint` and `not_complaint`; other columns pass by. Needs no torch.
"""

import csv
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Classifier
from amends.triage.judge import Text, judge
from amends.triage.training.mixture import COMPLAINTS, MOODS, SOURCES, Source
from amends.triage.verdict import Verdict

BINS = 15
BATCH = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The figures of one file: `n` rows judged; recalls, F1 and calibration error from 0 to 1; speed of all from text to verdict.

    `abstained` is the share of verdicts that ask for a person, `accuracy_of_rest` what the others are worth. `recalls` holds the classes
    that the file has; `curve` the reliability diagram: (mean confidence, share right, rows) a bin.
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


def evaluate(path: Path, classifier: Classifier, *, name: str = "") -> Report | None:
    """Return the report on one TSV file, None where it has no row with a label we know."""
    relabel = SOURCES.get(name, Source()).relabel
    texts, labels = _labelled(path, relabel)
    if not texts:
        return None
    classes: tuple[str, ...] = MOODS if labels[0] in MOODS else tuple(COMPLAINTS)
    began = time.process_time()
    verdicts = [
        verdict for at in range(0, len(texts), BATCH) for verdict in judge([Text(text=text) for text in texts[at : at + BATCH]], classifier)
    ]
    spent = time.process_time() - began
    chances = np.array([_chances(verdict, classes) for verdict in verdicts])
    truth = np.array([classes.index(label) for label in labels])
    return _report(str(path), classes, chances, truth, np.array([verdict.needs_look for verdict in verdicts]), len(texts) / spent)


def _labelled(path: Path, relabel: Mapping[str, str]) -> tuple[list[str], list[str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        pairs = [
            (line["text"] or "", relabel.get(line["label"], line["label"]))
            for line in csv.DictReader(lines, delimiter="\t")
            if "label" in line
        ]
    known = [(text, label) for text, label in pairs if label in MOODS or label in COMPLAINTS]
    moods = sum(label in MOODS for _, label in known) * 2 >= len(known)
    asked = [(text, label) for text, label in known if (label in MOODS) == moods]
    return [text for text, _ in asked], [label for _, label in asked]


def _chances(verdict: Verdict, classes: tuple[str, ...]) -> list[float]:
    known = {
        "negative": verdict.negative,
        "neutral": verdict.neutral,
        "positive": verdict.positive,
        "complaint": verdict.complaint,
        "not_complaint": 1 - verdict.complaint,
    }
    return [known[label] for label in classes]


def _report(
    file: str, classes: tuple[str, ...], chances: NDArray[np.float64], truth: NDArray[np.int64], looked: NDArray[np.bool_], speed: float
) -> Report:
    guessed, confidence = chances.argmax(1), chances.max(1)
    right = guessed == truth
    there = sorted(set(truth.tolist()))
    recalls: dict[str, float] = {classes[i]: float(right[truth == i].mean()) for i in there}
    curve = _curve(confidence, right)
    surest = np.argsort(-confidence)[: max(1, len(truth) * 4 // 5)]
    return Report(
        file=file,
        n=len(truth),
        accuracy=float(right.mean()),
        macro_recall=float(np.mean(list(recalls.values()))),
        macro_f1=float(np.mean([_f1(guessed, truth, i) for i in there])),
        recalls=recalls,
        calibration_error=sum(rows * abs(said - held) for said, held, rows in curve) / len(truth),
        abstained=float(looked.mean()),
        accuracy_of_rest=float(right[~looked].mean()) if not looked.all() else 0.0,
        accuracy_of_surest_80=float(right[surest].mean()),
        posts_per_cpu_second=speed,
        curve=curve,
    )


def _f1(guessed: NDArray[np.int64], truth: NDArray[np.int64], label: int) -> float:
    both = float(((guessed == label) & (truth == label)).sum())
    return 2 * both / max(1.0, float((guessed == label).sum() + (truth == label).sum()))


def _curve(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[tuple[float, float, int], ...]:
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    filled = [bins == i for i in range(BINS) if (bins == i).any()]
    return tuple((float(confidence[chosen].mean()), float(right[chosen].mean()), int(chosen.sum())) for chosen in filled)
