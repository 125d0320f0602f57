"""The numbers of a span from columns of facts: counts, medians, outcomes, slots and groups. Pure, and exact.

Place in the path: `store.fact_slices` -> `columns` -> here -> the pages of numbers, reports, the badge of answer times.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.inbox.rules.columns import MOODS, NONE, OUTCOMES, PROMISES, WAITS, Column, Columns, Mask
from amends.inbox.rules.figures import Figure
from amends.inbox.rules.spans import Period
from amends.inbox.rules.survival import Lengths, lengths

EDGES = (300, 900, 3_600, 4 * 3_600, 86_400, 3 * 86_400, 7 * 86_400)
"""Where the bins of a distribution end, in seconds; the last one has no end."""
PUBLISHED = (
    *(Column.AT, Column.NUMBER, Column.MOOD, Column.FIRST_ANSWER, Column.ENDING, Column.FORGOTTEN, Column.PROMISE),
    Column.NEXT_ANSWER,
)
RESOLVED = (Column.AT, Column.ENDING, Column.FORGOTTEN, Column.AFTER_7, Column.AFTER_30, Column.CSAT)
CONTENT_FROM = 4
"""Points of five from which a customer counts as content."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Seconds; None where so many have not come that far yet."""

    median: int | None
    p90: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ages:
    """For how many seconds those had waited that were not resolved when a span ended; None where nobody was."""

    median: int | None
    oldest: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcomes:
    """What the follow-ups of the resolutions found."""

    held: int
    relapsed: int
    silent: int
    unknown: int

    @property
    def concluded(self) -> int:
        """Of how many it is known, or known that it cannot be."""
        return self.held + self.relapsed + self.silent + self.unknown

    @property
    def share(self) -> float | None:
        """Which share of them held; None where none is concluded."""
        return self.held / self.concluded if self.concluded else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """The numbers of one span. `first` and `ending` are estimates of Kaplan and Meier: who still waits is watched until now."""

    begun: int
    answered: int
    unanswered: int
    ended: int
    unended: int
    reopened: int
    negative: int
    neutral: int
    positive: int
    kept: int
    broken: int
    next_answered: int
    next_waiting: int
    resolved: int
    rated: int
    content: int
    after_7: Outcomes
    after_30: Outcomes
    first: Times
    next: Times
    ending: Times


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one span: episodes `begun` in it, and those that left the backlog in it, `resolved` or forgotten."""

    begun: Columns
    resolved: Columns

    def between(self, period: Period) -> "Facts":
        """Return the facts of a part of the span."""
        since, until = period.since, period.until
        return Facts(self.begun.between(since, until), self.resolved.between(since, until))


_BEGUN: Mapping[Figure, Callable[[Facts], Mask]] = {
    Figure.BEGUN: lambda facts: np.ones(len(facts.begun), dtype=bool),
    Figure.ANSWERED: lambda facts: facts.begun[Column.FIRST_ANSWER] != NONE,
    Figure.UNANSWERED: lambda facts: facts.begun[Column.FIRST_ANSWER] == NONE,
    Figure.ENDED: lambda facts: facts.begun[Column.ENDING] != NONE,
    Figure.UNENDED: lambda facts: facts.begun[Column.ENDING] == NONE,
    Figure.REOPENED: lambda facts: facts.begun[Column.NUMBER] > 1,
    Figure.NEGATIVE: lambda facts: facts.begun[Column.MOOD] == MOODS["negative"],
    Figure.NEUTRAL: lambda facts: facts.begun[Column.MOOD] == MOODS["neutral"],
    Figure.POSITIVE: lambda facts: facts.begun[Column.MOOD] == MOODS["positive"],
    Figure.KEPT: lambda facts: facts.begun[Column.PROMISE] == PROMISES["kept"],
    Figure.BROKEN: lambda facts: facts.begun[Column.PROMISE] == PROMISES["broken"],
    Figure.NEXT_ANSWERED: lambda facts: facts.begun[Column.NEXT_ANSWER] >= 0,
    Figure.NEXT_WAITING: lambda facts: facts.begun[Column.NEXT_ANSWER] == WAITS,
}
_RESOLVED: Mapping[Figure, Callable[[Facts], Mask]] = {
    Figure.RESOLVED: lambda facts: facts.resolved[Column.ENDING] != NONE,
    Figure.RATED: lambda facts: facts.resolved[Column.CSAT] > 0,
    Figure.CONTENT: lambda facts: facts.resolved[Column.CSAT] >= CONTENT_FROM,
}
_COUNTED: Mapping[Figure, Callable[[Facts], Mask]] = {**_BEGUN, **_RESOLVED}


def count(facts: Facts, figure: Figure) -> int:
    """Return one figure."""
    return int(np.count_nonzero(_COUNTED[figure](facts)))


def measure(facts: Facts, now: int) -> Measures:
    """Return the numbers of these facts; `now` is in seconds, as columns have it."""
    begun, resolved = facts.begun, facts.resolved
    return Measures(
        **{figure.value: count(facts, figure) for figure in _COUNTED},
        after_7=outcomes(resolved[Column.AFTER_7]),
        after_30=outcomes(resolved[Column.AFTER_30]),
        first=times(first_answers(begun, now)),
        next=times(next_answers(begun[Column.NEXT_ANSWER])),
        ending=times(endings(begun, now)),
    )


def counted(found: Measures) -> dict[Figure, int]:
    """Return the numbers by figure."""
    plain = {figure: int(getattr(found, figure.value)) for figure in _COUNTED}
    looks = {"7": found.after_7, "30": found.after_30}
    outcome = {Figure(f"{name}_{days}"): int(getattr(look, name)) for days, look in looks.items() for name in OUTCOMES}
    return plain | outcome


def outcomes(codes: NDArray[np.integer]) -> Outcomes:
    """Return how many of each outcome there are."""
    counted = np.bincount(codes, minlength=len(OUTCOMES) + 1)
    return Outcomes(**{name: int(counted[code]) for name, code in OUTCOMES.items()})


def first_answers(begun: Columns, now: int) -> Lengths:
    """Return how long first answers took: who is resolved or forgotten without one never gets one, all others are watched until now."""
    first = begun[Column.FIRST_ANSWER]
    waiting = (first == NONE) & goes_on(begun)
    return lengths(first[first != NONE], _watched(begun, waiting, now), len(begun))


def next_answers(column: NDArray[np.integer]) -> Lengths:
    """Return how long the longest later answer took, where one was called for; who waits for one now stays in the denominator."""
    return lengths(column[column >= 0], np.empty(0, dtype=np.int64), int(np.count_nonzero(column != NONE)))


def endings(begun: Columns, now: int) -> Lengths:
    """Return how long it took until episodes were resolved, those that go on watched until now; who was forgotten is never resolved."""
    ending = begun[Column.ENDING]
    return lengths(ending[ending != NONE], _watched(begun, goes_on(begun), now), len(begun))


def goes_on(begun: Columns) -> Mask:
    """Return which episodes may still be answered and resolved."""
    return (begun[Column.ENDING] == NONE) & (begun[Column.FORGOTTEN] == NONE)


def _watched(begun: Columns, mask: Mask, now: int) -> NDArray[np.integer]:
    return np.maximum(0, now - begun[Column.AT][mask])


def times(found: Lengths) -> Times:
    """Return the median and the p90 of lengths."""
    return Times(median=found.after(0.5), p90=found.after(0.9))


def ages(waiting: Columns, resolved: Columns, until: int, now: int) -> Ages:
    """Return for how long the backlog had waited at `until`: those that wait `now` still, and those that were `resolved` since."""
    lasted = np.maximum(resolved[Column.ENDING], resolved[Column.FORGOTTEN])
    began = np.concatenate([waiting[Column.AT], resolved[Column.AT] - lasted])
    found = np.maximum(0, min(until, now) - began[began < until])
    if not len(found):
        return Ages(median=None, oldest=None)
    middle = (len(found) - 1) // 2
    return Ages(median=int(np.partition(found, middle)[middle]), oldest=int(found.max()))


def distribution(column: NDArray[np.integer]) -> list[int]:
    """Return how many lengths lie in each bin: below each of `EDGES`, then beyond the last; those there are not in none."""
    there = column[column >= 0]
    counted = np.bincount(np.searchsorted(np.array(EDGES), there, side="right"), minlength=len(EDGES) + 1)
    return [int(n) for n in counted]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """The numbers of one slot of a chart; `backlog` is how many waited when it ended."""

    period: Period
    begun: int
    resolved: int
    negative: int
    neutral: int
    positive: int
    first_median: int | None
    backlog: int


def series(facts: Facts, parts: Sequence[Period], *, backlog: int, now: int) -> list[Slot]:
    """Return the slots of a chart, in order; `backlog` is how many waited when the first one begins."""
    found: list[Slot] = []
    for part in parts:
        within = facts.between(part)
        backlog += len(within.begun) - len(within.resolved)
        found.append(
            Slot(
                period=part,
                begun=len(within.begun),
                resolved=count(within, Figure.RESOLVED),
                negative=count(within, Figure.NEGATIVE),
                neutral=count(within, Figure.NEUTRAL),
                positive=count(within, Figure.POSITIVE),
                first_median=first_answers(within.begun, now).after(0.5),
                backlog=backlog,
            )
        )
    return found
