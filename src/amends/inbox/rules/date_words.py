"""The words in which people name a time to come, in the languages of the screens: days, months and units by CLDR, a few more by us.

Place in the path: an answer -> `words_of` -> `rules.promised_dates` looks each of them up. A word of a script that glues what belongs to
it (Tamil "வெள்ளிக்குள்", by Friday) is known by how it begins, one of Latin letters as a whole. Nothing here does I/O.
"""
# ruff: noqa: RUF001 - the letters are meant as they are

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import takewhile
from typing import Generic, TypeVar

from babel import Locale
from babel.dates import get_day_names, get_month_names

from amends.core.translating import NATIVE_NAMES
from amends.inbox.rules import ethiopian
from amends.triage.ethiopic import ALIKE, FORMS

T = TypeVar("T")
TODAY = "today tonight hoy අද இன்று இன்றைக்கு ዛሬ ಇಂದು ಇವತ್ತು ਅੱਜ"
TOMORROW = "tomorrow mañana හෙට நாளை நாளைக்கு ነገ ನಾಳೆ ਕੱਲ੍ਹ ਭਲਕੇ"
NOT_TOMORROW = frozenset({"la", "esta"})
"""What makes a morning of "mañana"."""
DAY_AFTER = (
    "day after tomorrow",
    "pasado mañana",
    "අනිද්දා",
    "நாளை மறுநா",
    "நாளை மறுதின",
    "ከነገ ወዲያ",
    "ನಾಡಿದ್ದ",
    "ਪਰਸੋ",
)
"""How the day after tomorrow is called, or how its name begins."""
WEEKDAYS = {0: "திங்கட்", 3: "வியாழக்", 5: "ਸ਼ਨੀਵਾਰ ਸ਼ਨਿਚਰਵਾਰ", 6: "ஞாயிற்று"}
"""How days of the week begin too, beside the forms that CLDR has."""
WITHIN = frozenset({"within", "in", "en", "dentro"})
"""What stands before a length in languages of Latin letters: "en los próximos 3 días"; those of others say it behind, or in the word."""
NUMBERS = (
    "a an one un una uno එක አንድ ஒரு ಒಂದು ਇੱਕ ਇਕ",
    "two dos දෙක ሁለት இரண்டு ಎರಡು ਦੋ",
    "three tres තුන ሦስት ሶስት மூன்று ಮೂರು ਤਿੰਨ",
)
FIFTEEN = "quince பதினைந்து ಹದಿನೈದು ਪੰਦਰਾਂ"
"""How half a month is said in days."""
WORKING = "working business hábiles laborables වැඩ வேலை பணி የሥራ ಕೆಲಸ ਕੰਮ"
"""What makes days of work of days."""
HALF = "half"
"""What stands before "an hour" that is none."""
HOURS = ("hr", "hrs")
"""How the hours of English are written too."""
FORTNIGHTS = {"fortnight": timedelta(weeks=2), "quincena": timedelta(days=15)}
_TWO_WORDS = re.compile("(?<=மணி) (?=நேர)")
"""Where many part the hour of Tamil, which CLDR has as one word."""
A_MONTH = timedelta(days=30)
"""How long a month is where it is halved; whole ones go by the calendar."""
UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1), "month": A_MONTH}
NO_MONTH = frozenset({"ago"})
"""The short name of August in Spanish: "3 days ago"."""
SHORT = 2
"""A name of so few letters is a word of its own in any script, or many others would begin with it: ነገ is tomorrow, ነገር a thing."""
_WORD = re.compile(r"\d+|[^\s\d.,;:!?()\[\]/\\\-–—\"'’“”…።፣।]+")
_LATIN = re.compile(r"[0-9a-z\u00df-\u024f]+")
_ACCENTS = re.compile("[\u0300-\u036f\u200c\u200d\u0a3c]")
"""What many leave out: accents, joiners, the dot below a letter of Gurmukhi."""
_BEFORE = re.compile("(?:እስከ|በ|ለ)(?=..)")
"""What Amharic writes before a word without a space: until, by, for."""
_ETHIOPIC = str.maketrans(
    {chr(ord(one) + form): chr(ord(other) + form) for one, other in ALIKE.items() for form in range(FORMS)}
    | dict.fromkeys("ሃሓኃ", "ሀ")
    | dict.fromkeys("ኣዓ", "አ")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A word for a length of time, and the words beside it that make it a time that is over ("ago")."""

    length: timedelta
    over: frozenset[str] = field(default_factory=frozenset[str])


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text as they are looked up: without case, in one spelling a sound."""
    return _WORD.findall(_TWO_WORDS.sub("", plain(text)))


def plain(text: str) -> str:
    """Return a text without case, accents and letters that only look different."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", bare).translate(_ETHIOPIC)


def is_latin(word: str) -> bool:
    """Tell whether a word is of Latin letters or figures."""
    return bool(_LATIN.fullmatch(word))


class Named(Generic[T]):
    """Words and what they mean, the longest first, so that a word that begins another one does not stand for it."""

    def __init__(self, names: Iterable[tuple[str, T]]) -> None:
        self._meant = dict(sorted(((plain(name), meant) for name, meant in names), key=lambda one: -len(one[0])))

    def find(self, word: str) -> T | None:
        """Return what a word means; None where it is none of these."""
        found = self._meant.get(word, self._meant.get(_BEFORE.sub("", word, count=1)))
        if found is not None or is_latin(word):
            return found
        return next((meant for name, meant in self._meant.items() if len(name) > SHORT and word.startswith(name)), None)


@cache
def weekdays() -> Named[int]:
    """Return the days of the week, from Monday as 0."""
    known = [(name, day) for one in NATIVE_NAMES for day, name in get_day_names("wide", "format", one).items()]
    return Named(known + [(name, day) for day, names in WEEKDAYS.items() for name in names.split()])


@cache
def months() -> Named[int]:
    """Return the months, from 1, long and short."""
    return Named(
        (name.strip("."), number)
        for one in NATIVE_NAMES
        for width in ("abbreviated", "wide")
        for number, name in get_month_names(width, "format", one).items()
        if name not in NO_MONTH
    )


@cache
def ethiopian_months() -> Named[int]:
    """Return the months of the Ethiopian calendar, from 1."""
    known = [(name, number) for number, name in enumerate(ethiopian.MONTHS.split(), 1)]
    return Named(known + [(name, number) for number, name in ethiopian.OTHERWISE.items()])


@cache
def near_days() -> Named[int]:
    """Return today and tomorrow, as in how many days they are."""
    return Named([(word, days) for days, words in enumerate((TODAY, TOMORROW)) for word in words.split()])


def is_day_after_tomorrow(words: Sequence[str]) -> bool:
    """Tell whether words name the day after tomorrow."""
    said = f" {' '.join(words)}"
    return any(f" {plain(one)}" in said for one in DAY_AFTER)


@cache
def working() -> Named[bool]:
    """Return the words that make days of work of days."""
    return Named([(word, True) for word in WORKING.split()])


@cache
def numbers() -> Named[int]:
    """Return the first numbers, and fifteen."""
    known = [(word, number) for number, words in enumerate(NUMBERS, 1) for word in words.split()]
    return Named(known + [(word, 15) for word in FIFTEEN.split()])


@cache
def units() -> Named[Unit]:
    """Return hours, days, weeks and months, in each form that CLDR has of what is to come and what is over, and two weeks."""
    known = [_unit(name, *pair) for one in NATIVE_NAMES for name in UNITS for pair in _patterns(one, name)]
    more = dict.fromkeys(HOURS, UNITS["hour"]) | FORTNIGHTS
    return Named(known + [(name, Unit(length=length, over=frozenset({"ago", "hace"}))) for name, length in more.items()])


def _patterns(language: str, unit: str) -> list[tuple[str, str]]:
    """Return how a language says "in {0} days" and "{0} days ago", in each number."""
    fields: Mapping[str, Mapping[str, str]] = Locale(language)._data["date_fields"][unit]  # noqa: SLF001 - babel has no other way
    return [(form, fields["past"][number]) for number, form in fields["future"].items()]


def _unit(name: str, to_come: str, over: str) -> tuple[str, Unit]:
    """Return what of the word for a unit is the same in both patterns, and which words only the past has."""
    ours, theirs = (words_of(pattern.replace("{0}", " ")) for pattern in (to_come, over))
    root, word = max(((_shared(one, other), other) for one in ours for other in theirs), key=lambda found: len(found[0]))
    return root, Unit(length=UNITS[name], over=frozenset(theirs) - {word} - set(ours))


def _shared(one: str, other: str) -> str:
    """Return how both words begin."""
    return "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
