"""Days off out of an iCal file: every day that an event of whole days touches, its yearly repetitions too. Nothing here does I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from amends.core.errors import Refused
from amends.core.translating import _

MOST_BYTES = 1_000_000
MOST_DAYS = 2_000
LONGEST_EVENT = 366
YEARS = 5


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
        events = [event for event in Calendar.from_ical(content).walk("VEVENT") if isinstance(event, Event)]
        found = [list(_days(event, since)) for event in events]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Refused(_("This is no iCal file; export the calendar of days off as .ics.")) from error
    days = frozenset(day for days in found for day in days)
    if len(days) > MOST_DAYS:
        raise Refused(_("At most %(most)s days off.") % {"most": MOST_DAYS})
    return Imported(days=days, passed_over=sum(_first(event) is None for event in events))


def _first(event: Event) -> date | None:
    """Return the first day of an event of whole days; None for one that has a time of day."""
    found = event.get("DTSTART")
    day = found.dt if found is not None else None
    return day if isinstance(day, date) and not isinstance(day, datetime) else None


def _days(event: Event, since: date) -> Iterator[date]:
    first = _first(event)
    if first is None:
        return
    end = event.get("DTEND")
    last = end.dt if end is not None and isinstance(end.dt, date) and not isinstance(end.dt, datetime) else first + timedelta(days=1)
    length = min(max((last - first).days, 1), LONGEST_EVENT)
    for begin in _begins(event, first, since):
        days = (begin + timedelta(days=n) for n in range(length))
        yield from (day for day in days if since <= day <= since + timedelta(days=YEARS * 366))


def _begins(event: Event, first: date, since: date) -> Iterator[date]:
    """Yield the first days of an event and of its repetitions."""
    rule = event.get("RRULE")
    if rule is None:
        yield first
        return
    begin, until = datetime.combine(first, time.min), datetime.combine(since, time.min) + timedelta(days=YEARS * 366)
    text = ";".join(part for part in rule.to_ical().decode().split(";") if not part.startswith("UNTIL="))
    last = next((moment for moment in rule.get("UNTIL", [])), None)
    for n, moment in enumerate(rrulestr(text, dtstart=begin)):
        if moment > until or n > MOST_DAYS * 10 or (last is not None and moment.date() > _day(last)):
            return
        yield moment.date()


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
