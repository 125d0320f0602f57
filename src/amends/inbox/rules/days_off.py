"""Days off by country and region, as the package `holidays` knows them. Nothing here does I/O.

The package is loaded by who asks: it takes megabytes, and many calendars name no region.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache

from amends.core.errors import Refused
from amends.core.translating import _

MOST_REGIONS = 20


@lru_cache(maxsize=4_000)
def public_holidays(region: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (`LK`) or a region of it (`DE-BY`) in a year; none where nobody knows the region any more."""
    import holidays  # noqa: PLC0415

    country, _dash, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        return frozenset()


@cache
def regions() -> dict[str, tuple[str, ...]]:
    """Return each country whose holidays are known, with its regions."""
    import holidays  # noqa: PLC0415

    return {country: tuple(parts) for country, parts in sorted(holidays.list_supported_countries().items())}


def known_until(region: str) -> int | None:
    """Return the last year of which the holidays of a country or region are known; None where nobody knows the region any more."""
    import holidays  # noqa: PLC0415

    try:
        return holidays.country_holidays(region.partition("-")[0]).end_year
    except NotImplementedError:
        return None


def read_regions(text: str) -> tuple[str, ...]:
    """Return the regions that somebody wrote, divided by commas or, where none has a blank in its name, by blanks; `Refused` as below."""
    parts = [part.strip() for part in text.split(",")]
    return checked_regions(name for part in parts for name in ([part] if part.upper() in _by_name() else part.split()))


def checked_regions(names: Iterable[str]) -> tuple[str, ...]:
    """Return the regions in order, each once; `Refused` where one is not known."""
    found = tuple(dict.fromkeys(_called(name.strip()) for name in names if name.strip()))
    if len(found) > MOST_REGIONS:
        raise Refused(_("At most %(most)s countries and regions.") % {"most": MOST_REGIONS})
    return found


def _called(name: str) -> str:
    known = _by_name().get(name.upper())
    if known is None:
        raise Refused(_("No holidays are known for “%(name)s”; write a country as LK, or a region as DE-BY.") % {"name": name[:20]})
    return known


@cache
def _by_name() -> dict[str, str]:
    """Return each country and region as it is called, by its name in large letters."""
    names = [name for country, parts in regions().items() for name in (country, *(f"{country}-{part}" for part in parts))]
    return {name.upper(): name for name in names}
