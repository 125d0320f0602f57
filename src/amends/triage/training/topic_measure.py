"""How well do topics learn from a few examples, and from those that come along? Our dev sentences judge. Needs no torch."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.core.errors import ModelMissing
from amends.core.ports import Classifier
from amends.triage import shipped_examples as shipped
from amends.triage.cleaning import clean
from amends.triage.matching import MATCHES, Numbers
from amends.triage.shipped_examples import NAMES, ORDINARY
from amends.triage.topics import Examples, learn
from amends.triage.training.mixture import OWN_FOLDER

ORDINARIES = 192
BATCH = 256
WORK = frozenset({"complaint", "question", "request"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentences:
    """Labelled sentences: what they mean [texts, numbers], and the topics [texts, topics] that they have, in the order of `NAMES`.

    `ordinary` [texts] are those that surely have no topic: nobody gave the oldest ones that ask for something any.
    """

    embeddings: Numbers
    topics: NDArray[np.bool_]
    ordinary: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicFound:
    """What one topic found: the share of its matches that are right, and of its posts that match."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicReport:
    """What topics found of the dev sentences, over all topics together, as a mean of their F1, and topic by topic.

    `examples` is how many taught each topic (0: those that come along), `seeds` how often they were drawn anew.
    """

    examples: int
    seeds: int
    precision: float
    recall: float
    f1: float
    macro_f1: float
    per_topic: dict[str, TopicFound]


def measure(train: Sentences, dev: Sentences, *, examples: int, seeds: int) -> TopicReport:
    """Return how well topics of so many examples do, for several draws of the examples."""
    drawn = (_draw(train, examples, np.random.default_rng(seed)) for seed in range(seeds))
    return _report(examples, np.stack([_counts(one, dev) for one in drawn]))


def measure_shipped(classifier: Classifier, dev: Sentences) -> TopicReport:
    """Return how well the topics that come along do."""
    wanted: dict[str, set[str]] = {one.text: set() for one in shipped.prototypes() if one.kind == ORDINARY}
    for one in shipped.examples():
        wanted.setdefault(one.text, set()).add(one.topic)
    read = zip(wanted.values(), _meanings(list(wanted), classifier), strict=True)
    known = [(topics, meaning) for topics, meaning in read if meaning is not None]
    fits = np.array([[topic in topics for topic in NAMES] for topics, _ in known], bool)
    taught = Examples(topics=tuple(range(len(NAMES))), embeddings=np.stack([meaning for _, meaning in known]), fits=fits)
    return _report(0, _counts(taught, dev)[None])


def _report(examples: int, counts: NDArray[np.int64]) -> TopicReport:
    """Return the report of counts [seeds, topics, (right, matches, wanted)]."""
    every, each = _found(*counts.sum(axis=(0, 1)).tolist()), [_found(*row) for row in counts.sum(axis=0).tolist()]
    return TopicReport(
        examples=examples,
        seeds=len(counts),
        precision=every.precision,
        recall=every.recall,
        f1=every.f1,
        macro_f1=float(np.mean([one.f1 for one in each])),
        per_topic=dict(zip(NAMES, each, strict=True)),
    )


def _found(right: int, found: int, wanted: int) -> TopicFound:
    return TopicFound(precision=right / max(found, 1), recall=right / max(wanted, 1), f1=2 * right / max(found + wanted, 1))


def _counts(taught: Examples, dev: Sentences) -> NDArray[np.int64]:
    """Return, topic by topic, how many matches are right, how many there are, and how many there should be."""
    counts = np.zeros((len(NAMES), 3), np.int64)
    for topic, one in learn(taught).items():
        found = dev.embeddings @ one.weights[:-1] + one.weights[-1] >= MATCHES
        wanted = dev.topics[:, topic]
        counts[topic] = (found & wanted).sum(), found.sum(), wanted.sum()
    return counts


def _draw(train: Sentences, examples: int, rng: np.random.Generator) -> Examples:
    """Return so many sentences of each topic, with sentences that have none as ordinary posts."""
    picked = [rng.permutation(np.flatnonzero(column))[:examples] for column in train.topics.T]
    teaching = np.unique(np.concatenate(picked))
    ordinary = rng.permutation(np.flatnonzero(train.ordinary))[:ORDINARIES]
    fits = np.zeros((len(teaching) + len(ordinary), len(picked)), bool)
    for topic, rows in enumerate(picked):
        fits[np.searchsorted(teaching, rows), topic] = True
    return Examples(topics=tuple(range(len(picked))), embeddings=train.embeddings[np.concatenate([teaching, ordinary])], fits=fits)


def our_sentences(classifier: Classifier, *, every: int = 1) -> tuple[Sentences, Sentences]:
    """Return our train sentences (each `every`th of them) and dev sentences as the classifier reads them.

    `ModelMissing` where it knows no meanings.
    """
    return _read(sorted(OWN_FOLDER.glob("*.tsv")), classifier, every=every), _read(sorted((OWN_FOLDER / "dev").glob("*.tsv")), classifier)


def _read(files: Sequence[Path], classifier: Classifier, *, every: int = 1) -> Sentences:
    rows = [row for file in files for row in _rows(file)][::every]
    meanings = _meanings([row["text"] for row in rows], classifier)
    known = [(row, meaning) for row, meaning in zip(rows, meanings, strict=True) if meaning is not None]
    if not known:
        raise ModelMissing(f"The model {classifier.version} says what posts are, but not what they mean; topics need one that does.")
    return Sentences(
        embeddings=np.stack([meaning for _, meaning in known]),
        topics=np.array([[topic in (row["topics"] or "").split(",") for topic in NAMES] for row, _ in known], bool),
        ordinary=np.array([not row["topics"] and (bool(row["noise"]) or row["intent"] not in WORK) for row, _ in known], bool),
    )


def _meanings(texts: Sequence[str], classifier: Classifier) -> list[Numbers | None]:
    words = [clean(text) for text in texts]
    batches = [words[at : at + BATCH] for at in range(0, len(words), BATCH)]
    readings = [reading for batch in batches for reading in classifier.read(batch, classifier.detect(batch, [""] * len(batch)))]
    return [None if reading is None else reading.embedding for reading in readings]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
