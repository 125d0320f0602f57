"""What a cell means, however a spreadsheet, a database or a language writes it: nothing, yes or no, a number, a language. Pure.

Place in the path: a cell as it stands -> here -> the fields of `import_rows`.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from unicodedata import category
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import list_currencies

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.import_dates import LANGUAGES

NOTHING = frozenset({"NULL", "null", "(null)", "\\N", "N/A", "n/a", "#N/A", "#NV", "NaN", "nan"})
"""How databases and spreadsheets write that there is no value; a name may be so all the same."""
YES = frozenset({"true", "yes", "1", "y", "x", "si", "sí", "ja", "oui", "sim", "on", "wahr", "verdadero", "verdadeiro", "vrai"})
NO = frozenset({"false", "no", "0", "n", "off", "nein", "non", "não", "falsch", "falso", "faux"})
LONGEST_CODE = 3
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_APART = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")
_MONEY = re.compile(r"([+-]?)\s?([^\d\s.,+-]{0,4}\.?)\s?([+-]?\d(?:.*\d)?)\s?([^\d\s.,]{0,4}\.?)")
_ONE_CURRENCY = {"€": "EUR", "£": "GBP", "₹": "INR"}
_RUPEES = frozenset({"Rs", "රු", "ரூ", "रु", "ರೂ", "ਰੁ", "ብር"})
_CONTINENTAL = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EITHER = re.compile(r"[+-]?\d{1,3},\d{3}")


def without_formula(text: str) -> str:
    """Return what `="00123"` shows: so spreadsheets are told to keep the zeros of a number. Any other formula stays as it is."""
    found = _AS_TEXT.fullmatch(text)
    return found[1].replace('""', '"').strip() if found else text


def truth(text: str) -> bool:
    """Return yes or no, as the programs of several languages write it; `Refused` where it is neither."""
    word = text.lower()
    if word not in YES | NO:
        raise Refused(_("yes or no is expected, not “%(text)s”") % {"text": text[:40]})
    return word in YES


def plain_number(text: str) -> str:
    """Return a number with a point for its fraction and without a currency.

    `1,234` stays, since it is a thousand to some and little more than one to others.
    """
    bare = _APART.sub("", _without_currency(text))
    if _EITHER.fullmatch(bare):
        return text
    if _CONTINENTAL.fullmatch(bare):
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", "") if _ENGLISH.fullmatch(bare) else bare


def amount_in(text: str, currency: str) -> str:
    """Return the number of an amount where it is in `currency`, or names none; `Refused` where it is in another."""
    own = currency_of(text)
    if own and own != currency:
        raise Refused(_("“%(text)s” is not in %(currency)s as most of this column is") % {"text": text[:40], "currency": currency})
    return plain_number(text)


def currency_of(text: str) -> str:
    """Return which currency an amount names; empty where it names none or this is no amount."""
    return _parted(text)[1]


def _without_currency(text: str) -> str:
    return _parted(text)[0]


def _parted(text: str) -> tuple[str, str]:
    """Return the number of an amount and its currency: `€ 12`, `12,50 €`, `-US$5`, `Rs. 500`, `LKR 500`."""
    found = _MONEY.fullmatch(text)
    if found is None or bool(found[2]) == bool(found[4]) or (found[1] and found[3][0] in "+-"):
        return text, ""
    word = (found[2] or found[4]).removesuffix(".")
    return (found[1] + found[3], _ONE_CURRENCY.get(word, word)) if _is_currency(word) else (text, "")


def _is_currency(word: str) -> bool:
    letters = "".join(sign for sign in word if category(sign) != "Sc")
    has_sign = len(word) == len(letters) + 1 and letters.isascii() and letters == letters.upper()
    return has_sign or word in _RUPEES or word in list_currencies()


def zone_name(text: str) -> str:
    """Return a time zone by its own name where a program writes it otherwise: `europe_slash_paris` (HubSpot), `europe/paris`."""
    return _zones().get(text.replace("_slash_", "/").replace(" ", "_").casefold(), text)


@cache
def _zones() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@lru_cache(maxsize=4_096)
def language_codes(text: str) -> str:
    """Return languages with those that are told by name as codes: `German`, `தமிழ்` and `English (United States)` are de, ta and en."""
    return ";".join(_code(one.strip()) for one in re.split(r"[;,\n]", text))


def _code(text: str) -> str:
    return text if text.isascii() and len(text) <= LONGEST_CODE else _names().get(text.partition(" (")[0].strip().casefold(), text)


@cache
def _names() -> Mapping[str, str]:
    """Return the code of each language by its name in each of the languages that we know; those of two letters before others."""
    found = ((name.casefold(), code) for spoken in LANGUAGES for code, name in Locale(spoken).languages.items())
    return dict(sorted(found, key=lambda one: -len(one[1])))
