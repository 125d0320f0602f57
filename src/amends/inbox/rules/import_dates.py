"""Days as files write them. The order of a column is that in which all its days exist; where several fit, a person is asked. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from babel.dates import get_month_names

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.customer_record import check_month_and_day


class Order(StrEnum):
    """In which order the parts of a day stand; `excel` is a number of days since 1899-12-30."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    YDM = "ydm"
    EXCEL = "excel"


Day = tuple[int, int, int | None]
"""Month, day, and the year where it is told."""
ORDERS: Mapping[Order, str] = {
    Order.YMD: N_("year, month, day: 2026-11-30"),
    Order.DMY: N_("day, month, year: 30.11.2026"),
    Order.MDY: N_("month, day, year: 11/30/2026"),
    Order.YDM: N_("year, day, month: 2026-30-11"),
    Order.EXCEL: N_("Excel's day number: 46356"),
}
LANGUAGES = ("en", "es", "am", "si", "ta", "kn", "pa", "hi", "de", "fr", "pt", "it", "nl")
FIRST_OF_EXCEL = date(1899, 12, 30)
EXCEL_FROM, EXCEL_TO = 1_000, 80_000
OLDEST = 95
_PARTS = re.compile(r"(\d{1,4})\s?[-/.\s]\s?(\d{1,2})\s?[-/.\s]\s?(\d{1,4})(?:[T,\s].*)?", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T.*)?", re.DOTALL)
_NO_YEAR = re.compile(r"--(\d\d)-?(\d\d)")
_NUMBER = re.compile(r"\d{4,5}(?:\.0*)?")
_NAMED = re.compile(
    r"(?:(\d{1,2})[.\s-]*(?:de\s)?([^\W\d_][^\d,]*?)|([^\W\d_][^\d,]*?)[\s.-]*(\d{1,2})(?:st|nd|rd|th)?)[\s,.-]*(?:del?\s)?(\d{4})?\s*"
)
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


def read_day(text: str, order: Order, *, year_now: int) -> Day:
    """Return the day that `text` names in this order; `Refused` where there is none."""
    found = _read(text.strip(), order, year_now)
    if found is None:
        raise Refused(_("“%(date)s” is no date in the order %(order)s.") % {"date": text[:40], "order": _(ORDERS[order])})
    return found


def _read(text: str, order: Order, year_now: int) -> Day | None:
    for way in (_clear, _named, _ordered):
        found = way(text, order, year_now)
        if found is not None:
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
    bare = _NO_YEAR.fullmatch(text)
    return (int(bare[1]), int(bare[2]), None) if bare else None


def _named(text: str, _order: Order, _year_now: int) -> Day | None:
    found = _NAMED.fullmatch(text)
    month = _months().get((found[2] or found[3]).strip().strip(".").casefold()) if found else None
    if found is None or month is None:
        return None
    return month, int(found[1] or found[4]), int(found[5]) if found[5] else None


def _ordered(text: str, order: Order, year_now: int) -> Day | None:
    if order is Order.EXCEL:
        number = int(float(text)) if _NUMBER.fullmatch(text) else 0
        day = FIRST_OF_EXCEL + timedelta(days=number)
        return (day.month, day.day, day.year) if EXCEL_FROM <= number <= EXCEL_TO else None
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
