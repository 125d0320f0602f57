"""Working hours, counted another way than the product does: every half hour of the years is asked what the clock on the wall reads."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.working_hours import Span

HALF = timedelta(minutes=30)
FIRST = datetime(2027, 11, 1, tzinfo=UTC)
SLOTS = 3 * 365 * 48
# The public holidays of Germany in 2028 and on the day after it, as a calendar on the wall has them; Easter is the 16th of April.
HOLIDAYS = frozenset(
    date(2028, month, day) for month, day in ((1, 1), (4, 14), (4, 17), (5, 1), (5, 25), (6, 5), (10, 3), (12, 25), (12, 26))
) | {date(2029, 1, 1)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """The hours of each weekday (from Monday, 0) in a zone, by the half hour, and the days on which nobody works."""

    zone: str
    hours: Mapping[int, Sequence[tuple[float, float]]]
    regions: tuple[str, ...] = ()
    off: frozenset[date] = frozenset()

    @property
    def calendar(self) -> Calendar:
        """The week as the product has it."""
        spans = [(day, int(60 * begin), int(60 * end)) for day, hours in self.hours.items() for begin, end in hours]
        return Calendar(
            zone=self.zone,
            spans=tuple(Span(day=day, begins=begins, ends=ends) for day, begins, ends in spans),
            regions=self.regions,
            days_off=self.off,
        )


class Worked:
    """How much is worked up to each half hour."""

    def __init__(self, week: Week) -> None:
        self._week = week

    @cached_property
    def works(self) -> list[bool]:
        """Whether each half hour is worked; found at the first question, since to collect the tests asks none."""
        week = self._week
        zone, off = ZoneInfo(week.zone), week.off | (HOLIDAYS if week.regions else frozenset())
        return [_works(week, off, (FIRST + n * HALF).astimezone(zone)) for n in range(SLOTS)]

    @cached_property
    def so_far(self) -> list[int]:
        """How many half hours are worked before each."""
        return [0, *accumulate(self.works)]

    def upto(self, at: datetime) -> timedelta:
        """Return how much is worked from the first half hour to `at`."""
        slot = (at - FIRST) // HALF
        within = at - FIRST - slot * HALF
        return self.so_far[slot] * HALF + (within if self.works[slot] else timedelta(0))

    def between(self, begin: datetime, end: datetime) -> timedelta:
        """Return how much is worked between two moments."""
        return max(self.upto(end) - self.upto(begin), timedelta(0))

    def after(self, begin: datetime, length: timedelta) -> datetime:
        """Return when so much has been worked since `begin`."""
        wanted = self.upto(begin) + length
        slot = bisect_left(self.so_far, -(-wanted // HALF)) - 1
        return FIRST + slot * HALF + (wanted - self.so_far[slot] * HALF)


def _works(week: Week, off: frozenset[date], local: datetime) -> bool:
    hour = local.hour + local.minute / 60
    return local.date() not in off and any(begin <= hour < end for begin, end in week.hours.get(local.weekday(), ()))
