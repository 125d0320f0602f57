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


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of many episodes: when they `ended`, sorted, cut into `stretches` within which nobody stops being watched.

    Of those `there` at the beginning of a stretch `left` is the share of all that has not ended when it is over.
    """

    ended: NDArray[np.integer]
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
        return int(self.ended[int(self.stretches[place]) + needed - 1])


def lengths(ended: NDArray[np.integer], watched: NDArray[np.integer], total: int) -> Lengths:
    """Return the lengths of `total` episodes."""
    in_order = np.sort(ended)
    # Those that wait come by when they began: turned round they are almost sorted, which a stable sort is quick with.
    stopped_at = np.sort(watched[::-1], kind="stable")
    stretches = np.concatenate([[0], np.searchsorted(in_order, stopped_at, side="right"), [len(in_order)]]).astype(np.int64)
    stopped = np.arange(len(stretches) - 1)
    there, after = total - stopped - stretches[:-1], total - stopped - stretches[1:]
    left = np.cumprod(np.where(there > 0, after / np.maximum(there, 1), 1.0), dtype=np.float64)
    return Lengths(in_order, stretches, there, left)
