"""Medians where some have not ended: worked by hand, and against a count over fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.inbox.rules.survival import lengths

SECONDS = st.integers(0, 12)


def after(ended: list[int], watched: list[int], total: int, share: str) -> int | None:
    """Return what the rule says."""
    return lengths(np.array(ended, dtype=np.int32), np.array(watched, dtype=np.int32), total).after(float(share))


def by_hand(ended: list[int], watched: list[int], total: int, share: str) -> int | None:
    """Return the estimate second by second, in fractions."""
    left = Fraction(1)
    for second in sorted(set(ended)):
        there = total - sum(one < second for one in [*ended, *watched])
        left *= 1 - Fraction(ended.count(second), there)
        if left <= 1 - Fraction(share):
            return second
    return None


@pytest.mark.parametrize(
    ("ended", "watched", "total", "median"),
    [
        ([], [], 0, None),
        ([10], [], 1, 10),
        ([10, 20, 30], [], 3, 20),
        ([10, 20], [], 4, 20),
        ([10], [], 4, None),
        # of four one was watched for five seconds only: of the three that are left two ended by 20
        ([10, 20, 30], [5], 4, 20),
        # who stops being watched at the very second still waited then
        ([10, 20], [10, 10], 4, 20),
        ([10], [5, 5, 5], 4, 10),
        # two will never end: they stay in the denominator
        ([10, 20, 30], [], 5, 30),
    ],
)
def test_medians_worked_by_hand(ended: list[int], watched: list[int], total: int, median: int | None) -> None:
    assert after(ended, watched, total, "0.5") == median == by_hand(ended, watched, total, "0.5")


@settings(max_examples=300, deadline=None)
@given(ended=st.lists(SECONDS, max_size=12), watched=st.lists(SECONDS, max_size=8), never=st.integers(0, 4))
def test_the_estimate_is_that_of_fractions(ended: list[int], watched: list[int], never: int) -> None:
    total = len(ended) + len(watched) + never
    for share in ("0.5", "0.9"):
        assert after(ended, watched, total, share) == by_hand(ended, watched, total, share)
