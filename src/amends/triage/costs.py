"""What a head costs on the shipped report. Place in the path: a fitted head + replay -> `costs` -> `learning` adopts or not.

The mean over the sets may not fall by more than half a point. A single set has some hundred rows, of which two more wrong are half a point:
there a loss counts where it is no luck (an exact sign test on the rows that changed, at 5 % over all sets together by Holm's method: of
twenty sets one loses by luck alone), or so great that luck is no excuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import comb
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Intent, Sentiment
from amends.triage.head import Head, Layer, Numbers
from amends.triage.replay import REPORT, UNKNOWN, Replay

MOST_COST = 0.005
MOST_ON_ONE_SET = 0.03
CONFIDENCE = 0.95
MEAN = "the mean of all"
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
    """Macro recall on one set of the shipped report, as shipped and with the head; `gained` and `lost` rows are right with one only."""

    name: str
    rows: int
    shipped: float
    learnt: float
    gained: int
    lost: int
    is_mean: bool = False

    @property
    def points(self) -> float:
        """How much is lost, in points of a hundred."""
        return 100 * (self.shipped - self.learnt)

    @property
    def luck(self) -> float:
        """The chance of losing so many rows by luck."""
        return sign_test(self.lost, self.gained)

    @property
    def most(self) -> float:
        """How many points may be lost, be it luck or not."""
        return 100 * (MOST_COST if self.is_mean else MOST_ON_ONE_SET)


def sign_test(gained: int, lost: int) -> float:
    """Return the chance of gaining at least so many of `gained + lost` by tossing a coin for each: McNemar's exact test, one-sided."""
    together = gained + lost
    return sum(comb(together, number) for number in range(gained, together + 1)) / 2**together


def dearest(paid: Sequence[Cost]) -> Cost | None:
    """Return the one that costs most of those that cost too much, or None."""
    by_no_luck = _by_no_luck([cost for cost in paid if not cost.is_mean])
    dear = (cost for cost in paid if cost.points > cost.most or (cost.points > 100 * MOST_COST and cost in by_no_luck))
    return max(dear, key=lambda cost: cost.points, default=None)


def _by_no_luck(sets: Sequence[Cost]) -> list[Cost]:
    """Return the sets whose loss is no luck although so many were looked at: Holm's step-down over the sign tests."""
    ordered = sorted(sets, key=lambda cost: cost.luck)
    passed = takewhile(lambda one: one[1].luck <= (1 - CONFIDENCE) / (len(ordered) - one[0]), enumerate(ordered))
    return [cost for _place, cost in passed]


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
            found.append(_cost(f"{source} ({name})", labels_of(report, name)[told], shipped[told], learnt[told]))
    return [*found, _mean(name, found)] if found else []


def _cost(name: str, labels: NDArray[np.int64], shipped: NDArray[np.int64], learnt: NDArray[np.int64]) -> Cost:
    before, after = shipped == labels, learnt == labels
    return Cost(
        name=name,
        rows=len(labels),
        shipped=macro_recall(labels, shipped),
        learnt=macro_recall(labels, learnt),
        gained=int((after & ~before).sum()),
        lost=int((before & ~after).sum()),
    )


def _mean(name: str, found: list[Cost]) -> Cost:
    shipped, learnt = (float(np.mean([getattr(cost, when) for cost in found])) for when in ("shipped", "learnt"))
    rows, gained, lost = (sum(getattr(cost, what) for cost in found) for what in ("rows", "gained", "lost"))
    return Cost(name=f"{MEAN} ({name})", rows=rows, shipped=shipped, learnt=learnt, gained=gained, lost=lost, is_mean=True)


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
