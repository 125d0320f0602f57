"""What a process keeps of slices, some of them replaced and some left out, is what one would read anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.inbox.rules.columns import Column
from amends.inbox.rules.strips import NOTHING, Packed

MANY = st.dictionaries(st.integers(0, 12), st.tuples(st.integers(1, 10**6), st.integers(0, 3), st.integers(0, 2)), max_size=12)


def _slice(begins: int, made: tuple[int, int, int]) -> Packed:
    """Return a slice of some facts and some pairs of a topic each, whose numbers tell it from all others."""
    pack, facts, pairs = made
    at, topics = np.full(facts, pack, dtype=">i4"), np.full(pairs, pack, dtype=">i4")
    texts: dict[str, bytes] = {Column.AT: at.tobytes(), Column.MOOD: bytes([begins]) * facts, Column.TOPIC: topics.tobytes()}
    return Packed(pack=pack, texts=texts)


@given(first=MANY, second=MANY, left=st.sets(st.integers(0, 12)), last=MANY)
def test_slices_put_together_and_picked_again_are_those_that_one_would_read(
    first: dict[int, tuple[int, int, int]],
    second: dict[int, tuple[int, int, int]],
    left: set[int],
    last: dict[int, tuple[int, int, int]],
) -> None:
    kept, there = NOTHING, {}
    for among, beside in ((set(), first), (first.keys() - second.keys(), second), ((first.keys() | second.keys()) & left, last)):
        kept = kept.picked(among - beside.keys(), {begins: _slice(begins, made) for begins, made in beside.items()})
        there = {begins: made for begins, made in there.items() if begins in among} | beside
    found = kept.columns([Column.AT, Column.MOOD, Column.TOPIC])
    in_order = sorted(there.items())
    assert dict(kept.packs) == {begins: made[0] for begins, made in in_order}
    assert list(kept.packs) == sorted(kept.packs)
    assert found[Column.AT].tolist() == [pack for _, (pack, facts, _) in in_order for _ in range(facts)]
    assert found[Column.MOOD].tolist() == [begins for begins, (_, facts, _) in in_order for _ in range(facts)]
    assert found[Column.TOPIC].tolist() == [pack for _, (pack, _, pairs) in in_order for _ in range(pairs)]


def test_what_all_look_at_nobody_can_change() -> None:
    kept = NOTHING.picked(set(), {0: _slice(0, (7, 2, 0)), 1: _slice(1, (8, 1, 0))})
    with pytest.raises(ValueError, match="read-only"):
        kept.columns([Column.AT])[Column.AT][0] = 1


def test_slices_beside_one_another_are_not_copied() -> None:
    kept = NOTHING.picked(set(), {begins: _slice(begins, (begins, 2, 1)) for begins in range(5)})
    assert np.shares_memory(kept.picked({1, 2, 3}, {}).held[Column.AT], kept.held[Column.AT])
    assert kept.picked(set(range(5)), {}) is kept
