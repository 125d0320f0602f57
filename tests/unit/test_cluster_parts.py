"""What a cluster holds is looked at all at once, whatever came first."""

import numpy as np
import pytest

from amends.cli.measuring import short
from amends.inbox.rules.cluster_parts import is_due, parts
from amends.inbox.rules.clustering import Numbers, sight_of
from amends.triage.cleaning import clean
from amends.triage.language import script_of
from amends.triage.loading import default_classifier
from amends.triage.shipped_examples import prototypes
from amends.triage.shipped_meanings import key, meanings_of


def two_things(each: int) -> Numbers:
    """Return what posts about two things mean: those of one are alike to .5, those of two to 0."""
    meant = np.eye(2 * each + 2, dtype=np.float32)[2:]
    meant[:each, 0] = meant[each:, 1] = 1
    return meant / np.float32(np.sqrt(2))


def test_two_things_fall_apart_whatever_came_first() -> None:
    meant = two_things(5)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(10).tolist()
        found = parts(meant[order], [frozenset()] * 10, 0.33)
        assert sorted(sorted(order[place] for place in part) for part in found) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_one_thing_stays_one_and_a_stranger_leaves_it() -> None:
    meant = two_things(5)
    assert [len(part) for part in parts(meant[:5], [frozenset()] * 5, 0.33)] == [5]
    assert parts(meant[:6], [frozenset()] * 6, 0.33)[1:] == [[5]]


def test_a_shared_topic_holds_together_what_is_almost_alike() -> None:
    meant = np.array([[1, 0], [0.32, np.sqrt(1 - 0.32**2)]], np.float32)
    assert len(parts(meant, [frozenset({1}), frozenset({2})], 0.33)) == 2
    assert len(parts(meant, [frozenset({1, 3}), frozenset({1})], 0.33)) == 1


def test_a_cluster_is_looked_at_again_each_time_it_has_grown_by_a_third() -> None:
    looked = [after for after in range(1, 300) if is_due(after - 1, after)]
    assert looked[:6] == [4, 5, 7, 9, 11, 14]
    assert len(looked) < 20
    assert is_due(3, 256)
    assert not is_due(3, 257)


@pytest.mark.timeout(300)
def test_short_complaints_stand_among_their_kind() -> None:
    model, brought = default_classifier(), [one.text for one in prototypes()]
    read = meanings_of("", model.version)
    texts = [text for text in brought if key(clean(text)) in read]
    assert len(texts) > len(brought) / 2, "the shipped meanings are not of the shipped model"
    meant = np.stack([read[key(clean(text))] for text in texts])
    sight = sight_of(meant, [script_of(text) for text in texts], [any(map(str.isdigit, text)) for text in texts])
    assert short.purity(model, sight) >= 0.88
