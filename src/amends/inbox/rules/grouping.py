"""The numbers by what episodes have in common: one group for each value of a column, each topic, each segment. Pure, and exact.

Place in the path: `store.numbers` -> `measuring`, `paces` -> here -> `actions.breakdown`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from amends.inbox.rules.columns import Column, Columns, Mask
from amends.inbox.rules.measuring import Facts, Measures, measure
from amends.inbox.rules.paces import Paces, Worktimes, paces


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The numbers of those that have one value of a dimension (0: none); of the span before only how many began."""

    key: int
    measures: Measures
    paces: Paces
    before: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouping:
    """What is taken apart: the facts of the span and of the one before, seen from `now` with the working time of each calendar."""

    facts: Facts
    before: Facts
    now: int
    worktimes: Worktimes

    def by_value(self, column: Column) -> list[Group]:
        """Return the numbers for each value of a column, the most begun first."""
        keys = {int(key) for side in (self.facts.begun, self.facts.resolved) for key in np.unique(side[column])}
        found = [self.of(key, lambda side, key=key: side[column] == key) for key in keys]
        return those_there(found)

    def by_topic(self, topics: Sequence[int]) -> list[Group]:
        """Return the numbers for each topic, and for what has none; an episode of two topics counts for both."""
        found = [self.of(topic, lambda side, topic=topic: side.of_topic([topic])) for topic in topics]
        return those_there([*found, self.of(0, Columns.of_no_topic)])

    def of(self, key: int, fits: Callable[[Columns], Mask]) -> Group:
        """Return the numbers of those that fit."""
        begun, resolved = self.facts.begun, self.facts.resolved
        within = Facts(begun.only(fits(begun)), resolved.only(fits(resolved)))
        return Group(
            key=key,
            measures=measure(within, self.now),
            paces=paces(within.begun, self.now, self.worktimes),
            before=int(np.count_nonzero(fits(self.before.begun))),
        )


def those_there(found: Sequence[Group]) -> list[Group]:
    """Return the groups that anything is in, the most begun first."""
    there = [group for group in found if group.measures.begun or group.measures.resolved or group.before]
    return sorted(there, key=lambda group: (-group.measures.begun, group.key))
