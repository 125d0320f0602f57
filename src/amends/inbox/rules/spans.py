"""Spans of time in a zone: what a page of numbers looks at, the span before, and the slots of its charts. Pure.

A day is a day of the zone, which daylight saving makes 23 or 25 hours long; an hour is sixty minutes, begun on the zone's full hour. A day
that a zone left out as it changed sides of the date line (Samoa: 30 December 2011) is none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from amends.core.errors import Refused
from amends.core.translating import _

LONGEST = timedelta(days=366 * 6)
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
"""No span goes beyond these."""
_HOURS_UP_TO = timedelta(days=2, hours=2)
_DAYS_UP_TO = timedelta(days=93)
_WEEKS_UP_TO = timedelta(days=400)
_A_DAY, _MOST_OF_A_DAY, _NOTHING = timedelta(days=1), timedelta(hours=18), timedelta(0)


class Span(StrEnum):
    """How far back from now a page of numbers looks."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "365d"

    @property
    def length(self) -> timedelta:
        """How long that is."""
        return timedelta(days=_DAYS[self])


class Width(StrEnum):
    """How wide the slots of a chart are."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_DAYS = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 30, Span.QUARTER: 90, Span.YEAR: 365}


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From `since` (included) to `until` (not included)."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.until - self.since


def whole_second(at: datetime) -> datetime:
    """Return the second that a moment lies in: numbers are asked for in whole seconds."""
    return at.replace(microsecond=0)


def period_of(span: Span, now: datetime) -> Period:
    """Return the period of that length that ends now."""
    return Period(since=now - timedelta(days=_DAYS[span]), until=now)


def period_between(first: date, last: date, zone: ZoneInfo) -> Period:
    """Return the period from one day's morning to another's night; `Refused` where it is empty, endless or no day.

    Either may be a moment instead, the last not included; without an offset it is one of the zone.
    """
    found = Period(since=_begins(first, zone), until=_ends(last, zone))
    if found.since >= found.until:
        raise Refused(_why_empty(first, last, zone))
    if found.length > LONGEST:
        raise Refused(_("A span is at most six years long."))
    return found


def _begins(at: date, zone: ZoneInfo) -> datetime:
    day = at.date() if isinstance(at, datetime) else at
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(_("A span lies between the years %(first)s and %(last)s.") % {"first": FIRST_DAY.year, "last": LAST_DAY.year})
    if isinstance(at, datetime):
        return whole_second(at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    return midnight(at, zone)


def _ends(at: date, zone: ZoneInfo) -> datetime:
    begins = _begins(at, zone)
    return begins if isinstance(at, datetime) else midnight(at + _A_DAY, zone)


def _why_empty(first: date, last: date, zone: ZoneInfo) -> str:
    if isinstance(first, datetime) or isinstance(last, datetime):
        return _("The span ends before it begins.")
    if last < first:
        return _("The last day lies before the first.")
    return _("%(zone)s left this day out: it changed sides of the date line.") % {"zone": zone.key}


def before(period: Period, zone: ZoneInfo) -> Period:
    """Return the span before: as many days of the zone where the period is of whole days, else as many seconds."""
    first, last = period.since.astimezone(zone).date(), period.until.astimezone(zone).date()
    if period.since == midnight(first, zone) and period.until == midnight(last, zone):
        return Period(since=_days_back(first, _days_between(first, last, zone), zone), until=period.since)
    return Period(since=period.since - period.length, until=period.since)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day of the zone begins; where daylight saving takes that moment away, when the next one is."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _days_between(first: date, last: date, zone: ZoneInfo) -> timedelta:
    """Return how many days of the zone there are from the morning of one to that of another."""
    return last - first - _A_DAY * _leaves_out(midnight(first, zone), midnight(last, zone), zone)


def _days_back(day: date, days: timedelta, zone: ZoneInfo) -> datetime:
    """Return the morning so many days of the zone before that of a day."""
    since, begins = midnight(day - days, zone), midnight(day, zone)
    return midnight(day - days - _A_DAY, zone) if since == begins or _leaves_out(since, begins, zone) else since


def _leaves_out(since: datetime, until: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a day is left out between two moments: the clock of the zone is put on by most of a day."""
    put_on = (until.astimezone(zone).utcoffset() or _NOTHING) - (since.astimezone(zone).utcoffset() or _NOTHING)
    return put_on > _MOST_OF_A_DAY


def width_of(period: Period) -> Width:
    """Return how wide the slots of a chart of the period are."""
    if period.length <= _HOURS_UP_TO:
        return Width.HOUR
    if period.length <= _DAYS_UP_TO:
        return Width.DAY
    return Width.WEEK if period.length <= _WEEKS_UP_TO else Width.MONTH


def slots(period: Period, zone: ZoneInfo) -> list[Period]:
    """Return the period in slots, in order; the first and the last are cut where the period is."""
    width = width_of(period)
    edges = [period.since]
    at = _following(width, _floor(width, period.since.astimezone(zone)), zone)
    while at < period.until:
        if at > edges[-1]:
            edges.append(at)
        at = _following(width, at.astimezone(zone), zone)
    return [Period(since=since, until=until) for since, until in zip(edges, [*edges[1:], period.until], strict=True)]


def _floor(width: Width, local: datetime) -> datetime:
    """Return when the slot begins that a moment lies in."""
    if width is Width.HOUR:
        return local - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return datetime.combine(_FIRST_DAYS[width](local.date()), time(), local.tzinfo)


def _following(width: Width, local: datetime, zone: ZoneInfo) -> datetime:
    """Return when the next slot begins, in UTC."""
    if width is Width.HOUR:
        return local.astimezone(UTC) + timedelta(hours=1)
    return midnight(_NEXT_DAYS[width](local.date()), zone)


_FIRST_DAYS: Mapping[Width, Callable[[date], date]] = {
    Width.DAY: lambda day: day,
    Width.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Width.MONTH: lambda day: day.replace(day=1),
}
_NEXT_DAYS: Mapping[Width, Callable[[date], date]] = {
    Width.DAY: lambda day: day + _A_DAY,
    Width.WEEK: lambda day: day + timedelta(days=7 - day.weekday()),
    Width.MONTH: lambda day: (day.replace(day=1) + timedelta(days=32)).replace(day=1),
}
