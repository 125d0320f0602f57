"""How well do topics learn from a few examples? Our train sentences teach, our dev sentences judge. Needs no torch."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.core.errors import ModelMissing
from amends.core.ports import Classifier
from amends.triage.cleaning import clean
from amends.triage.language import detect
from amends.triage.matching import MATCHES, Numbers
from amends.triage.shipped_examples import NAMES
from amends.triage.topics import PRECISION, Examples, learn
from amends.triage.training.mixture import OWN_FOLDER

ORDINARY = 192
BATCH = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentences:
    """Labelled sentences: what they mean [texts, numbers], and the topics [texts, topics] that they have, in the order of `NAMES`."""

    embeddings: Numbers
    topics: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicReport:
    """What topics found of the dev sentences after so many examples each: means over seeds, over all topics together and topic by topic."""

    examples: int
    seeds: int
    asked_precision: float
    precision: float
    recall: float
    f1: float
    per_topic: dict[str, float]


def measure(train: Sentences, dev: Sentences, *, examples: int, seeds: int) -> TopicReport:
    """Return how well topics of so many examples do, for several draws of the examples."""
    counts = np.stack([_counts(train, dev, examples, np.random.default_rng(seed)) for seed in range(seeds)])
    right, found, wanted = counts.sum(axis=(0, 1)).tolist()
    each = counts.sum(axis=0)
    return TopicReport(
        examples=examples,
        seeds=seeds,
        asked_precision=PRECISION,
        precision=right / max(found, 1),
        recall=right / max(wanted, 1),
        f1=2 * right / max(found + wanted, 1),
        per_topic={key: float(2 * r / max(f + w, 1)) for key, (r, f, w) in zip(NAMES, each, strict=True)},
    )


def _counts(train: Sentences, dev: Sentences, examples: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return, topic by topic, how many matches are right, how many there are, and how many there should be."""
    drawn = _draw(train, examples, rng)
    learnt = learn(drawn)
    counts = np.zeros((len(NAMES), 3), np.int64)
    for topic, one in learnt.items():
        found = dev.embeddings @ one.weights[:-1] + one.weights[-1] >= MATCHES
        wanted = dev.topics[:, topic]
        counts[topic] = (found & wanted).sum(), found.sum(), wanted.sum()
    return counts


def _draw(train: Sentences, examples: int, rng: np.random.Generator) -> Examples:
    """Return so many sentences of each topic, with sentences that have none as ordinary posts."""
    picked = [rng.permutation(np.flatnonzero(column))[:examples] for column in train.topics.T]
    teaching = np.unique(np.concatenate(picked))
    ordinary = rng.permutation(np.flatnonzero(~train.topics.any(axis=1)))[:ORDINARY]
    fits = np.zeros((len(teaching) + len(ordinary), len(picked)), bool)
    for topic, rows in enumerate(picked):
        fits[np.searchsorted(teaching, rows), topic] = True
    return Examples(topics=tuple(range(len(picked))), embeddings=train.embeddings[np.concatenate([teaching, ordinary])], fits=fits)


def our_sentences(classifier: Classifier) -> tuple[Sentences, Sentences]:
    """Return our train and dev sentences as the classifier reads them; `ModelMissing` where it knows no meanings."""
    return _read(sorted(OWN_FOLDER.glob("*.tsv")), classifier), _read(sorted((OWN_FOLDER / "dev").glob("*.tsv")), classifier)


def _read(files: Sequence[Path], classifier: Classifier) -> Sentences:
    rows = [row for file in files for row in _rows(file)]
    texts = [clean(row["text"]) for row in rows]
    readings = [
        reading
        for at in range(0, len(texts), BATCH)
        for reading in classifier.read(texts[at : at + BATCH], [detect(text, "") for text in texts[at : at + BATCH]])
    ]
    meanings = [None if reading is None else reading.embedding for reading in readings]
    known = [i for i, meaning in enumerate(meanings) if meaning is not None]
    if not known:
        raise ModelMissing(f"The model {classifier.version} says what posts are, but not what they mean; topics need one that does.")
    named = np.array([[topic in (rows[i]["topics"] or "").split(",") for topic in NAMES] for i in known], bool)
    return Sentences(embeddings=np.stack([meaning for meaning in meanings if meaning is not None]), topics=named)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
