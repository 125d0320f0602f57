"""The facts of many episodes as columns of numbers, and which of them a query leaves. Nothing here does I/O.

Place in the path: `store.fact_slices` -> `strips` -> here -> `measuring`. A moment is in whole seconds since 2000, a length in whole
seconds.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer]
Mask = NDArray[np.bool_]
NONE = -1
"""Stands for a length, or a calendar, that there is not."""
WAITS = -2
"""Stands for a later answer that is waited for now."""
FEW = 16
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class Axis(StrEnum):
    """What puts an episode into a span: when its first post was published, when it was resolved; `open`: published, and open still."""

    PUBLISHED = "published"
    RESOLVED = "resolved"
    OPEN = "open"


class Column(StrEnum):
    """One column; the topics are columns of their own length, a pair of an episode and a topic each."""

    AT = "at"
    EPISODE = "episode"
    CASE = "case"
    NUMBER = "number"
    BRAND = "brand"
    SOURCE = "source"
    NETWORK = "network"
    TEAM = "team"
    AGENT = "agent"
    LANGUAGE = "language"
    MOOD = "mood"
    FIRST_ANSWER = "first_answer"
    ENDING = "ending"
    FORGOTTEN = "forgotten"
    SEEN = "seen"
    TRIAGED = "triaged"
    AFTER_7 = "after_7"
    AFTER_30 = "after_30"
    PROMISE = "promise"
    NEXT_ANSWER = "next_answer"
    CSAT = "csat"
    HANDLED = "handled"
    FIRST_BUSINESS = "first_business"
    NEXT_BUSINESS = "next_business"
    ENDING_BUSINESS = "ending_business"
    FIRST_CALENDAR = "first_calendar"
    ENDING_CALENDAR = "ending_calendar"
    TOPIC_EPISODE = "topic_episode"
    TOPIC = "topic"


_EIGHT = {Column.EPISODE, Column.CASE, Column.TOPIC_EPISODE}
_TWO = {Column.NETWORK, Column.LANGUAGE}
_ONE = {Column.NUMBER, Column.MOOD, Column.AFTER_7, Column.AFTER_30, Column.PROMISE, Column.CSAT}
MOODS = {"negative": 1, "neutral": 2, "positive": 3}
PROMISES = {"kept": 1, "broken": 2}
OUTCOMES = {"held": 1, "relapsed": 2, "silent": 3, "unknown": 4}
"""What stands for a mood, a promise, and what a follow-up found; 0 for nothing."""
_PAIRS = (Column.TOPIC_EPISODE, Column.TOPIC)


def seconds(at: datetime) -> int:
    """Return a moment as whole seconds since 2000."""
    return (at - _EPOCH) // _SECOND


def moment(at: int) -> datetime:
    """Return the moment of so many seconds since 2000."""
    return _EPOCH + at * _SECOND


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of the same episodes in the same order; `at` is when each is on the axis."""

    held: Mapping[Column, Numbers]

    def __getitem__(self, column: Column) -> Numbers:
        """Return one column."""
        return self.held[column]

    def __len__(self) -> int:
        """Return how many episodes there are."""
        return len(self.held[Column.AT])

    def only(self, mask: Mask) -> "Columns":
        """Return those episodes alone. The topics' pairs stay: they name their episodes."""
        those = np.flatnonzero(mask)
        return Columns({column: found if column in _PAIRS else found[those] for column, found in self.held.items()})

    def of_topic(self, ids: list[int]) -> Mask:
        """Return which episodes are about one of these topics."""
        about = self.held[Column.TOPIC_EPISODE][one_of(self.held[Column.TOPIC], ids)]
        return np.isin(self.held[Column.EPISODE], about)

    def of_no_topic(self) -> Mask:
        """Return which episodes are about no topic."""
        return ~np.isin(self.held[Column.EPISODE], self.held[Column.TOPIC_EPISODE])

    def between(self, since: datetime, until: datetime) -> "Columns":
        """Return the episodes of a span of whole seconds, `until` not included."""
        at = self.held[Column.AT]
        if len(at) and at[0] >= seconds(since) and at[-1] < seconds(until):
            return self
        begin, end = np.searchsorted(at, [seconds(since), seconds(until)])
        return Columns({column: found if column in _PAIRS else found[begin:end] for column, found in self.held.items()})


def unpacked(column: Column, text: bytes) -> Numbers:
    """Return the numbers that a string of a column holds."""
    width = width_of(column)
    return np.frombuffer(text, dtype=np.uint8) if width == 1 else np.frombuffer(text, dtype=f">i{width}").astype(f"=i{width}")


def width_of(column: Column) -> int:
    """Return how many bytes a number of a column takes."""
    if column in _ONE:
        return 1
    return 8 if column in _EIGHT else 2 if column in _TWO else 4


def one_of(column: Numbers, wanted: Collection[int]) -> Mask:
    """Return which numbers are one of `wanted`. Few are looked for one by one, which is fifty times as fast."""
    if len(wanted) > FEW:
        return np.isin(column, list(wanted))
    return reduce(np.logical_or, (column == one for one in wanted), np.zeros(len(column), dtype=bool))
