"""Invented outage waves among ordinary complaints: how much of a wave comes together, and how much else with it."""

import csv
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import fmean

import numpy as np

from amends.cli.measuring.posts import BORN
from amends.core.ports import Classifier
from amends.inbox.rules.cluster_parts import is_due, parts
from amends.inbox.rules.clustering import Known, Said, Sight, gather, same
from amends.triage.cleaning import clean
from amends.triage.matching import Numbers
from amends.triage.training.mixture import MOODS, own_dev

FILE = Path(__file__).parent / "waves.tsv"
REPEATS, BEFORE, BESIDE = 5, 200, 25
SEVERAL = 4
NEGATIVE = MOODS.index("negative")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Of waves, means over all of them: the share of a wave in its largest cluster, the share of that cluster which is of the wave.

    `others` is how many clusters of at least four posts of the same hour are of something else.
    """

    recall: float
    precision: float
    others: float


def read(model: Classifier, texts: Sequence[str], languages: Sequence[str]) -> Numbers:
    """Return what texts mean."""
    readings = model.read([clean(text) for text in texts], languages)
    return np.stack([one.embedding for one in readings if one is not None and one.embedding is not None])


def measure(model: Classifier, sight: Sight) -> Found:
    """Return how well the waves come together: each arrives within an hour, in all its languages, among complaints of a day."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    meant = sight.see(read(model, [row["text"] for row in rows], [row["language"] for row in rows]))
    plain = [row for row in own_dev() if row.mood == NEGATIVE]
    texts = [row.text for row in plain]
    ordinary = sight.see(read(model, texts, model.detect(texts, [""] * len(texts))))
    waves = sorted({row["wave"] for row in rows})
    tries = [
        _try(meant[[place for place, row in enumerate(rows) if row["wave"] == wave]], ordinary, sight, seed)
        for wave in waves
        for seed in range(REPEATS)
    ]
    return Found(
        recall=fmean(one.recall for one in tries),
        precision=fmean(one.precision for one in tries),
        others=fmean(one.others for one in tries),
    )


def _try(wave: Numbers, ordinary: Numbers, sight: Sight, seed: int) -> Found:
    """Return what becomes of one wave."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    beside = ordinary[dice.sample(range(len(ordinary)), BEFORE + BESIDE)]
    late = [(True, one) for one in wave] + [(False, one) for one in beside[BEFORE:]]
    dice.shuffle(late)
    stream = [(False, one) for one in beside[:BEFORE]] + late
    labels = clustered([one for _is_wave, one in stream], sight)
    return _judged(labels[BEFORE:], [is_wave for is_wave, _one in late], Counter(labels))


def _judged(labels: Sequence[int], of_wave: Sequence[bool], sizes: Counter[int]) -> Found:
    ours = Counter(label for label, is_wave in zip(labels, of_wave, strict=True) if is_wave)
    largest, n = ours.most_common(1)[0]
    others = [label for label, size in Counter(labels).items() if size >= SEVERAL and ours[label] * 2 < size]
    return Found(recall=n / sum(of_wave), precision=n / sizes[largest], others=len(others))


def clustered(stream: Sequence[Numbers], sight: Sight) -> list[int]:
    """Return the cluster of each text, one placed after the other, as the worker does."""
    known: dict[int, Known] = {}
    labels: list[int] = []
    for place, meaning in enumerate(stream):
        said = Said(post_id=place, meaning=meaning, at=BORN + timedelta(seconds=place))
        [grown] = gather([said], list(known.values()), sight.nearness)
        cluster_id = place if grown.cluster_id is None else grown.cluster_id
        one = Known(cluster_id=cluster_id, vector=grown.vector, weight=grown.weight, first_at=grown.first_at, last_at=grown.last_at)
        labels.append(cluster_id)
        known[cluster_id] = one
        found = same(one, [other for other in known.values() if other.cluster_id != cluster_id], sight.nearness)
        if found is not None:
            _merge(known, labels, one, found)
            cluster_id = min(cluster_id, found.cluster_id)
        if is_due(grown.weight - 1, known[cluster_id].weight):
            _split(known, labels, stream, cluster_id, sight)
    return labels


def _split(known: dict[int, Known], labels: list[int], stream: Sequence[Numbers], cluster_id: int, sight: Sight) -> None:
    """Let a cluster fall apart where it holds several things; a part goes by its first text."""
    members = [place for place, label in enumerate(labels) if label == cluster_id]
    found = parts(np.stack([stream[place] for place in members]), [frozenset()] * len(members), sight.nearness.same)
    for part in found if len(found) > 1 else ():
        places = [members[place] for place in part]
        name = cluster_id if part is found[0] else -1 - places[0]
        at = [BORN + timedelta(seconds=place) for place in places]
        vector = np.stack([stream[place] for place in places]).sum(axis=0)
        known[name] = Known(cluster_id=name, vector=vector, weight=len(places), first_at=min(at), last_at=max(at))
        for place in places:
            labels[place] = name


def _merge(known: dict[int, Known], labels: list[int], one: Known, other: Known) -> None:
    keep, drop = sorted((one, other), key=lambda it: it.cluster_id)
    known[keep.cluster_id] = Known(
        cluster_id=keep.cluster_id,
        vector=keep.vector + drop.vector,
        weight=keep.weight + drop.weight,
        first_at=min(keep.first_at, drop.first_at),
        last_at=max(keep.last_at, drop.last_at),
    )
    del known[drop.cluster_id]
    labels[:] = [keep.cluster_id if label == drop.cluster_id else label for label in labels]
