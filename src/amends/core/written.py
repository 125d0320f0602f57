"""How numbers, dates, lengths of time and lists are written in the language that is spoken. No words of ours but the units of time."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from amends.core.translating import _, ngettext, spoken

LOCALES = {"en": "en_GB", "pa": "pa_Guru"}
COMPACT_FROM = 10_000
TENTH = 0.001
"""A tenth of a percent."""


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language))


def locale() -> Locale:
    """Return the customs of the language that is spoken now."""
    return _locale(spoken())


def number(value: float, digits: int | None = None) -> str:
    """Return a number with its thousands grouped, rounded to `digits` places where they are given."""
    if digits is None:
        return format_decimal(value, locale=locale(), decimal_quantization=False)
    return format_decimal(value, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=locale())


def count(value: int) -> str:
    """Return a number short enough for a chip: `940`, `12.4K`, `3.1M`."""
    if value < COMPACT_FROM:
        return number(value)
    rounded = 1_000_000 if 999_950 <= value < 1_000_000 else value  # noqa: PLR2004 - which would be a thousand thousands
    return format_compact_decimal(rounded, fraction_digits=1, locale=locale())


def percent(share: float) -> str:
    """Return a share of 1 in whole percent; almost nothing and almost all in tenths: `0.3%`, `<0.1%`, `99.6%`."""
    whole = round(share * 100)
    if whole == 0 < share:
        return _percent(max(round(share * 1_000), 1), spoken(), "<" if share < TENTH else "")
    if share < 1 and whole == 100:  # noqa: PLR2004 - percent
        return _percent(min(round(share * 1_000), 999), spoken(), ">" if share > 1 - TENTH else "")
    return _percent(whole * 10, spoken())


@cache
def _percent(thousandths: int, language: str, sign: str = "") -> str:
    return sign + format_percent(thousandths / 1_000, locale=_locale(language), decimal_quantization=False)


def dollars(value: float, *, exact: bool = False) -> str:
    """Return an amount of US dollars, the only money we write: in cents, or `exact` to the last digit that it has (prices of one read)."""
    written = format_currency(value, "USD", locale=locale(), currency_digits=not exact, decimal_quantization=not exact)
    return written.replace("US$", "$")


def listed(words: Iterable[str]) -> str:
    """Return words one after the other: `safety, money lost, wide reach`."""
    return _comma(spoken()).join(map(str, words))


@cache
def _comma(language: str) -> str:
    # Babel's style of lists for this has all its parts in English alone.
    return _locale(language).list_patterns["standard"]["middle"].format("", "")


def listed_with_and(words: Iterable[str]) -> str:
    """Return words as one says them: `phone number, e-mail and order number`."""
    return format_list([str(word) for word in words], locale=locale())


def listed_with_or(words: Iterable[str]) -> str:
    """Return words of which one is meant: `phone number, e-mail, or order number`."""
    return format_list([str(word) for word in words], style="or", locale=locale())


def language_name(code: str) -> str | None:
    """Return what the language `code` is called, None where nobody has told us."""
    return locale().languages.get(code)


def region_name(region: str) -> str:
    """Return what a country's code is called; another place as it stands."""
    return locale().territories.get(region, region)


def named_anew(english: str) -> str:
    """Return what a language or a country that is named in English is called in the language that is spoken; else it as it stands."""
    kind, code = _named_in_english().get(english, ("", ""))
    return (locale().languages if kind == "language" else locale().territories).get(code, english)


@cache
def _named_in_english() -> dict[str, tuple[str, str]]:
    english = _locale("en")
    named = {name: ("country", code) for code, name in english.territories.items()}
    return named | {name: ("language", code) for code, name in english.languages.items()}


def day(moment: date) -> str:
    """Return a day with its year: `2 Mar 2026`."""
    return _day(moment.date() if isinstance(moment, datetime) else moment, spoken())


@lru_cache(maxsize=4_096)
def _day(moment: date, language: str) -> str:
    return format_date(moment, "medium", locale=_locale(language))


def short_day(moment: date) -> str:
    """Return a day of this year: `2 Mar`."""
    return format_skeleton("MMMd", moment, locale=locale())


def month(moment: date) -> str:
    """Return a month with its year: `Mar 2026`."""
    return format_skeleton("yMMM", moment, locale=locale())


def appointment(moment: datetime) -> str:
    """Return a moment of the next days with its weekday: `Mon, 2 Mar, 12:03`."""
    return _("%(day)s, %(time)s") % {"day": format_skeleton("MMMEd", moment, locale=locale()), "time": hour(moment)}


def months() -> list[str]:
    """Return what the months are called within a day, January first."""
    return list(get_month_names("abbreviated", locale=locale()).values())


def patterns() -> dict[str, str]:
    """Return of what `day`, `short_day` and `hour` put themselves together: `%(d)s %(MMM)s %(y)s`, `%(d)s %(MMM)s`, `%(HH)s:%(mm)s`."""
    ways = locale()
    formats = {"date": ways.date_formats["medium"], "day": ways.datetime_skeletons["MMMd"], "hour": ways.datetime_skeletons["Hm"]}
    return {name: found.format for name, found in formats.items()}


def weekday(number: int) -> str:
    """Return what a weekday is called; 0 is Monday."""
    return get_day_names("wide", locale=locale())[number]


def hour(moment: datetime) -> str:
    """Return what the clock shows: `12:03`."""
    return _hour(moment.time().replace(second=0, microsecond=0), spoken())


@lru_cache(maxsize=4_096)
def _hour(moment: time, language: str) -> str:
    return format_skeleton("Hm", moment, locale=_locale(language))


def stamp(moment: datetime) -> str:
    """Return a moment as read before the browser puts it into its own zone."""
    return _("%(day)s, %(time)s UTC") % {"day": day(moment), "time": hour(moment)}


def local_stamp(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as the clock of a zone shows it: `2 Mar 2026, 12:03`."""
    here = moment.astimezone(zone)
    return _("%(day)s, %(time)s") % {"day": day(here), "time": hour(here)}


def clock(moment: datetime, now: datetime) -> str:
    """Return a moment by the clock, with its day where that is not today's: `12:03`, `2 Mar, 12:03`."""
    return hour(moment) if moment.date() == now.date() else short_stamp(moment)


def short_stamp(moment: datetime) -> str:
    """Return a moment of this year: `2 Mar, 12:03`."""
    return _("%(day)s, %(time)s") % {"day": short_day(moment), "time": hour(moment)}


def span(length: timedelta) -> str:
    """Return a length of time in at most two units: `40 s`, `12 min`, `2 h 10 min`, `3 d 4 h`. `times.js` says it in the same way."""
    whole = max(0, int(length.total_seconds()))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes < 1:
        return _("%(n)s s") % {"n": whole}
    if hours < 1:
        return _("%(n)s min") % {"n": minutes}
    if days < 1:
        return _two(hours, minutes % 60, _("%(n)s h"), _("%(hours)s h %(minutes)s min"), ("hours", "minutes"))
    one = ngettext("%(n)s d", "%(n)s d", days)
    return _two(days, hours % 24 if days < 7 else 0, one, _("%(days)s d %(hours)s h"), ("days", "hours"))  # noqa: PLR2004


def _two(large: int, small: int, alone: str, both: str, names: tuple[str, str]) -> str:
    return both % dict(zip(names, (number(large), number(small)), strict=True)) if small else alone % {"n": number(large)}


def seconds(length: float) -> str:
    """Return a length of time given in seconds; below ten seconds with one decimal."""
    if length < 10:  # noqa: PLR2004
        return _("%(n)s s") % {"n": number(length, 1)}
    return span(timedelta(seconds=length))


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was, or in how long it will be."""
    if moment > now:
        return until(moment, now)
    if now - moment < timedelta(seconds=45):
        return _("just now")
    return _("%(length)s ago") % {"length": span(now - moment)}


def until(moment: datetime, now: datetime) -> str:
    """Return how long it is until a moment, `now` from then on."""
    return _("in %(length)s") % {"length": span(moment - now)} if moment > now else _("now")
