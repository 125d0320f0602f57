"""Whether a cluster is one thing, or falls apart. Pure.

Posts join one after the other, so what came first decides where the next goes. As a cluster grows its posts are looked at all at once: the
two that are most alike are put together, then the next two, and so on (average linkage), whatever came first.
"""

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from amends.inbox.rules.clustering import SHARED_TOPIC, Numbers

FEWEST = 4
MOST = 256
"""Larger clusters are looked at no more: they were while they were small, and what joins changes little."""
AGAIN = 1.3
"""Looked at again when it has grown so many times."""
GONE = -2.0
"""Less than any likeness."""


def is_due(before: int, after: int) -> bool:
    """Tell whether a cluster that grew from so many posts to so many is looked at (again)."""
    return FEWEST <= after <= MOST and _rung(after) > _rung(before)


def _rung(posts: int) -> int:
    return int(log(max(posts, 1), AGAIN))


def parts(meanings: Numbers, topics: Sequence[frozenset[int]], least: float) -> list[list[int]]:
    """Return the places of the posts of each part, the largest first; between two parts posts are less alike than `least` on average."""
    found = [[place] for place in range(len(meanings))]
    like = (meanings @ meanings.T).astype(np.float64) + SHARED_TOPIC * _share(topics)
    np.fill_diagonal(like, GONE)
    while True:
        one, other = divmod(int(np.argmax(like)), len(found))
        if like[one, other] < least:
            return sorted(filter(None, found), key=len, reverse=True)
        ours, theirs = len(found[one]), len(found[other])
        both = (like[one] * ours + like[other] * theirs) / (ours + theirs)
        both[[one, *(place for place, those in enumerate(found) if not those)]] = GONE
        like[one], like[:, one] = both, both
        like[other], like[:, other] = GONE, GONE
        found[one] += found[other]
        found[other] = []


def _share(topics: Sequence[frozenset[int]]) -> NDArray[np.bool_]:
    """Return which posts share a topic."""
    known = sorted(frozenset().union(*topics))
    about = np.array([[topic in one for topic in known] for one in topics], np.float64).reshape(len(topics), len(known))
    return about @ about.T > 0
