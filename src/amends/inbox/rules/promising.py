"""Promises in the words of an answer: which sentence makes one and until when, as a suggestion that a person looks at.

Dates are found in English: weekdays, today and tomorrow, "within 3 days", dates as 12 March or 2026-03-12. Nothing here does I/O.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.working_hours import zone_of

LONGEST = 500
FURTHEST = timedelta(days=2 * 366)
REMIND_BEFORE = timedelta(hours=4)
END_OF_DAY = time(18)
LEAP_DAYS_APART = 8
"""So many years lie at most between two leap days."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_LEADS = r"\b(?:by|until|till|before|on|this|next|at the latest)\s+"
_WEEKDAY = re.compile(_LEADS + r"(?:next\s+)?(" + "|".join(_DAYS) + r")\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(today|tonight|tomorrow)\b", re.IGNORECASE)
_LENGTH = re.compile(r"\b(?:within|in)\s+(?:the\s+next\s+)?(\d{1,3}|an?|one|two|three)\s+(hour|day|week)s?\b", re.IGNORECASE)
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(" + "|".join(_MONTHS) + r")[a-z]*\b", re.IGNORECASE)
_MONTH_DAY = re.compile(r"\b(" + "|".join(_MONTHS) + r")[a-z]*\s+(\d{1,2})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_COUNT = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_UNIT = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A sentence that seems to promise something, and until when; no time where none was found."""

    text: str
    due_at: datetime | None


def suggested(text: str, now: datetime, zone: str) -> Suggestion:
    """Return the first sentence that names a time to come, else the whole text without one."""
    for sentence in _SENTENCE.findall(text):
        due = _due(sentence, now.astimezone(zone_of(zone or "UTC")))
        if due is not None and now < due <= now + FURTHEST:
            return Suggestion(text=sentence.strip()[:LONGEST], due_at=due.astimezone(UTC))
    return Suggestion(text=" ".join(text.split())[:LONGEST], due_at=None)


def _due(sentence: str, here: datetime) -> datetime | None:
    if found := _LENGTH.search(sentence):
        count = _COUNT.get(found[1].lower()) or int(found[1])
        return here + count * _UNIT[found[2].lower()]
    # The evening of a Thursday has no more of that Thursday to promise: "by Thursday" means that of next week.
    day = _day(sentence, here.date() + timedelta(days=_WEEKDAY.search(sentence) is not None and here.time() >= END_OF_DAY))
    return datetime.combine(day, END_OF_DAY, here.tzinfo) if day else None


def _day(sentence: str, today: date) -> date | None:
    if found := _NAMED.search(sentence):
        return today + timedelta(days=found[1].lower() == "tomorrow")
    if found := _WEEKDAY.search(sentence):
        return today + timedelta(days=(_DAYS.index(found[1].lower()) - today.weekday()) % 7)
    return _dated(sentence, today)


def _dated(sentence: str, today: date) -> date | None:
    if found := _ISO.search(sentence):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_MONTH.search(sentence):
        return _coming(_MONTHS.index(found[2].lower()) + 1, int(found[1]), today)
    if found := _MONTH_DAY.search(sentence):
        return _coming(_MONTHS.index(found[1].lower()) + 1, int(found[2]), today)
    return None


def _coming(month: int, day: int, today: date) -> date | None:
    """Return the next such day, which a leap day may be years away."""
    found = (_made(year, month, day) for year in range(today.year, today.year + LEAP_DAYS_APART + 1))
    return next((one for one in found if one is not None and one >= today), None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def due_of(at: str, zone: str) -> datetime:
    """Return the local time of a form field in UTC; `Refused` where there is none, or it lies beyond all calendars."""
    try:
        return datetime.fromisoformat(at).replace(tzinfo=zone_of(zone or "UTC")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(_("Say until when: a day and a time.")) from error


def checked(text: str, due_at: datetime, now: datetime) -> str:
    """Return the words of a promise; `Refused` where there are none, or its time is over or years away."""
    words = " ".join(text.split())
    if not 0 < len(words) <= LONGEST:
        raise Refused(_("Say in at most %(most)s characters what is promised.") % {"most": LONGEST})
    if not now < due_at <= now + FURTHEST:
        raise Refused(_("A promise is due at a time to come, at most two years ahead."))
    return words


def reminded_at(due_at: datetime, now: datetime) -> datetime:
    """Return when to remind: some hours before, but never in the first half of a short time."""
    return max(due_at - REMIND_BEFORE, now + (due_at - now) / 2)
