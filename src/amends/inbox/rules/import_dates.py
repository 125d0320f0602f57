"""Days as files write them. The order of a column is that in which all its days exist; where several fit, a person is asked. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from babel.dates import get_day_names, get_month_names

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.customer_record import check_month_and_day


class Order(StrEnum):
    """In which order the parts of a day stand; `excel` is a number of days since 1899-12-30, `my` a month without its day."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    YDM = "ydm"
    EXCEL = "excel"
    MY = "my"


Day = tuple[int, int, int | None]
"""Month, day, and the year where it is told."""
ORDERS: Mapping[Order, str] = {
    Order.YMD: N_("year, month, day: 2026-11-30"),
    Order.DMY: N_("day, month, year: 30.11.2026"),
    Order.MDY: N_("month, day, year: 11/30/2026"),
    Order.YDM: N_("year, day, month: 2026-30-11"),
    Order.EXCEL: N_("Excel's day number: 46356"),
    Order.MY: N_("month, year: Nov-26, read as its first day"),
}
LANGUAGES = ("en", "es", "am", "si", "ta", "kn", "pa", "hi", "de", "fr", "pt", "it", "nl")
FIRST_OF_EXCEL = date(1899, 12, 30)
EXCEL_FROM, EXCEL_TO = 1_000, 80_000
YEAR_OF_NONE = 1604
"""What Apple writes where a birthday has no year; other programs keep the year and lose the mark that says so."""
_PARTS = re.compile(r"(\d{1,4})\s?[-/.\s]\s?(\d{1,2})\s?[-/.\s]\s?(\d{1,4})(?:[T,.\s].*)?", re.DOTALL)
_TWO_PARTS = re.compile(r"(\d{1,2})/(\d{1,2})")
"""A birthday without its year, as Mailchimp has it."""
_CHINESE = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号일](?:\s.*)?", re.DOTALL)
"""As it is written in China, Japan and Korea."""
_OF_REIGN = re.compile(r"(明治|大正|昭和|平成|令和|[MTSHR])\.?\s?(\d{1,2}|元)\s?[年./-]\s?(\d{1,2})\s?[月./-]\s?(\d{1,2})日?")
_BEFORE_REIGN = {"明治M": 1867, "大正T": 1911, "昭和S": 1925, "平成H": 1988, "令和R": 2018}
"""The year before the first of each reign, by which Japan counts: 昭和55年 is 1980."""
_MONTH = re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})|(?P<first>\d{4})[-/.](?P<second>\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T.*)?", re.DOTALL)
_NO_YEAR = re.compile(r"--(\d\d)-?(\d\d)")
_NUMBER = re.compile(r"\d{4,5}(?:\.0*)?")
_TIME = re.compile(r"[,\sT]*\b\d{1,2}:\d\d.*", re.DOTALL)
_RANK = re.compile(r"(?<=\d)(?:st|nd|rd|th|º|er)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,./-]+")
_BESIDE = frozenset({"de", "del", "of", "the"})
_LETTER = re.compile(r"[^\W\d_]")
_ZEROS = re.compile(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[T\s][0:.]*)?")
_LAST_TWO, _FOUR = 100, 1000


@cache
def _months() -> Mapping[str, int]:
    """Return the number of each month by its names in the languages that we know, long and short."""
    return {
        name.casefold().strip("."): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    }


@cache
def _weekdays() -> frozenset[str]:
    """Return the names of the days of the week in the languages that we know, long and short."""
    names = (
        name for language in LANGUAGES for width in ("wide", "abbreviated") for name in get_day_names(width, "format", language).values()
    )
    return frozenset(name.casefold().strip(".") for name in names)


def is_none(text: str) -> bool:
    """Tell whether this is how programs write that there is no day: `0/0/00` (Outlook), `0000-00-00` (MySQL)."""
    return text[:1] == "0" and bool(_ZEROS.fullmatch(text))


@lru_cache(maxsize=20_000)
def possible(text: str) -> frozenset[Order]:
    """Return the orders in which `text` is a day; every order for one that is clear in any, none for what is no day."""
    return frozenset(order for order in Order if _read(text.strip(), order, 2050) is not None)


def orders_of(values: Iterable[str]) -> frozenset[Order]:
    """Return the orders in which every one of `values` is a day."""
    found = frozenset(Order)
    for value in values:
        found &= possible(value)
        if not found:
            break
    return found


def settled(orders: Iterable[str]) -> Order | None:
    """Return the one order that is left; None where somebody must choose. A year that stands first is followed by its month, if it can."""
    found = frozenset(Order(one) for one in orders)
    if len(found) == len(Order) or (not found - {Order.YMD, Order.YDM} and Order.YMD in found):
        return Order.YMD
    return next(iter(found)) if len(found) == 1 else None


def read_day(text: str, order: Order | None, *, year_now: int, exactly: bool = False) -> Day:
    """Return the day that `text` names in this order, or in any (None) where they are mixed and it can be only one.

    `Refused` where there is none, or only a month where it must be told `exactly`.
    """
    order = order or _only_order(text.strip(), year_now)
    if exactly and _first_of_month(text.strip(), order, year_now):
        raise Refused(_("the day is missing"))
    found = _read(text.strip(), order, year_now)
    if found is None:
        raise Refused(_("“%(date)s” is no date in the order %(order)s.") % {"date": text[:40], "order": _(ORDERS[order])})
    return found


def _only_order(text: str, year_now: int) -> Order:
    """Return an order in which `text` is a day, where it is the same in all of them; a year that stands first is followed by its month."""
    days = {order: day for order in Order if (day := _read(text, order, year_now))}
    if Order.YMD in days:
        days.pop(Order.YDM, None)
    if len(set(days.values())) > 1:
        raise Refused(_("“%(date)s” could be several days") % {"date": text[:40]})
    return next(iter(days), Order.YMD)


@lru_cache(maxsize=40_000)
def _read(text: str, order: Order, year_now: int) -> Day | None:
    """Return the day, None where it is none; of 200,000 people most share theirs with somebody."""
    for way in (_clear, _ordered, _named, _first_of_month):
        found = way(text, order, year_now)
        if found is not None:
            month, day, year = found
            found = (month, day, None if year == YEAR_OF_NONE else year)
            return found if _exists(found) else None
    return None


def _exists(day: Day) -> bool:
    try:
        check_month_and_day(*day)
    except Refused:
        return False
    return True


def _clear(text: str, _order: Order, _year_now: int) -> Day | None:
    if compact := _COMPACT.fullmatch(text):
        return int(compact[2]), int(compact[3]), int(compact[1])
    if chinese := _CHINESE.fullmatch(text):
        return int(chinese[2]), int(chinese[3]), int(chinese[1]) if chinese[1] else None
    if reign := _OF_REIGN.fullmatch(text):
        before = next(year for names, year in _BEFORE_REIGN.items() if reign[1] in names)
        return int(reign[3]), int(reign[4]), before + (1 if reign[2] == "元" else int(reign[2]))
    bare = _NO_YEAR.fullmatch(text)
    return (int(bare[1]), int(bare[2]), None) if bare else None


def _named(text: str, order: Order, year_now: int) -> Day | None:
    """Return a day whose month is a word: `4-Mar-90`, `Sunday, 4th March 1990`, `1990-Mar-04`; a year of two figures stands last."""
    month, numbers = _words(text)
    if not month or (order is Order.MY and _is_year_alone(numbers)):
        return None
    day, *years = reversed(numbers) if len(numbers[0]) == 4 else numbers  # noqa: PLR2004
    year = _year(years[0], year_now) if years else None
    return (month, int(day), year) if len(day) <= 2 and year != 0 else None  # noqa: PLR2004


def _is_year_alone(numbers: Sequence[str]) -> bool:
    return len(numbers) == 1 and len(numbers[0]) in {2, 4}


def _words(text: str) -> tuple[int, list[str]]:
    """Return the month that a word names, 0 where none or another word does, and the one or two numbers beside it."""
    if not _LETTER.search(text):
        return 0, []
    pieces = [piece.casefold() for piece in _BETWEEN.split(_RANK.sub("", _TIME.sub("", text))) if piece]
    numbers = [piece for piece in pieces if piece.isdecimal()]
    words = {piece for piece in pieces if not piece.isdecimal()}
    months = {_months()[word] for word in words if word in _months()}
    if len(months) != 1 or not words <= {*_months(), *_weekdays(), *_BESIDE} or not 1 <= len(numbers) <= 2:  # noqa: PLR2004
        return 0, []
    return months.pop(), numbers


def _first_of_month(text: str, order: Order, year_now: int) -> Day | None:
    """Return the first day of a month that is told without one: `Mar-90`, `March 1990`, `03/1990`, `1990-03`."""
    if order is not Order.MY:
        return None
    if found := _MONTH.fullmatch(text):
        return int(found["month"] or found["second"]), 1, int(found["year"] or found["first"])
    month, numbers = _words(text)
    year = _year(numbers[0], year_now) if _is_year_alone(numbers) else 0
    return (month, 1, year) if month and year else None


def _ordered(text: str, order: Order, year_now: int) -> Day | None:
    if order is Order.MY:
        return None
    if order is Order.EXCEL:
        number = int(float(text)) if _NUMBER.fullmatch(text) else 0
        day = FIRST_OF_EXCEL + timedelta(days=number)
        return (day.month, day.day, day.year) if EXCEL_FROM <= number <= EXCEL_TO else None
    if found := _TWO_PARTS.fullmatch(text):
        return {Order.MDY: (int(found[1]), int(found[2]), None), Order.DMY: (int(found[2]), int(found[1]), None)}.get(order)
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return None
    named = dict(zip(order.value, (parts[1], parts[2], parts[3]), strict=True))
    year = _year(named["y"], year_now)
    return (int(named["m"]), int(named["d"]), year) if year and max(len(named["m"]), len(named["d"])) <= 2 else None  # noqa: PLR2004


def _year(text: str, year_now: int) -> int:
    """Return a year; one of two figures is the last such one that is not to come. 0 where it is none."""
    number = int(text)
    if len(text) == 2:  # noqa: PLR2004
        return year_now - (year_now - number) % _LAST_TWO
    return number if number >= _FOUR else 0
