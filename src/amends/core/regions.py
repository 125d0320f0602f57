"""Which region a text names: a country by its code or its English name, or a place as somebody calls it. Pure.

Place in the path: collectors, files, the page of sources, queries -> here -> `Post.region`, `sources.region`.
"""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import get_global

from amends.core import reading

LONGEST = 60
CODE = 2
"""So many letters has the code of a country (ISO 3166, alpha-2)."""


def region_of(told: object) -> str:
    """Return a country as ISO 3166 (`LK`; also of `LKA` and "Sri Lanka"), another place as it is called; empty where none is named."""
    name = " ".join(reading.text(told).split())
    return _countries().get(name.casefold(), name)[:LONGEST].strip()


@cache
def _countries() -> Mapping[str, str]:
    """Return the code of each country by every code and the English name that it goes by."""
    names = {code: name for code, name in Locale("en").territories.items() if len(code) == CODE and code not in {"EU", "EZ", "UN", "ZZ"}}
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    others = {old.casefold(): now[0] for old, now in aliases.items() if len(now) == 1 and now[0] in names}
    return others | {name.casefold(): code for code, name in names.items()} | {code.casefold(): code for code in names}
