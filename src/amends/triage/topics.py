"""Which of the company's topics a text is about. Place in the path: `Reading` -> here -> `Verdict.topics`.

A topic is a name with a few example sentences; `learn` makes one matcher of all of them. Several topics may match a text, or none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Reading
from amends.triage.matching import LEAST, MATCHES, NO_MATCHER, Goal, Learnt, Matcher, Numbers, fit

GOAL = Goal(share=1 / 12, most_passing=0.03)
"""One post in twelve is about one topic; what is right and what is found count the same."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Topics:
    """The topics in force, named by their ids. `brands` holds the brand of those that belong to one, `sources` that of each source."""

    matcher: Matcher = NO_MATCHER
    brands: Mapping[int, int] = field(default_factory=dict)
    sources: Mapping[int, int] = field(default_factory=dict)

    def of(self, reading: Reading, *, encoder: str, source_id: int) -> list[tuple[int, float]]:
        """Return the topics of a text with their scores, the best first."""
        if reading.embedding is None or not self.matcher.names or encoder != self.matcher.encoder:
            return []
        return self.of_many(reading.embedding[None], [source_id])[0]

    def of_many(self, embeddings: Numbers, source_ids: Sequence[int]) -> list[list[tuple[int, float]]]:
        """Return the topics of each of many texts."""
        scores = self.matcher.scores(embeddings)
        return [self._matching(row, source_id) for row, source_id in zip(scores, source_ids, strict=True)]

    def _matching(self, scores: Numbers, source_id: int) -> list[tuple[int, float]]:
        found = [(int(self.matcher.names[i]), float(scores[i])) for i in np.argsort(-scores) if scores[i] >= MATCHES]
        return [(topic, score) for topic, score in found if self._is_meant(topic, source_id)]

    def _is_meant(self, topic: int, source_id: int) -> bool:
        """Say whether a topic is for the brand of this source; without a source every topic is."""
        return topic not in self.brands or source_id not in self.sources or self.brands[topic] == self.sources[source_id]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Examples:
    """Texts as embeddings [texts, numbers] with the topics [texts, topics] that each is an example of; ordinary posts have none."""

    topics: tuple[int, ...]
    embeddings: Numbers
    fits: NDArray[np.bool_]


def learn(examples: Examples) -> dict[int, Learnt]:
    """Return what is learnt for each topic that has enough examples."""
    enough = np.flatnonzero(examples.fits.sum(axis=0) >= LEAST)
    if not len(enough):
        return {}
    learnt = fit(examples.embeddings, examples.fits[:, enough], GOAL)
    return {examples.topics[i]: one for i, one in zip(enough, learnt, strict=True)}
