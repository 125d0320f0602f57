"""What a report holds and when it goes out: spans that move with the day, its parts, and its turns by the clock on the wall. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.inbox.rules.spans import Period, period_between

A_DAY = timedelta(days=1)
A_WEEK = 7
LAST_MINUTE = 24 * 60 - 1
LONGEST_NAME = 80
MOST_PEOPLE = 50


class SpanRule(StrEnum):
    """Which whole days a report looks at, seen from the day on which it is made; that day itself is never in it."""

    YESTERDAY = "yesterday"
    DAYS_7 = "days_7"
    DAYS_30 = "days_30"
    DAYS_90 = "days_90"
    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"
    LAST_QUARTER = "last_quarter"
    LAST_YEAR = "last_year"


class Part(StrEnum):
    """One table of a report."""

    HELD = "held"
    FIGURES = "figures"
    DAYS = "days"
    TIMES = "times"
    ANSWERED = "answered"
    TOPICS = "topics"
    NETWORK = "network"
    SOURCE = "source"
    BRAND = "brand"
    TEAM = "team"
    ASSIGNEE = "assignee"
    LANGUAGE = "lang"
    TOPIC = "topic"
    SEGMENT = "segment"
    ALARMS = "alarms"


class Every(StrEnum):
    """How often a report goes out by mail."""

    NEVER = ""
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class FileKind(StrEnum):
    """As which file a report leaves the house."""

    HTML = "html"
    CSV = "csv"
    XLSX = "xlsx"


SPANS = Table(
    {
        SpanRule.YESTERDAY: N_("yesterday"),
        SpanRule.DAYS_7: N_("the last 7 days"),
        SpanRule.DAYS_30: N_("the last 30 days"),
        SpanRule.DAYS_90: N_("the last 90 days"),
        SpanRule.LAST_WEEK: N_("last week, Monday to Sunday"),
        SpanRule.LAST_MONTH: N_("last month"),
        SpanRule.LAST_QUARTER: N_("last quarter"),
        SpanRule.LAST_YEAR: N_("last year"),
    }
)
PARTS = Table(
    {
        Part.HELD: N_("Resolutions that held"),
        Part.FIGURES: N_("The span in numbers"),
        Part.DAYS: N_("Day by day"),
        Part.TIMES: N_("From published to answered"),
        Part.ANSWERED: N_("Answered and resolved within"),
        Part.TOPICS: N_("Topics rising and falling"),
        Part.NETWORK: N_("By network"),
        Part.SOURCE: N_("By source"),
        Part.BRAND: N_("By brand"),
        Part.TEAM: N_("By team"),
        Part.ASSIGNEE: N_("By agent"),
        Part.LANGUAGE: N_("By language"),
        Part.TOPIC: N_("By topic"),
        Part.SEGMENT: N_("By segment"),
        Part.ALARMS: N_("Alarms and their precision"),
    }
)
EVERY = Table(
    {
        Every.NEVER: N_("not by itself"),
        Every.DAY: N_("every day"),
        Every.WEEK: N_("every week"),
        Every.MONTH: N_("every month"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When a report goes out: on a weekday (1 is Monday), or on a day of the month, at a minute of the zone's day."""

    every: Every
    on_day: int
    at_minute: int
    zone: ZoneInfo


def period_for(rule: SpanRule, at: datetime, zone: ZoneInfo) -> Period:
    """Return the days that a report made at a moment looks at, as days of the zone."""
    first, after = _DAYS[rule](at.astimezone(zone).date())
    return period_between(first, after - A_DAY, zone)


def next_turn(schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first turn behind a moment; None where it never goes out. A time that daylight saving leaves out comes when it is over."""
    if schedule.every is Every.NEVER:
        return None
    day = after.astimezone(schedule.zone).date()
    at = time(schedule.at_minute // 60, schedule.at_minute % 60)
    while True:
        turn = datetime.combine(day, at, schedule.zone).astimezone(UTC)
        if turn > after and _falls(schedule, day):
            return turn
        day += A_DAY


def turn_due(schedule: Schedule, next_at: datetime, now: datetime) -> datetime:
    """Return the newest turn that is due, where several were missed: nobody is sent the mails of all mornings at once."""
    turn = next_at
    while (following := next_turn(schedule, turn)) is not None and following <= now:
        turn = following
    return turn


def checked_name(text: str) -> str:
    """Return the name of a report; `Refused` where it has none or one too long."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(_("A report has a name of at most %(most)s letters.") % {"most": LONGEST_NAME})
    return name


def minute_of(text: str) -> int:
    """Return the minute of the day that `08:30` stands for; `Refused` where it is no time."""
    try:
        at = time.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("Write the time as hours and minutes, such as 08:30.")) from error
    return at.hour * 60 + at.minute


def _falls(schedule: Schedule, day: date) -> bool:
    if schedule.every is Every.WEEK:
        return day.isoweekday() == min(schedule.on_day, A_WEEK)
    if schedule.every is Every.MONTH:
        return day.day == schedule.on_day or (day.day < schedule.on_day and (day + A_DAY).day == 1)
    return True


def _month_before(first: date, months: int = 1) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _last_month(today: date) -> tuple[date, date]:
    first = today.replace(day=1)
    return _month_before(first), first


def _last_quarter(today: date) -> tuple[date, date]:
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return _month_before(first, 3), first


def _last_week(today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(days=A_WEEK), monday


_DAYS: Mapping[SpanRule, Callable[[date], tuple[date, date]]] = {
    SpanRule.YESTERDAY: lambda today: (today - A_DAY, today),
    SpanRule.DAYS_7: lambda today: (today - 7 * A_DAY, today),
    SpanRule.DAYS_30: lambda today: (today - 30 * A_DAY, today),
    SpanRule.DAYS_90: lambda today: (today - 90 * A_DAY, today),
    SpanRule.LAST_WEEK: _last_week,
    SpanRule.LAST_MONTH: _last_month,
    SpanRule.LAST_QUARTER: _last_quarter,
    SpanRule.LAST_YEAR: lambda today: (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
}
