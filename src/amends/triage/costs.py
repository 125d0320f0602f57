"""What a head costs on the shipped report. Place in the path: a fitted head + replay -> `costs` -> `learning` adopts or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Intent, Sentiment
from amends.triage.head import Head, Layer, Numbers
from amends.triage.replay import REPORT, UNKNOWN, Replay

MOST_COST = 0.005
LEAST_ROWS = 100
ANSWERS = {"mood": len(Sentiment), "intents": len(Intent)}


class Labelled(Protocol):
    """Rows with what the encoder said of them, and labels as indices."""

    @property
    def embedding(self) -> Numbers:
        """What the rows mean."""
        ...

    @property
    def mood_label(self) -> NDArray[np.int64]:
        """The moods, -1 where not known."""
        ...

    @property
    def intent_label(self) -> NDArray[np.int64]:
        """The intents, -1 where not known."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Macro recall on one set of the shipped report: as shipped, and with the head."""

    name: str
    rows: int
    shipped: float
    learnt: float

    @property
    def points(self) -> float:
        """How much is lost, in points of a hundred."""
        return 100 * (self.shipped - self.learnt)

    @property
    def is_dear(self) -> bool:
        """Whether that is too much."""
        return self.shipped - self.learnt > MOST_COST


def dearest(paid: Sequence[Cost]) -> Cost | None:
    """Return the one that costs most."""
    return max(paid, key=lambda cost: cost.points, default=None)


def costs(head: Head, replay: Replay) -> tuple[Cost, ...]:
    """Return the macro recall on each set of the shipped report that is large enough, and the mean over the sets of a field."""
    report = replay.of(REPORT)
    return tuple(cost for name in ANSWERS if getattr(head, name) for cost in costs_of(head, name, report))


def costs_of(head: Head, name: str, report: Replay) -> list[Cost]:
    """Return what the layer `name` costs on each set, and on their mean."""
    shipped, learnt = answered(None, name, report), answered(head, name, report)
    found: list[Cost] = []
    for source in np.unique(report.source).tolist():
        told = (report.source == source) & (labels_of(report, name) != UNKNOWN)
        if told.sum() >= LEAST_ROWS:
            labels = labels_of(report, name)[told]
            before, after = macro_recall(labels, shipped[told]), macro_recall(labels, learnt[told])
            found.append(Cost(name=f"{source} ({name})", rows=int(told.sum()), shipped=before, learnt=after))
    return [*found, _mean(name, found)] if len(found) > 1 else found


def _mean(name: str, found: list[Cost]) -> Cost:
    shipped, learnt = (float(np.mean([getattr(cost, when) for cost in found])) for when in ("shipped", "learnt"))
    return Cost(name=f"the mean of all ({name})", rows=sum(cost.rows for cost in found), shipped=shipped, learnt=learnt)


def macro_recall(labels: NDArray[np.int64], answers: NDArray[np.int64]) -> float:
    """Return the mean over the labels that occur of how many of each were found."""
    return float(np.mean([(answers[labels == label] == label).mean() for label in np.unique(labels)]))


def answered(head: Head | None, name: str, rows: Labelled) -> NDArray[np.int64]:
    """Return the answer to each row, by its index: the head's, or without one the encoder's own."""
    layer: Layer | None = getattr(head, name) if head else None
    said: Numbers = getattr(rows, name)
    return (layer.chances(said, rows.embedding) if layer else said).argmax(1)


def labels_of(rows: Labelled, name: str) -> NDArray[np.int64]:
    """Return the labels of a field."""
    return rows.mood_label if name == "mood" else rows.intent_label
