"""The times of day that a sentence names: "by 5 pm", 17:30, "a las 5 de la tarde", "மாலை 5 மணி". Place: `rules.promised_dates` -> here.

The parts of the day are those of CLDR in the languages of the screens, and a few more of ours. Those of Latin letters stand behind the
number, the others before it. Amharic counts its hours from sunrise ("ከጠዋቱ 3 ሰዓት" is nine in the morning), though not everybody does when
they type, so that one is read there only where the part of the day leaves no doubt, or where a day to come stands before it ("ነገ 3 ሰዓት"):
of that day the hours of work are meant. Nothing here does I/O.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import time
from functools import cache
from typing import Literal

from babel.dates import get_period_names

from amends.core.translating import NATIVE_NAMES
from amends.inbox.rules.date_words import is_latin, near_days, plain, weekdays, words_of

NOON = 12
"""Where the hours of the clock on the wall begin anew."""
EVENING = 6
"""From which hour on a night is that of the day before midnight."""
HOURS_FROM_SUNRISE = frozenset({"am"})
"""Languages that count otherwise."""
MORE = {
    "am": "පෙරවරු முற்பகல் ಬೆಳಿಗ್ಗೆ ಪೂರ್ವಾಹ್ನ",
    "pm": "පස්වරු සවස ಅಪರಾಹ್ನ ਦੁਪਹਿਰ",
    "night1": "රාත්\u200dරී",
}
_CLOCK = re.compile(r"(?<![\d.:/])(\d{1,2})(?:([:.])(\d\d))?(?![\d:/%]|[.,-]\d)")
_MIDDAY = re.compile(rf"(?<!12 )\b(?:noon|midday|{plain('mediodía')})\b")
_LATIN_HALF = re.compile(r"\s*([ap])\.?\s?m\b")
_ETHIOPIC = re.compile("[\u1200-\u137f]")
_SUNRISE = 6
FROM_SUNRISE: Mapping[str, range] = {
    "ጠዋ": range(6, 12),
    "ቀኑ": range(12, 18),
    "ከሰዓት": range(13, 18),
    "በኋላ": range(13, 18),
    "ምሽ": range(18, 22),
    "ማታ": range(18, 22),
}
"""How parts of the day are called in Amharic, and the hours that nobody means otherwise who counts from sunrise (or from sunset)."""
DAYLIGHT = range(7, 19)
"""The hours that an hour of another day is one of: its one to twelve, from sunrise on."""
_OF_SUNRISE = re.compile(
    rf"(?P<before>\S*)\s+(?:[{plain('በለ')}]|{plain('እስከ')}\s*)?(?P<hour>1[0-2]|0?[1-9])(?::(?P<minutes>[0-5]\d))?\s*{plain('ሰዓት')}"
    rf"(?P<half>\s+{plain('ተኩል')})?(?:\s+(?P<behind>\S+))?"
)
_IN_BETWEEN = re.compile(rf"{plain('ውስጥ')}|[{plain('ከለ')}]")
"""What stands behind an hour that is a length ("within three hours") or not the whole time ("and a quarter")."""


def times_of(sentence: str) -> list[time]:
    """Return the times of day that a sentence names."""
    words = plain(sentence)
    return list(_times_from_sunrise(words) if _ETHIOPIC.search(words) else _times(words))


def _times_from_sunrise(words: str) -> Iterator[time]:
    for one in _OF_SUNRISE.finditer(words):
        behind = _hours(one["behind"] or "")
        hours = _hours(one["before"]) or behind or _daylight(one["before"])
        hour = int(one["hour"]) % NOON + _SUNRISE
        found = next((each for each in (hour, hour + NOON) if hours and each in hours), None)
        if found is not None and (behind or not _IN_BETWEEN.match(one["behind"] or "")):
            yield time(found, 30 if one["half"] else int(one["minutes"] or 0))


def _hours(word: str) -> range | None:
    """Return the hours of the part of the day that an Amharic word names."""
    return next((hours for name, hours in FROM_SUNRISE.items() if plain(name) in word), None)


def _daylight(word: str) -> range | None:
    """Return the hours that are meant where a word names a day to come, and no part of it."""
    named = (near_days().find(each) or weekdays().find(each) is not None for each in words_of(word))
    return DAYLIGHT if any(named) else None


def _times(words: str) -> Iterator[time]:
    found = {one.start(): time(NOON) for one in _MIDDAY.finditer(words)}
    found |= _by_the_clock(words)
    yield from (found[place] for place in sorted(found))


def _by_the_clock(words: str) -> Iterator[tuple[int, time]]:
    """Yield the times that are told by a number, each with its place."""
    for one in _CLOCK.finditer(words):
        part = _part(words[: one.start()].rstrip(" ,"), words[one.end() :])
        hour = _hour(int(one[1]), part) if part else int(one[1]) if one[2] == ":" else None
        if hour is not None and hour < 2 * NOON and int(one[3] or 0) < 60:  # noqa: PLR2004 - minutes
            yield one.start(), time(hour, int(one[3] or 0))


def _hour(hour: int, part: Literal["am", "pm", "night"]) -> int | None:
    """Return the hour of the day that a number means in a part of it."""
    if not 1 <= hour <= NOON:
        return hour if hour > NOON else None
    late = part == "pm" or (part == "night" and hour % NOON >= EVENING)
    return hour % NOON + NOON * late


def _part(before: str, behind: str) -> Literal["am", "pm", "night"] | None:
    """Return the part of the day that is named beside a number."""
    if found := _LATIN_HALF.match(behind):
        return "am" if found[1] == "a" else "pm"
    for name, part in _parts().items():
        there = re.match(rf"\s*{re.escape(name)}\b", behind) if is_latin(name.replace(" ", "")) else before.endswith(name)
        if there:
            return part
    return None


@cache
def _parts() -> dict[str, Literal["am", "pm", "night"]]:
    """Return the names of the parts of the day, the longest first: of "அதிகாலை" the second half is one too."""
    known = [(name, kind) for one in NATIVE_NAMES if one not in HOURS_FROM_SUNRISE for kind, name in _named(one)]
    more = [(name, kind) for kind, names in MORE.items() for name in names.split()]
    return {plain(name): _part_of(kind) for name, kind in sorted(known + more, key=lambda one: -len(one[0]))}


def _named(language: str) -> Iterator[tuple[str, str]]:
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            names = get_period_names(width, context, language).items()
            yield from ((kind, name) for kind, name in names if context == "format" or not is_latin(plain(name)))


def _part_of(kind: str) -> Literal["am", "pm", "night"]:
    if kind.startswith(("night", "midnight")):
        return "night"
    return "am" if kind.startswith(("am", "morning")) else "pm"
