"""When a team works: spans of the week in its own time zone, and days off.

Place in the path: assigning asks whether a team is at work, and when it will be next. Nothing here does I/O.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from amends.core.errors import Refused
from amends.core.translating import N_, _

DAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
DAY = 24 * 60
FAR = 370
MOST_SPANS = 6
_NOBODYS = re.compile(r"(?:right|posix)/|posixrules$|localtime$|Factory$")
_SPAN = re.compile(r"(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?")  # noqa: RUF001 - people type the longer dash too


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Span:
    """A time of a weekday (0 is Monday), in minutes from its midnight; `ends` is the first minute that is not in it."""

    day: int
    begins: int
    ends: int

    def __str__(self) -> str:
        """Return the span as people write it."""
        return f"{wall_clock(self.begins)}-{wall_clock(self.ends)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """The week of a team. No span: around the clock, save on holidays."""

    zone: str = "UTC"
    spans: tuple[Span, ...] = ()
    holidays: frozenset[date] = frozenset()

    def at_work(self, now: datetime) -> bool:
        """Tell whether `now` is within the hours."""
        here = now.astimezone(zone_or_utc(self.zone))
        minute = here.hour * 60 + here.minute
        return here.date() not in self.holidays and any(
            span.day == here.weekday() and span.begins <= minute < span.ends for span in self._week
        )

    def next_opening(self, now: datetime) -> datetime | None:
        """Return the first moment from `now` on that is within the hours; None where there is none within a year."""
        if self.at_work(now):
            return now
        return next((begins for begins in self._openings(now) if begins > now), None)

    def of_day(self, day: int) -> str:
        """Return the spans of a weekday as people write them."""
        return ", ".join(str(span) for span in self.spans if span.day == day)

    @property
    def _week(self) -> tuple[Span, ...]:
        return self.spans or tuple(Span(day=day, begins=0, ends=DAY) for day in range(7))

    def _openings(self, now: datetime) -> Iterator[datetime]:
        zone = zone_or_utc(self.zone)
        today = now.astimezone(zone).date()
        for day in (today + timedelta(days=n) for n in range(FAR)):
            for span in self._week if day not in self.holidays else ():
                if span.day == day.weekday():
                    yield datetime(day.year, day.month, day.day, span.begins // 60, span.begins % 60, tzinfo=zone).astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """Return the IANA time zone of this name; `Refused` where there is none, or one that is this machine's or counts leap seconds."""
    try:
        return ZoneInfo("" if _NOBODYS.match(name) else name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(_("There is no time zone %(name)s; write one as Asia/Colombo.") % {"name": name[:60] or "“”"}) from error


def zone_or_utc(name: str) -> ZoneInfo:
    """Return the zone; UTC where there is none, or a zone that was known is not any more, so that nothing stops for it."""
    try:
        return zone_of(name or "UTC")
    except Refused:
        return ZoneInfo("UTC")


def read_hours(zone: str, days: Mapping[int, str], holidays: str) -> Hours:
    """Return the hours that somebody wrote: "9-12:30, 13:30-18" a weekday, days off as 2026-12-25; `Refused` where they make no sense."""
    zone_of(zone)
    spans = [span for day, text in sorted(days.items()) for span in read_day(day, text)]
    return Hours(zone=zone, spans=tuple(spans), holidays=frozenset(_day_off(word) for word in re.split(r"[\s,;]+", holidays) if word))


def read_night(day: int, text: str) -> list[Span]:
    """Return the spans of one weekday, of which one that does not end after it begins goes over midnight: 22-7."""
    return sorted(_over_midnight(day, part.strip()) for part in re.split(r"[,;]", text) if part.strip())


def _over_midnight(day: int, text: str) -> Span:
    found = _SPAN.fullmatch(text)
    from_hour, from_minute, to_hour, to_minute = (int(part or 0) for part in found.groups()) if found else (24, 60, 24, 60)
    span = Span(day=day, begins=from_hour * 60 + from_minute, ends=to_hour * 60 + to_minute)
    if max(from_minute, to_minute) > 59 or not (span.begins < DAY and span.ends <= DAY):  # noqa: PLR2004 - minutes of an hour
        raise Refused(_("%(day)s: write quiet hours as 22:00-07:00, not “%(text)s”.") % {"day": _(DAYS[day]), "text": text[:40]})
    return span


def read_day(day: int, text: str) -> list[Span]:
    """Return the spans of one weekday in order; `Refused` where one ends before it begins, or two overlap."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if len(parts) > MOST_SPANS:
        raise Refused(_("At most %(most)s spans a day.") % {"most": MOST_SPANS})
    spans = sorted(_span(day, part) for part in parts)
    for one, other in pairwise(spans):
        if other.begins < one.ends:
            raise Refused(_("%(day)s: %(one)s and %(other)s overlap.") % {"day": _(DAYS[day]), "one": one, "other": other})
    return spans


def _span(day: int, text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if not found:
        raise Refused(_("%(day)s: write hours as 9:00-17:30, not “%(text)s”.") % {"day": _(DAYS[day]), "text": text[:40]})
    from_hour, from_minute, to_hour, to_minute = (int(part or 0) for part in found.groups())
    span = Span(day=day, begins=from_hour * 60 + from_minute, ends=to_hour * 60 + to_minute)
    if max(from_minute, to_minute) > 59 or not span.begins < span.ends <= DAY:  # noqa: PLR2004 - minutes of an hour
        raise Refused(
            _("%(day)s: “%(text)s” does not end after it begins; a night goes to 24:00 and on from 0:00 the next day.")
            % {"day": _(DAYS[day]), "text": text[:40]}
        )
    return span


def _day_off(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise Refused(_("Write days off as 2026-12-25, not “%(text)s”.") % {"text": word[:40]}) from error


def read_clock(text: str) -> int:
    """Return a time of day as people write it, in minutes from midnight; `Refused` where it is none."""
    hour, _colon, minute = text.strip().partition(":")
    if not (hour.isdecimal() and (minute[:2] or "0").isdecimal() and int(hour) < 24 and int(minute[:2] or 0) < 60):  # noqa: PLR2004
        raise Refused(_("Write a time of day as 09:00."))
    return int(hour) * 60 + int(minute[:2] or 0)


def wall_clock(minute: int) -> str:
    """Return a time of day as people write it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
