"""Business time: how much working time lies between two moments, and when so much of it will have passed.

A moment is working time where the clock on the wall of the calendar's zone reads a time of the week's spans, on no day off. So an hour
that summer time leaves out is no working time, and one that comes twice is worked twice. Pure arithmetic: no loop is longer than the days
between two moments, and none looks further ahead than `FAR` days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.days_off import public_holidays
from amends.inbox.rules.working_hours import Span, zone_of, zone_or_utc

FAR = 10 * 366
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
THURSDAY = 3
"""The weekday of the epoch."""


class NoWorkingTime(Refused):
    """This calendar has no working hours, or far too few."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """A week of working hours in a zone, without public holidays of `regions` and without `days_off`."""

    zone: str = "UTC"
    spans: tuple[Span, ...] = ()
    regions: tuple[str, ...] = ()
    days_off: frozenset[date] = frozenset()

    def is_off(self, day: date) -> bool:
        """Tell whether nobody works on a day, whatever weekday it is."""
        return day in self.days_off or any(day in public_holidays(region, day.year) for region in self.regions)


def checked(calendar: Calendar, now: datetime) -> Calendar:
    """Return the calendar; `NoWorkingTime` where nobody works in all the year from `now` on, `Refused` where its zone is none."""
    zone_of(calendar.zone)
    if not between(calendar, now, now + timedelta(days=366)):
        raise NoWorkingTime(_("This calendar has no working hour in the next year: give a weekday its hours, or take days off away."))
    return calendar


def after(calendar: Calendar, start: datetime, length: timedelta) -> datetime:
    """Return the first moment at which `length` of business time has passed since `start`; `NoWorkingTime` where that is too far away."""
    left, begin = length // TICK, _ticks(start)
    if left <= 0:
        return start
    worked, first = _worked(calendar), begin // DAY
    for day in range(first, first + FAR):
        for lo, hi in worked.of(day):
            passed = hi - max(lo, begin)
            if passed >= left:
                return EPOCH + TICK * (max(lo, begin) + left)
            left -= max(passed, 0)
    raise NoWorkingTime(_("This calendar has too few working hours: so much time does not pass in ten years."))


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the business time from `start` to `end`; none where the end comes first."""
    lo, hi = _ticks(start), _ticks(end)
    worked = _worked(calendar)
    whole = sum(worked.sum(day) for day in range(lo // DAY + 1, hi // DAY))
    edges = {lo // DAY, hi // DAY} if lo < hi else set[int]()
    part = sum(max(0, min(stop, hi) - max(begin, lo)) for day in edges for begin, stop in worked.of(day))
    return TICK * (whole + part)


def stretches(calendar: Calendar, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the stretches of working time of the days of UTC from that of `start` to that of `end`, in order and apart."""
    worked = _worked(calendar)
    days = range(_ticks(start) // DAY, _ticks(end) // DAY + 1)
    return [(EPOCH + TICK * lo, EPOCH + TICK * hi) for day in days for lo, hi in worked.of(day)]


def _ticks(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


@dataclass(kw_only=True, slots=True)
class _Worked:
    """The stretches of working time of each day of UTC, worked out once."""

    calendar: Calendar
    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    days: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict[int, tuple[tuple[int, int], ...]])
    sums: dict[int, int] = field(default_factory=dict[int, int])

    def of(self, day: int) -> tuple[tuple[int, int], ...]:
        """Return the stretches of a day of UTC, in order and apart."""
        found = self.days.get(day)
        if found is None:
            found = self.days[day] = tuple(sorted(self._stretches(day)))
        return found

    def sum(self, day: int) -> int:
        """Return how long is worked on a day of UTC."""
        found = self.sums.get(day)
        if found is None:
            found = self.sums[day] = sum(hi - lo for lo, hi in self.of(day))
        return found

    def _stretches(self, day: int) -> Iterator[tuple[int, int]]:
        for begin, end, offset in self._steady(day * DAY, (day + 1) * DAY):
            for here in range((begin + offset) // DAY, (end + offset - 1) // DAY + 1):
                for first, last in self._spans_on(here):
                    lo, hi = max(begin, first - offset), min(end, last - offset)
                    if lo < hi:
                        yield lo, hi

    def _spans_on(self, here: int) -> Iterator[tuple[int, int]]:
        """Yield the spans of a local day, on the local clock."""
        spans = self.week[(here + THURSDAY) % 7]
        if spans and not self.calendar.is_off((EPOCH + timedelta(days=here)).date()):
            yield from ((here * DAY + first, here * DAY + last) for first, last in spans)

    def _steady(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the stretches between `begin` and `end` in which the zone's offset stays the same, with the offset."""
        while begin < end:
            offset = self._offset(begin)
            change = end if self._offset(end - SECOND) == offset else self._change(begin, end - SECOND, offset)
            yield begin, change, offset
            begin = change

    def _change(self, lo: int, hi: int, offset: int) -> int:
        """Return the second at which the offset changes, which it has at `lo` and has not at `hi`."""
        while hi - lo > SECOND:
            middle = (lo + hi) // 2 // SECOND * SECOND
            lo, hi = (middle, hi) if self._offset(middle) == offset else (lo, middle)
        return hi

    def _offset(self, moment: int) -> int:
        return ((EPOCH + TICK * moment).astimezone(self.zone).utcoffset() or timedelta(0)) // TICK


@lru_cache(maxsize=64)
def _worked(calendar: Calendar) -> _Worked:
    week = tuple(
        tuple((span.begins * MINUTE, span.ends * MINUTE) for span in sorted(calendar.spans) if span.day == day) for day in range(7)
    )
    return _Worked(calendar=calendar, zone=zone_or_utc(calendar.zone), week=week)
