"""Days off out of an iCal file: every day that an event of whole days touches, its repetitions too. Nothing here does I/O.

A repetition that was taken out (EXDATE) or moved (RECURRENCE-ID) is none, and what was cancelled is nobody's day off. What a file says in
another zone than an event begins in (the end of its repetitions is always told in UTC) is the day that it is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta, tzinfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event
from icalendar.prop import vBroken

from amends.core.errors import Refused
from amends.core.translating import _

MOST_BYTES = 1_000_000
MOST_DAYS = 2_000
LONGEST_EVENT = 366
MOST_REPETITIONS = 50_000
YEARS = 5
CYCLE = 400
"""After so many years the days come again on the same weekdays."""
DAY, NOTHING = timedelta(days=1), timedelta(0)
WITHIN_A_DAY = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
Moved = frozenset[tuple[str, date]]
"""The repetitions that an event of their own stands for: the series' name, and the day they would have been."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """The days off that a file names from a day on, and how many of its events are no whole days and were passed over."""

    days: frozenset[date]
    passed_over: int


def days_of(content: bytes, *, since: date) -> Imported:
    """Return the days off of a file, as far as they lie within five years from `since`; `Refused` where it is no calendar, or too long."""
    if len(content) > MOST_BYTES:
        raise Refused(_("This file is too large for a calendar of days off."))
    try:
        events = _events(content)
        _check_days(events)
        moved = frozenset((str(event.get("UID")), day) for event in events for day in _dates(event, "RECURRENCE-ID"))
        found = [list(_days(event, since, moved)) for event in events if str(event.get("STATUS")).upper() != "CANCELLED"]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Refused(_("This is no iCal file; export the calendar of days off as .ics.")) from error
    days = frozenset(day for days in found for day in days)
    if len(days) > MOST_DAYS:
        raise Refused(_("At most %(most)s days off.") % {"most": MOST_DAYS})
    return Imported(days=days, passed_over=sum(_first(event) is None for event in events))


def _events(content: bytes) -> list[Event]:
    """Return the events of a file, which may hold several calendars; `ValueError` where it holds none."""
    found = Calendar.from_ical(content, multiple=True)
    if not found:
        raise ValueError(content[:40])
    return [event for one in found for event in one.walk("VEVENT") if isinstance(event, Event)]


def _check_days(events: Sequence[Event]) -> None:
    """Raise `Refused` with the day of an event that is none (29 February of most years): nothing is taken in without it."""
    for day in (event.get(name) for event in events for name in ("DTSTART", "DTEND")):
        if isinstance(day, vBroken):
            raise Refused(_("“%(text)s” is no day; write it as 2026-03-31.") % {"text": str(day)})


def _first(event: Event) -> date | None:
    """Return the first day of an event of whole days, as which some programs write one from midnight to midnight; None for any other.

    What comes again within a day is no whole days, and some such rules would be looked through for ever.
    """
    begin, length = _moment(event, "DTSTART"), _length(event)
    rule = event.get("RRULE")
    if rule is not None and WITHIN_A_DAY.intersection(rule.get("FREQ", [])):
        return None
    if not isinstance(begin, datetime):
        return begin
    return begin.date() if begin.time() == time.min and length and length > length % DAY == NOTHING else None


def _moment(event: Event, name: str) -> date | None:
    found = getattr(event.get(name), "dt", None)
    return found if isinstance(found, date) else None


def _zone(event: Event) -> tzinfo | None:
    begin = _moment(event, "DTSTART")
    return begin.tzinfo if isinstance(begin, datetime) else None


def _length(event: Event) -> timedelta | None:
    """Return how long an event is on the clock of its zone, where it says so."""
    begin, end, length = _moment(event, "DTSTART"), _moment(event, "DTEND"), getattr(event.get("DURATION"), "dt", None)
    if begin is None or end is None:
        return length if isinstance(length, timedelta) else None
    return _local(end, _zone(event)) - _local(begin, _zone(event))


def _dates(event: Event, name: str) -> Iterator[date]:
    """Yield the days of a property that may be there several times, with several moments each."""
    given = event.get(name)
    for one in given if isinstance(given, list) else [given]:
        for moment in getattr(one, "dts", [one]):
            found = getattr(moment, "dt", None)
            if isinstance(found, date):
                yield _local(found, _zone(event)).date()


def _days(event: Event, since: date, moved: Moved) -> Iterator[date]:
    first = _first(event)
    if first is None:
        return
    for begin in _begins(event, first, since, moved):
        days = (begin + n * DAY for n in range(_whole_days(event)))
        yield from (day for day in days if since <= day <= since + YEARS * 366 * DAY)


def _whole_days(event: Event) -> int:
    """Return how many days an event takes."""
    return min(max((_length(event) or DAY).days, 1), LONGEST_EVENT)


def _begins(event: Event, first: date, since: date, moved: Moved) -> Iterator[date]:
    """Yield the first days of an event and of its repetitions."""
    gone = set(_dates(event, "EXDATE"))
    if event.get("RECURRENCE-ID") is None:
        gone |= {day for name, day in moved if name == str(event.get("UID"))}
    for begin in (*_repeated(event, first, since), *_dates(event, "RDATE")):
        if begin not in gone:
            yield begin


def _repeated(event: Event, first: date, since: date) -> Iterator[date]:
    rule = event.get("RRULE")
    if rule is None:
        yield first
        return
    begin, until = datetime.combine(first, time.min), datetime.combine(since, time.min) + YEARS * 366 * DAY
    text = ";".join(part for part in rule.to_ical().decode().split(";") if not part.startswith("UNTIL="))
    last = min([until, *(_local(moment, _zone(event)) for moment in rule.get("UNTIL", [])[:1])])
    for n, moment in enumerate(_moments(text, begin, last)):
        if n > MOST_REPETITIONS:
            raise Refused(_("At most %(most)s days off.") % {"most": MOST_DAYS})
        yield moment.date()


def _moments(text: str, begin: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the moments of a rule up to the last one.

    For a rule that never comes dateutil searches up to the year 9999: the later it begins, the sooner that is over.
    """
    if begin > last:
        return
    ahead = (MAXYEAR - last.year) // CYCLE * CYCLE
    for moment in rrulestr(text, dtstart=begin.replace(year=begin.year + ahead)):
        if moment.replace(year=moment.year - ahead) > last:
            return
        yield moment.replace(year=moment.year - ahead)


def _local(moment: date, zone: tzinfo | None) -> datetime:
    """Return a moment, or the midnight of a day, on the clock of a zone."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min)
    return (moment.astimezone(zone) if zone and moment.tzinfo else moment).replace(tzinfo=None)
