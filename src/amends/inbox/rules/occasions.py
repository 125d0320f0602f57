"""Messages on occasions: whose day it is, in which language, and whether and when a message may go. Nothing here does I/O.

Place in the path: `actions.plan_occasions` asks whose turn it is, `actions.send_occasions` asks again right before a message goes, so
that what was taken back meanwhile (consent, the occasion itself) holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.inbox.rules import macro_text
from amends.inbox.rules.working_hours import zone_or_utc

VARIABLES = ("customer.name", "customer.first_name", "brand", "day", "years")
EARLIEST, LATEST = 6, 21
"""Hours of a person's day between which nobody minds a letter; outside it waits for the morning."""
LONGEST_SUBJECT = 200
_LEAP_DAY = 229
LATE = timedelta(days=2)
"""A message that could not go for so long is not sent any more: nobody wants last week's birthday wishes."""


class Kind(StrEnum):
    """What the occasion is."""

    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    FIRST_PURCHASE = "first_purchase"
    RENEWAL = "renewal"
    MENDED = "mended"


_ONCE_A_YEAR = frozenset({Kind.BIRTHDAY, Kind.FIRST_PURCHASE})
KINDS = Table(
    {
        Kind.BIRTHDAY: N_("A birthday"),
        Kind.ANNIVERSARY: N_("An anniversary in the record"),
        Kind.FIRST_PURCHASE: N_("A year, or more, since the first purchase"),
        Kind.RENEWAL: N_("A subscription or membership that renews"),
        Kind.MENDED: N_("We mended what they complained about"),
    }
)


class Why(StrEnum):
    """Why a message does not go."""

    NO_CONSENT = "no_consent"
    NO_WAY = "no_way"
    DO_NOT_CONTACT = "do_not_contact"
    GONE = "gone"
    CAP = "cap"
    LATE = "late"
    MOVED = "moved"
    NO_TEXT = "no_text"


WHYS = Table(
    {
        Why.NO_CONSENT: N_("they did not allow it, or took it back"),
        Why.NO_WAY: N_("there is no way to reach them"),
        Why.DO_NOT_CONTACT: N_("they do not want to be contacted"),
        Why.GONE: N_("their record was erased or merged"),
        Why.CAP: N_("they got enough messages lately"),
        Why.LATE: N_("the day is over"),
        Why.MOVED: N_("the day was moved or removed since it was planned"),
        Why.NO_TEXT: N_("the occasion has no text"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is written, in one language."""

    language: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap:
    """At most so many messages to one person within so many days."""

    most: int
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """What deciding needs of somebody: `sent` counts the messages within the cap's days."""

    do_not_contact: bool
    gone: bool
    sent: int
    reachable: bool
    permitted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Go:
    """It may go now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """It may go, but not before then."""

    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """It does not go."""

    why: Why


def checked_words(words: Words) -> Words:
    """Return the words; `Refused` says what cannot be filled in."""
    subject = " ".join(words.subject.split())
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise Refused(_("A subject has between 1 and %(most)s characters.") % {"most": LONGEST_SUBJECT})
    for text in (subject, words.text):
        macro_text.check(text, VARIABLES)
    return Words(language=words.language, subject=subject, text=words.text)


def filled(words: Words, values: Mapping[str, str | int]) -> Words:
    """Return the words with a person's values in them; what is not known is empty."""
    given = dict.fromkeys(VARIABLES, "") | dict(values)
    subject = " ".join(macro_text.fill(words.subject, given).split())
    return Words(language=words.language, subject=subject, text=macro_text.fill(words.text, given))


def spoken_to(texts: Sequence[Words], languages: Sequence[str]) -> Words | None:
    """Return the text in the first of a person's languages that there is one in, else the first text, or None."""
    by_language = {one.language: one for one in texts}
    return next((by_language[code] for code in languages if code in by_language), texts[0] if texts else None)


def decide(person: Person, cap: Cap, *, due_at: datetime, zone: str, now: datetime) -> Go | Wait | Skip:
    """Return whether a message goes now. What a person wants outweighs everything else."""
    for hindered, why in (
        (person.gone, Why.GONE),
        (person.do_not_contact, Why.DO_NOT_CONTACT),
        (not person.reachable, Why.NO_WAY),
        (not person.permitted, Why.NO_CONSENT),
        (person.sent >= cap.most, Why.CAP),
        (now - due_at > LATE, Why.LATE),
    ):
        if hindered:
            return Skip(why=why)
    until = awake_at(zone, now)
    return Go() if until <= now else Wait(until=until)


def awake_at(zone: str, now: datetime) -> datetime:
    """Return the first moment from now on at which it is neither night nor late evening where the person lives."""
    here = now.astimezone(zone_of(zone))
    if here.hour < EARLIEST:
        return _local(here.date(), EARLIEST, zone)
    return now if here.hour < LATEST else _local(here.date() + timedelta(days=1), EARLIEST, zone)


def due_on(day: date, hour: int, zone: str) -> datetime:
    """Return the moment at which a message of that day may go."""
    return _local(day, hour, zone)


def day_meant(days_before: int, *, due_at: datetime, zone: str) -> date:
    """Return the day that a message is about, where the person lives; it goes so many days before."""
    return today_in(zone, due_at) + timedelta(days=days_before)


def falls_on(month: int, day: int, today: date) -> bool:
    """Tell whether a yearly day is today; the 29th of February is the 28th in other years."""
    return month * 100 + day in days_on(today)


def days_on(today: date) -> list[int]:
    """Return which yearly days are today, each as `month * 100 + day`."""
    own = today.month * 100 + today.day
    return [own, _LEAP_DAY] if own == _LEAP_DAY - 1 and not _is_leap(today.year) else [own]


def turn_of(kind: Kind, day: date) -> str:
    """Return which time it is: one birthday and one anniversary of the first purchase a year, other days each by itself."""
    return str(day.year) if kind in _ONCE_A_YEAR else str(day)


def today_in(zone: str, now: datetime) -> date:
    """Return which day it is where the person lives."""
    return now.astimezone(zone_of(zone)).date()


def zone_of(zone: str) -> ZoneInfo:
    """Return a person's zone; UTC where nobody knows it."""
    return zone_or_utc(zone)


def _local(day: date, hour: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone_of(zone)).astimezone(UTC)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
