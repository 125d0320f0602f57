"""How long something takes when it has not ended everywhere yet: the estimate of Kaplan and Meier, exact to the second. Pure.

Of `total` episodes some ended after the seconds in `ended`, some are watched for the seconds in `watched` and have not ended yet
(censored: they may still), and the rest never will (they stay in the denominator for good). Whoever has not ended when watching stops
counts as still waiting at that second.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALMOST = 1e-12
"""What products of fractions may be off by."""
_MANY = 20_000
_USUAL = 1 << 21
"""Seconds (24 days); the few lengths beyond are sorted."""


@dataclass(frozen=True, slots=True)
class Order:
    """Values in their order: of the usual ones how many there are up to each, the ones beyond sorted.

    Many are counted rather than sorted, which takes a tenth of the time; few are all sorted.
    """

    so_far: NDArray[np.int64]
    beyond: NDArray[np.integer]

    @property
    def usual(self) -> int:
        """How many of them are counted."""
        return int(self.so_far[-1]) if len(self.so_far) else 0

    def __len__(self) -> int:
        """Return how many there are."""
        return self.usual + len(self.beyond)

    def up_to(self, values: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return how many of them are no greater than each of `values`."""
        beyond = np.searchsorted(self.beyond, values, side="right").astype(np.int64)
        return beyond + self.so_far[np.minimum(values, len(self.so_far) - 1)] if self.usual else beyond

    def at(self, place: int) -> int:
        """Return the one at a place of the order."""
        usual = self.usual
        return int(np.searchsorted(self.so_far, place, side="right") if place < usual else self.beyond[place - usual])


def order_of(values: NDArray[np.integer]) -> Order:
    """Return the order of values, none below zero."""
    if len(values) < _MANY:
        return Order(np.empty(0, dtype=np.int64), np.sort(values))
    usual, beyond = values, values[:0]
    if values.max() >= _USUAL:
        usual, beyond = values[values < _USUAL], values[values >= _USUAL]
    return Order(np.cumsum(np.bincount(usual)), np.sort(beyond))


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of many episodes: when they `ended`, in order, cut into `stretches` within which nobody stops being watched.

    Of those `there` at the beginning of a stretch `left` is the share of all that has not ended when it is over.
    """

    ended: Order
    stretches: NDArray[np.int64]
    there: NDArray[np.int64]
    left: NDArray[np.float64]

    def after(self, share: float) -> int | None:
        """Return after how many seconds `share` of them (0.5: the median) have ended; None where that is not reached yet."""
        reached = np.flatnonzero((self.left <= 1 - share + ALMOST) & (self.stretches[:-1] < self.stretches[1:]))
        return self._within(int(reached[0]), 1 - share) if len(reached) else None

    def _within(self, place: int, wanted: float) -> int:
        """Return the second of a stretch at which only `wanted` is left."""
        at_first = float(self.left[place - 1]) if place else 1.0
        there = int(self.there[place])
        needed = max(1, int(np.ceil(there * (1 - wanted / at_first) - ALMOST * there)))
        return self.ended.at(int(self.stretches[place]) + needed - 1)


def lengths(ended: NDArray[np.integer], watched: NDArray[np.integer], total: int) -> Lengths:
    """Return the lengths of `total` episodes."""
    order = order_of(ended)
    # Those that wait come by when they began: turned round they are almost sorted, which a stable sort is quick with.
    stopped_at = np.sort(watched[::-1], kind="stable")
    stretches = np.concatenate([[0], order.up_to(stopped_at), [len(order)]]).astype(np.int64)
    stopped = np.arange(len(stretches) - 1)
    there, after = total - stopped - stretches[:-1], total - stopped - stretches[1:]
    left = np.cumprod(np.where(there > 0, after / np.maximum(there, 1), 1.0), dtype=np.float64)
    return Lengths(order, stretches, there, left)
