"""The weeks, weekends, months and ends of days that a sentence names: "next week", "a fin de mes". Place: `rules.promised_dates` -> here.

What is promised for a span is due on its last day: a week of work ends on Friday, a weekend on Sunday, a month on its last day; what is
promised for the beginning of one on its first day of work. Weeks begin on Monday. Words of Latin letters are whole ones, of others known by
how they begin. Nothing here does I/O.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from amends.inbox.rules.date_words import SHORT, is_latin, plain

A_WEEK = timedelta(weeks=1)
MONDAY, FRIDAY, SUNDAY = 0, 4, 6
WEEKEND = (
    "weekend",
    "fin de semana",
    "finde",
    "සති අන්ත",
    "සතිඅන්ත",
    "ቅዳሜና እሁድ",
    "ሳምንቱ መጨረሻ",
    "வார இறுதி",
    "வாரயிறுதி",
    "வாரக் கடைசி",
    "ವಾರಾಂತ್ಯ",
    "ਵੀਕਐਂਡ",
    "ਵੀਕੈਂਡ",
    "ਹਫ਼ਤੇ ਦੇ ਅੰਤ",
    "ਹਫ਼ਤੇ ਦੇ ਅਖੀਰ",
)
"""Of these no word more is needed; where they also name the end of the week of work, the later one is meant."""
WEEK = ("week", "semana", "සති", "ሳምንት", "ሳምንቱ", "வார", "ವಾರ", "ਹਫ਼ਤ")
MONTH = ("month", "mes", "මාස", "මස", "ወር", "ወሩ", "மாத", "ತಿಂಗಳ", "ಮಾಸ", "ਮਹੀਨ")
DAY = ("day", "business", "día", "jornada", "දවස", "දිනය", "ቀን", "ቀኑ", "நாள்", "நாளின்", "ದಿನ", "ਦਿਨ")
END = (
    *("end", "close of", "fin", "final", "finales", "cierre"),
    *("ාන්ත", "ಾಂತ್ಯ"),
    *("අවසාන", "අවසන්", "අග", "අගදී", "መጨረሻ", "இறுதி", "கடைசி", "முடிவ", "ಅಂತ್ಯ", "ಕೊನೆ", "ਅੰਤ", "ਅਖੀਰ"),
)
BEGINNING = (
    *("early", "beginning of", "start of", "principios", "principio del", "comienzos", "comienzo del", "inicios", "inicio del"),
    *("මුලදී", "මුල් සති", "ආරම්භයේ", "መጀመሪያ", "தொடக்கத்த", "துவக்கத்த", "ஆரம்பத்த", "ಆರಂಭದ", "ಪ್ರಾರಂಭದ", "ಮೊದಲಲ್ಲಿ", "ਦੇ ਸ਼ੁਰੂ", "ਦੀ ਸ਼ੁਰੂਆਤ"),
)
"""No word for what begins in a span: "we start next month"."""
END_OF_DAY = ("eod", "cob")
THIS = ("this", "esta", "este", "මේ", "මෙම", "ዚህ", "இந்த", "ಈ", "ਇਸ")
NEXT = (
    *("next", "próxima", "próximo", "siguiente", "viene", "entrante"),
    *("ලබන", "ඊළඟ", "එන", "ሚቀጥለው", "ቀጣዩ", "ቀጣይ", "መጪው", "அடுத்த", "வரும்", "ಮುಂದಿನ", "ಬರುವ", "ਅਗਲ", "ਆਉਣ"),
)
LAST = (
    *("last", "past", "pasada", "pasado", "últimos", "últimas"),
    *("පසුගිය", "ගිය", "ባለፈው", "ያለፈው", "கடந்த", "சென்ற", "ಕಳೆದ", "ಹಿಂದಿನ", "ਪਿਛਲ", "ਬੀਤ"),
)
PROVERB = ("at the end of the",)
"""What makes of the end of a day the end of an argument."""
_GLUED_BEFORE = "(?:እስከ|በ|ለ|የ|ከ)?"


def last_day(words: Sequence[str], today: date, weekday: int | None) -> date | None:
    """Return the last day of the span that words name, or the weekday of that week; None where they name none, or one that is over."""
    found = ((names, *beside) for names in (WEEKEND, WEEK, MONTH) for beside in _beside(names, words))
    for names, before, behind in found:
        later = _how_much_later(before, behind, bare=names is WEEKEND)
        begins = _begins(before, behind)
        if later is not None and names is MONTH:
            return _begin_of_month(today, later) if begins else _end_of_month(today, later)
        if later is not None:
            named = None if _ends(before, behind) else MONDAY if begins and weekday is None else weekday
            return _of_week(today, later, SUNDAY if names is WEEKEND else FRIDAY if named is None else named)
    return None


def names_end_of_day(words: Sequence[str]) -> bool:
    """Tell whether words name the end of today's work: "by end of day"."""
    ends = (_ends(before, behind) and not _has(PROVERB, before[-5:]) for before, behind in _beside(DAY, words))
    return any(ends) or _has(END_OF_DAY, words)


def is_over(words: Sequence[str], at: int) -> bool:
    """Tell whether what is named at a place is the last one that was: "last Friday", "el viernes pasado"."""
    return _has(LAST, [*words[max(0, at - 1) : at], *_latin(words[at + 1 : at + 2])])


def is_next(words: Sequence[str], at: int) -> bool:
    """Tell whether what is named at a place is the next one, and not this: "next Monday", "el lunes que viene"."""
    return _has(NEXT, [*words[max(0, at - 1) : at], *_latin(words[at + 1 : at + 3])])


def _of_week(today: date, later: int, day: int) -> date:
    """Return that day of this week (0) or the next (1); of the coming one where it is over in this."""
    found = today + timedelta(days=day - today.weekday()) + later * A_WEEK
    return found if found >= today else found + A_WEEK


def _end_of_month(today: date, later: int) -> date:
    months = today.year * 12 + today.month + later
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def _begin_of_month(today: date, later: int) -> date:
    """Return the first day from Monday to Friday of this month (0) or the next (1); of the coming one where it is over in this."""
    first = today.replace(day=1) if later == 0 else _end_of_month(today, later - 1) + timedelta(days=1)
    found = first + timedelta(days=7 - first.weekday() if first.weekday() > FRIDAY else 0)
    return found if found >= today else _begin_of_month(today, 1)


def _how_much_later(before: Sequence[str], behind: Sequence[str], *, bare: bool) -> int | None:
    """Return whether words beside a span make it this one (0) or the next (1); None where it is over, or they say nothing of it."""
    is_this, begins = _has(THIS, before[-1:]), _begins(before, behind)
    if _has(LAST, [*before[-1:], *_latin(behind[:1])]) or (is_this and begins):
        return None
    if _has(NEXT, [*before[-2:], *_latin(behind)]):
        return 1
    return 0 if bare or is_this or begins or _ends(before, behind) else None


def _ends(before: Sequence[str], behind: Sequence[str]) -> bool:
    return _has(END, [*before[-3:], *behind])


def _begins(before: Sequence[str], behind: Sequence[str]) -> bool:
    return _has(BEGINNING, [*before[-5:], *behind])


def _beside(names: tuple[str, ...], words: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Return the words before each place that has one of these names, and two behind it, with what is glued to it."""
    said = f" {' '.join(words)} "
    for found in _named(names).finditer(said):
        behind = said[found.end() :]
        yield said[: found.start()].split(), behind.split()[: 2 + (not behind.startswith(" "))]


def _latin(words: Sequence[str]) -> list[str]:
    return [one for one in words if is_latin(one)]


def _has(names: tuple[str, ...], words: Sequence[str]) -> bool:
    return bool(_named(names).search(f" {' '.join(words)} "))


@cache
def _named(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of these names in words that are parted by spaces."""
    return re.compile("|".join(_one(plain(name)) for name in names))


def _one(name: str) -> str:
    whole = is_latin(name.replace(" ", "")) or len(name) <= SHORT
    return f"(?<= ){'' if name.isascii() else _GLUED_BEFORE}{name}{'(?= )' if whole else ''}"
