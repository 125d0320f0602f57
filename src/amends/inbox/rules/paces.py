"""How fast it went, step by step and in business time: published, seen, triaged, answered, resolved. Pure, and exact.

Place in the path: `store.numbers` -> here -> the page of numbers, REST, reports. Business time counts by the calendar of the policy that
the clock ran under, else by that of the desk; an episode that no calendar counts for is in none of its figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.inbox.rules.business_time import Calendar, stretches
from amends.inbox.rules.columns import NONE, Column, Columns, Mask, moment, seconds
from amends.inbox.rules.measuring import Times, goes_on, next_answers, times
from amends.inbox.rules.survival import Lengths, lengths

PACED = (
    *(Column.SEEN, Column.TRIAGED, Column.HANDLED, Column.FIRST_BUSINESS, Column.NEXT_BUSINESS, Column.ENDING_BUSINESS),
    *(Column.FIRST_CALENDAR, Column.ENDING_CALENDAR),
)
"""The columns that paces are counted from, beside those of the measures."""
_NOBODY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Paces:
    """From published to `seen`, on to `triaged`, on to answered (`handled`); in business time the first and next answer and the resolution.

    A calendar counts for `counted` of the episodes.
    """

    seen: Times
    triaged: Times
    handled: Times
    first_business: Times
    next_business: Times
    ending_business: Times
    counted: int


@dataclass(frozen=True, slots=True)
class Worktime:
    """How many seconds one calendar has worked at each of its `edges`, up to now: worked out once for any number of groups."""

    edges: NDArray[np.int64]
    so_far: NDArray[np.int64]

    def since(self, moments: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the working seconds from each of these moments until now."""
        passed = np.interp(moments, self.edges, self.so_far)
        return np.maximum(0, np.rint(self.so_far[-1] - passed)).astype(np.int64)


Worktimes = Mapping[int, Worktime]
"""By the version of each calendar that something is counted by."""


def worktimes(spans: Sequence[Columns], now: int, calendars: Mapping[int, Calendar]) -> Worktimes:
    """Return the working time of each calendar since the first of those that wait; moments in seconds as columns have them."""
    waiting = [int(at.min()) for begun in spans if len(at := begun[Column.AT][goes_on(begun)])]
    return {key: worktime(calendar, min(waiting, default=now), now) for key, calendar in calendars.items()}


def worktime(calendar: Calendar, since: int, now: int) -> Worktime:
    """Return the working time of a calendar between two moments."""
    # A stretch may go on behind now: it is cut there, and what lies behind is as if it never began.
    found = [(min(seconds(lo), now), min(seconds(hi), now)) for lo, hi in stretches(calendar, moment(since), moment(now))] or [(now, now)]
    edges = np.array(found, dtype=np.int64)
    passed = np.cumsum(edges[:, 1] - edges[:, 0])
    return Worktime(edges.ravel(), np.column_stack([passed - (edges[:, 1] - edges[:, 0]), passed]).ravel())


def paces(begun: Columns, now: int, calendars: Worktimes) -> Paces:
    """Return how fast it went; who still waits is watched until `now`, in seconds as columns have it."""
    return Paces(
        seen=times(lengths(begun[Column.SEEN], _NOBODY, len(begun))),
        triaged=times(lengths(begun[Column.TRIAGED], _NOBODY, len(begun))),
        handled=times(_handled(begun, now)),
        first_business=times(_business(begun, calendars, _FIRST)),
        next_business=times(next_answers(begun[Column.NEXT_BUSINESS])),
        ending_business=times(_business(begun, calendars, _ENDING)),
        counted=int(np.count_nonzero(begun[Column.FIRST_CALENDAR] != NONE)),
    )


def _handled(begun: Columns, now: int) -> Lengths:
    column = begun[Column.HANDLED]
    waiting = (column == NONE) & goes_on(begun)
    triaged = begun[Column.AT] + begun[Column.SEEN] + begun[Column.TRIAGED]
    return lengths(column[column != NONE], np.maximum(0, now - triaged[waiting]), len(begun))


@dataclass(frozen=True, slots=True)
class _Waited:
    """What is waited for: its length on the wall, in business time, and the calendar."""

    wall: Column
    business: Column
    calendar: Column


_FIRST = _Waited(Column.FIRST_ANSWER, Column.FIRST_BUSINESS, Column.FIRST_CALENDAR)
_ENDING = _Waited(Column.ENDING, Column.ENDING_BUSINESS, Column.ENDING_CALENDAR)


_BUSINESS: Mapping[Column, _Waited] = {one.business: one for one in (_FIRST, _ENDING)}
_CALLED_FOR = {Column.NEXT_ANSWER, Column.NEXT_BUSINESS}


def of_how_many(begun: Columns, column: Column) -> int:
    """Return of how many episodes a length is: those that a calendar counts for, or whose customer wrote again, where that is needed."""
    if column in _CALLED_FOR:
        return int(np.count_nonzero(begun[column] != NONE))
    return int(np.count_nonzero(_counted(begun, _BUSINESS[column]))) if column in _BUSINESS else len(begun)


def _business(begun: Columns, calendars: Worktimes, what: _Waited) -> Lengths:
    business, came, counted = begun[what.business], begun[what.wall] != NONE, _counted(begun, what)
    waiting = counted & ~came & goes_on(begun)
    watched = _watched(begun, waiting, what.calendar, calendars)
    return lengths(business[counted & came], watched, int(np.count_nonzero(counted)))


def _counted(begun: Columns, what: _Waited) -> Mask:
    """Return which episodes a calendar counts for; what came before its calendar was chosen is left out until it is measured."""
    return (begun[what.calendar] != NONE) & ((begun[what.wall] == NONE) | (begun[what.business] != NONE))


def _watched(begun: Columns, waiting: Mask, column: Column, calendars: Worktimes) -> NDArray[np.int64]:
    """Return how much working time those that wait have waited for."""
    at, calendar = begun[Column.AT][waiting], begun[column][waiting]
    found = [calendars[int(key)].since(at[calendar == key]) for key in np.unique(calendar)]
    return np.concatenate([_NOBODY, *found])
