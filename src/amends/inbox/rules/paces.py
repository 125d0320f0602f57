"""How fast it went, step by step and in business time: published, seen, triaged, answered, resolved. Pure, and exact.

Place in the path: `store.numbers` -> here -> the page of numbers, REST, reports. Business time counts by the calendar of the policy that
the clock ran under, else by that of the desk; an episode that no calendar counts for is in none of its figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from amends.inbox.rules.business_time import Calendar, stretches
from amends.inbox.rules.columns import NONE, Column, Columns, Mask, moment, seconds
from amends.inbox.rules.measuring import Times, next_answers, times
from amends.inbox.rules.survival import Lengths, lengths

PACED = (
    *(Column.SEEN, Column.TRIAGED, Column.HANDLED, Column.FIRST_BUSINESS, Column.NEXT_BUSINESS, Column.ENDING_BUSINESS),
    *(Column.FIRST_CALENDAR, Column.ENDING_CALENDAR),
)
"""The columns that paces are counted from, beside those of the measures."""
Calendars = Mapping[int, Calendar]
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


def paces(begun: Columns, now: int, calendars: Calendars) -> Paces:
    """Return how fast it went; who still waits is watched until `now`, in seconds as columns have it."""
    return Paces(
        seen=times(lengths(begun[Column.SEEN], _NOBODY, len(begun))),
        triaged=times(lengths(begun[Column.TRIAGED], _NOBODY, len(begun))),
        handled=times(_handled(begun, now)),
        first_business=times(_business(begun, now, calendars, _FIRST)),
        next_business=times(next_answers(begun[Column.NEXT_BUSINESS])),
        ending_business=times(_business(begun, now, calendars, _ENDING)),
        counted=int(np.count_nonzero(begun[Column.FIRST_CALENDAR] != NONE)),
    )


def _handled(begun: Columns, now: int) -> Lengths:
    column = begun[Column.HANDLED]
    waiting = (column == NONE) & (begun[Column.ENDING] == NONE)
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


def _business(begun: Columns, now: int, calendars: Calendars, what: _Waited) -> Lengths:
    business, calendar = begun[what.business], begun[what.calendar]
    came = begun[what.wall] != NONE
    # What came before its calendar was chosen is left out until it is measured.
    counted = (calendar != NONE) & (~came | (business != NONE))
    waiting = counted & ~came & (begun[Column.ENDING] == NONE)
    return lengths(business[counted & came], _watched(begun, waiting, now, what.calendar, calendars), int(np.count_nonzero(counted)))


def _watched(begun: Columns, waiting: Mask, now: int, column: Column, calendars: Calendars) -> NDArray[np.int64]:
    """Return how much working time those that wait have waited for."""
    at, calendar = begun[Column.AT][waiting], begun[column][waiting]
    found = [worked(calendars[int(key)], at[calendar == key], now) for key in np.unique(calendar)]
    return np.concatenate([_NOBODY, *found])


def worked(calendar: Calendar, since: NDArray[np.integer], now: int) -> NDArray[np.int64]:
    """Return the working seconds from each of these moments until now, moments in seconds as columns have them."""
    if not len(since):
        return _NOBODY
    edges, so_far = _so_far(calendar, moment(int(since.min())), moment(now))
    upto = np.interp(np.append(since, now), edges, so_far)
    return np.maximum(0, np.rint(upto[-1] - upto[:-1])).astype(np.int64)


def _so_far(calendar: Calendar, start: datetime, end: datetime) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the moments at which working time begins and ends, and how much has passed at each; none is as if it never began."""
    found = [(seconds(lo), seconds(hi)) for lo, hi in stretches(calendar, start, end)] or [(seconds(end), seconds(end))]
    edges = np.array(found, dtype=np.int64)
    passed = np.cumsum(edges[:, 1] - edges[:, 0])
    return edges.ravel(), np.column_stack([passed - (edges[:, 1] - edges[:, 0]), passed]).ravel()
