"""When a sentence says that something will be: by a weekday, tomorrow, next week, within three days, on a date. Place: `rules.promising`.

Found in the languages of the screens, in the zone of who promises; what names no hour is due at the end of that day's work, and an hour
alone is that of today. A date of numbers begins with its day, unless only the other order is one. Nothing here does I/O.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count, islice

from amends.inbox.rules import date_words as known
from amends.inbox.rules import ethiopian
from amends.inbox.rules.date_words import Named
from amends.inbox.rules.hour_words import times_of
from amends.inbox.rules.span_words import is_next, is_over, last_day, names_end_of_day

END_OF_DAY = time(18)
A_DAY = timedelta(days=1)
SATURDAY = 5
LEAP_DAYS_APART = 8
"""So many years lie at most between two leap days."""
BEFORE = 4
"""So many words lie at most between "within" and the number: "within the next 3 days", "en un plazo de 3 días"."""
CENTURY = 100
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
_NUMBERS = re.compile(
    r"(?<![\d/.-])(?!24/7(?!\d))(\d{1,2})(?:/(\d{1,2})(?:/(\d{4}|\d\d))?|([.-])(\d{1,2})\4(\d{4})|\.(\d{1,2})\.)(?![\d/]|[.-]\d)"
)


def due_of_sentence(sentence: str, here: datetime) -> datetime | None:
    """Return the time that a sentence names, to come or over, in the zone of `here`; None where it names none."""
    words = known.words_of(sentence)
    length, times = _length(words, here), times_of(sentence)
    if length is not None and not times:
        return here + length
    until = times[-1] if times else END_OF_DAY
    later = (here + length).date() if length and length >= A_DAY else None
    day = later or _day(sentence, words, here, until) or (here.date() if len(times) == 1 else None)
    return datetime.combine(day, until, here.tzinfo) if day else None


def _length(words: Sequence[str], here: datetime) -> timedelta | None:
    """Return how long it is until then: "in 3 days", or a unit and its number in the order of Sinhala; of hours of work nobody can say."""
    for at, word in enumerate(words):
        unit = known.units().find(word)
        many = _count(words, at) if unit else None
        if unit and many and not (unit.over & {*words[max(0, at - 2) : at + 3]} or is_over(words, at) or is_over(words, at - 1)):
            works = any(known.working().find(each) for each in words[max(0, at - 2) : at + 2])
            if not works or unit.length == A_DAY:
                return _working(here, max(int(many), 1)) if works else _lasts(here, many, unit.length)
    return None


def _lasts(here: datetime, many: float, length: timedelta) -> timedelta:
    """Return how long so many of a length are from now on: a month is over on the same day of the next, or on its last."""
    if length != known.A_MONTH or many < 1:
        return many * length
    months = here.year * 12 + here.month - 1 + int(many)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(here.day, monthrange(year, month)[1])) - here.date()


def _working(here: datetime, days: int) -> timedelta:
    """Return how long it is until so many days from Monday to Friday have come."""
    coming = (n * A_DAY for n in count(1) if (here + n * A_DAY).weekday() < SATURDAY)
    return next(islice(coming, days - 1, None))


def _count(words: Sequence[str], at: int) -> float | None:
    """Return the number that belongs to the unit at a place; "12 days" behind a month are its twelfth in Amharic."""
    if at > 1 and known.ethiopian_months().find(words[at - 2]):
        return None
    if known.is_latin(words[at]) and not known.WITHIN & {*words[max(0, at - 1 - BEFORE) : at]}:
        return None
    if at > 1 and words[at - 2] == known.HALF:
        return 0.5
    place = at - 2 if at > 1 and known.working().find(words[at - 1]) else at - 1
    beside = [words[place]] if at else []
    behind = [] if known.is_latin(words[at]) else list(words[at + 1 : at + 2])
    return next((number for word in beside + behind if (number := _number(word))), None)


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) <= 3 else known.numbers().find(word)  # noqa: PLR2004 - figures


def _day(sentence: str, words: Sequence[str], here: datetime, until: time) -> date | None:
    today = here.date()
    if known.is_day_after_tomorrow(words):
        return today + 2 * A_DAY
    for at, word in enumerate(words):
        days = known.near_days().find(word)
        if days is not None and not (at and words[at - 1] in known.NOT_TOMORROW):
            return today + timedelta(days=days)
    at = _place_of_weekday(words)
    weekday = None if at is None else known.weekdays().find(words[at])
    found = _dated(sentence, words, today) or last_day(words, today, weekday)
    if found or at is None or weekday is None:
        return found or (today if names_end_of_day(words) else None)
    return _next(weekday, here, until, skips_today=is_next(words, at))


def _place_of_weekday(words: Sequence[str]) -> int | None:
    """Return where the first weekday is named that is not the last one that was."""
    named = (at for at, word in enumerate(words) if known.weekdays().find(word) is not None)
    return next((at for at in named if not is_over(words, at)), None)


def _next(weekday: int, here: datetime, until: time, *, skips_today: bool) -> date:
    """Return the next such day: the evening of a Thursday has no more of it to promise, so that it means that of next week."""
    today = here.date() + timedelta(days=skips_today or here.time() >= until)
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _dated(sentence: str, words: Sequence[str], today: date) -> date | None:
    if found := _ISO.search(sentence):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.search(sentence):
        one, other, year = int(found[1]), int(found[2] or found[5] or found[7]), int(found[3] or found[6] or 0)
        return _coming(other, one, year, today) or _coming(one, other, year, today)
    ours, theirs = _named(words, known.months()), _named(words, known.ethiopian_months())
    days = [*(_coming(*one, today) for one in ours), *(ethiopian.coming(*one, today) for one in theirs)]
    return next((day for day in days if day), None)


def _named(words: Sequence[str], months: Named[int]) -> Iterator[tuple[int, int, int]]:
    """Return months that are a word, the day before or behind each, and a year after both or 0: 12 March, March 12th 2027, 12 de marzo."""
    for at, word in enumerate(words):
        month = months.find(word)
        for place in (at - 1, at - 2, at + 1) if month else ():
            if 0 <= place < len(words) and words[place].isdecimal() and len(words[place]) <= 2:  # noqa: PLR2004 - figures
                years = [int(one) for one in words[max(at, place) + 1 :][:2] if one.isdecimal() and len(one) == 4]  # noqa: PLR2004
                yield month or 0, int(words[place]), years[0] if years else 0


def _coming(month: int, day: int, year: int, today: date) -> date | None:
    """Return the day, of the next year that has it where none is told: a leap day may be years away."""
    if year:
        return _made(year if year >= CENTURY else today.year - today.year % CENTURY + year, month, day)
    found = (_made(year, month, day) for year in range(today.year, today.year + LEAP_DAYS_APART + 1))
    return next((one for one in found if one is not None and one >= today), None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
