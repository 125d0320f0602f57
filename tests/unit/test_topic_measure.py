"""How well topics learn: the measure counts right, and the model that ships keeps to its floor.

More than a third of the sentences are in Latin letters, where topics are known least. To read them takes a minute:
`./amends test -m soak tests/unit/test_topic_measure.py`.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from amends.triage.loading import default_classifier
from amends.triage.shipped_examples import NAMES
from amends.triage.training.topic_measure import Sentences, measure, measure_shipped, our_sentences


def clouds(seed: int, each: int) -> Sentences:
    """Return sentences of every topic, each round a centre of its own, and as many of none."""
    centres = np.random.default_rng(0).normal(size=(len(NAMES), 64))
    rng = np.random.default_rng(seed)
    rows: list[NDArray[np.float64]] = [centre + rng.normal(size=64) for centre in centres for _ in range(each)]
    rows += [rng.normal(size=64) * 1.4 for _ in range(each * 6)]
    topics = np.zeros((len(rows), len(NAMES)), bool)
    for topic in range(len(NAMES)):
        topics[topic * each : (topic + 1) * each, topic] = True
    together = np.stack(rows)
    return Sentences(
        embeddings=(together / np.linalg.norm(together, axis=1, keepdims=True)).astype(np.float32),
        topics=topics,
        ordinary=np.array([not row.any() for row in topics]),
    )


def test_more_examples_find_more_of_topics_that_lie_apart() -> None:
    train, dev = clouds(1, 30), clouds(2, 20)
    few, many = (measure(train, dev, examples=examples, seeds=2) for examples in (3, 20))
    assert many.f1 > few.f1
    assert many.f1 >= 0.8
    assert (many.examples, set(many.per_topic)) == (20, set(NAMES))


@pytest.fixture(scope="module")
def ours() -> tuple[Sentences, Sentences]:
    """To learn ten examples a topic from, a third of the sentences is enough: to read them all takes half a minute."""
    return our_sentences(default_classifier(), every=3)


@pytest.mark.soak
def test_ten_examples_a_topic_keep_the_shipped_model_above_its_floor(ours: tuple[Sentences, Sentences]) -> None:
    report = measure(*ours, examples=10, seeds=3)
    assert report.precision >= 0.44
    assert report.macro_f1 >= 0.33


@pytest.mark.soak
def test_the_topics_that_come_along_keep_above_their_floor(ours: tuple[Sentences, Sentences]) -> None:
    report = measure_shipped(default_classifier(), ours[1])
    assert (report.precision >= 0.52, report.recall >= 0.39, report.macro_f1 >= 0.41) == (True, True, True)
    assert min(found.f1 for found in report.per_topic.values()) >= 0.2
