"""The fields of a customer's record: of what kind each is, and how a value must look. Nothing here does I/O.

Place in the path: page, REST, import or merge -> `actions.customer_record.change` -> here, a field at a time -> one row of history.
Values are of JSON's kinds, as the history keeps them. What the administrator defined is a field of its own: `attributes.KEY`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.text import can_be_seen, storable, without_heaps

LONGEST_NAME = 200
LONGEST_LINE = 200
LONGEST_TEXT = 10_000
MOST_LANGUAGES = 10
MOST_TAGS = 50
LONGEST_TAG = 60
ATTRIBUTES = "attributes."
EARLIEST_YEAR, LATEST_YEAR = 1850, 2200
_TURNS_AROUND = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff\u2028\u2029]")
_KEPT_CONTROLS = frozenset("\n\t")


class Origin(StrEnum):
    """Where a change came from, as the history says it."""

    AGENT = "agent"
    NETWORK = "network"
    IMPORT = "import"
    PROGRAM = "program"
    MERGE = "merge"
    UNMERGE = "unmerge"
    RULE = "rule"
    CUSTOMER = "customer"


class Kind(StrEnum):
    """What the value of an attribute is."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    LINK = "link"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """What the administrator wants to know of every customer; a `sensitive` one is shown only to who may see it."""

    key: str
    name: str
    kind: Kind
    choices: Sequence[str] = ()
    sensitive: bool = False

    @property
    def field(self) -> str:
        """The name of the attribute among the fields."""
        return ATTRIBUTES + self.key


FIELDS: Mapping[str, str] = {
    "name": N_("Name"),
    "pronoun": N_("Pronoun"),
    "languages": N_("Languages"),
    "zone": N_("Time zone"),
    "loyalty_number": N_("Loyalty number"),
    "preferences": N_("Preferences"),
    "concerns": N_("Concerns"),
    "tags": N_("Tags"),
    "owner_id": N_("The colleague they know"),
    "do_not_contact": N_("Do not contact"),
}


def checked(field: str, value: object, attributes: Sequence[Attribute]) -> object:
    """Return the value of a field as it is kept, of JSON's kinds; `Refused` says what is wrong with it, or that there is no such field."""
    if field in _CHECKS:
        return _CHECKS[field](value)
    found = next((one for one in attributes if one.field == field), None)
    if found is None:
        raise Refused(_("A customer has no field “%(field)s”.") % {"field": field})
    if found.sensitive:
        raise Refused(
            _("“%(name)s” is sensitive: it lies sealed, and is set on its own, by a program at /customers/…/sensitive/%(key)s.")
            % {"name": found.name, "key": found.key}
        )
    return checked_attribute(found, value)


def checked_attribute(attribute: Attribute, value: object) -> object:
    """Return the value of an attribute as it is kept; None where it is emptied."""
    if value is None or value == "":
        return None
    try:
        return _KINDS[attribute.kind](value, attribute)
    except Refused as error:
        raise Refused(_("%(name)s: %(problem)s") % {"name": attribute.name, "problem": error}) from error


def line(value: object, most: int = LONGEST_LINE) -> str:
    """Return text on one line as it is kept: nothing in it that hides or turns text around, spaces as one."""
    text = value if isinstance(value, str) and value.isascii() and value.isprintable() else plain(value)
    text = " ".join(text.split())
    if len(text) > most:
        raise Refused(_("Keep it at %(most)s characters at most.") % {"most": most})
    return text


def plain(value: object, most: int = LONGEST_TEXT) -> str:
    """Return text of several lines as it is kept: in the composed form, without control characters and without what turns text around.

    It is empty where nothing of it can be seen.
    """
    if not isinstance(value, str):
        raise Refused(_("Text is expected here."))
    text = value.strip() if value.isascii() and value.isprintable() else _cleaned(value)
    if len(text) > most:
        raise Refused(_("Keep it at %(most)s characters at most.") % {"most": most})
    return text


def _cleaned(value: str) -> str:
    composed = unicodedata.normalize("NFC", storable(value)).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(one for one in _TURNS_AROUND.sub("", composed) if one in _KEPT_CONTROLS or unicodedata.category(one) != "Cc").strip()
    return without_heaps(kept) if can_be_seen(kept) else ""


def a_name(value: object) -> str:
    """Return a person's name; `Refused` where nobody could see it."""
    name = line(value, LONGEST_NAME)
    if not name:
        raise Refused(_("A name needs at least one character that can be seen."))
    return name


def a_zone(value: object) -> str:
    """Return the name of a time zone, or an empty text; `Refused` where nobody knows it."""
    name = line(value)
    try:
        return name and ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(_("“%(zone)s” is no time zone we know; write one such as Asia/Colombo.") % {"zone": name}) from error


def a_language(value: object) -> str:
    """Return a language's code in its short form; `Refused` where there is no such language."""
    code = line(value).lower().replace("_", "-").partition("-")[0]
    aliases: Mapping[str, str] = get_global("language_aliases")
    code = aliases.get(code, code)
    if code not in get_global("likely_subtags"):
        raise Refused(_("“%(code)s” is no language we know; write codes such as ta or en.") % {"code": code})
    return code


def a_day(value: object) -> str:
    """Return a date as 2026-11-30; `Refused` where the calendar has no such day, or nobody lives that long."""
    try:
        found = date.fromisoformat(line(value))
    except ValueError as error:
        raise Refused(_("“%(date)s” is no date; write it as 2026-11-30.") % {"date": value}) from error
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise Refused(_("The year must lie between %(first)s and %(last)s.") % {"first": EARLIEST_YEAR, "last": LATEST_YEAR})
    return found.isoformat()


def check_month_and_day(month: int, day: int, year: int | None) -> None:
    """Refuse a day that is in no year; without a year the 29th of February is one."""
    try:
        date(2000 if year is None else year, month, day)
    except (ValueError, OverflowError) as error:
        raise Refused(_("There is no such day in the calendar.")) from error
    if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Refused(_("The year must lie between %(first)s and %(last)s.") % {"first": EARLIEST_YEAR, "last": LATEST_YEAR})


def check_birthday(year: int | None, *, year_now: int) -> None:
    """Refuse a birthday in a year that is to come."""
    if year is not None and year > year_now:
        raise Refused(_("The year must lie between %(first)s and %(last)s.") % {"first": EARLIEST_YEAR, "last": year_now})


def _several(value: object, most: int, one_of: Callable[[object], str]) -> list[str]:
    """Return several words, each once, in the order given; what is text is cut at commas and semicolons, since files have them so."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple):
        raise Refused(_("A list is expected here."))
    pieces = [piece for one in given for piece in (re.split("[,;]", one) if isinstance(one, str) else [one])]
    found = list(dict.fromkeys(one_of(one) for one in pieces if one != "" and not (isinstance(one, str) and one.isspace())))
    if len(found) > most:
        raise Refused(_("Keep it at %(most)s at most.") % {"most": most})
    return [one for one in found if one]


def _agent(value: object) -> int | None:
    if value is None or value == "":
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and int(text) < 2**63):
        raise Refused(_("Choose a colleague."))
    return int(text)


def _truth(value: object) -> bool:
    known = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
    found = known.get(value.strip().lower() if isinstance(value, str) else value) if isinstance(value, str | bool) else None
    if found is None:
        raise Refused(_("Yes or no is expected here."))
    return found


def _number(value: object) -> int | float:
    text = str(value).strip()
    try:
        found = float(text) if len(text) <= 40 and not isinstance(value, bool) else float("nan")  # noqa: PLR2004
    except ValueError:
        found = float("nan")
    if not isfinite(found) or "_" in text:
        raise Refused(_("“%(number)s” is no number.") % {"number": text[:40]})
    if Decimal(text) != Decimal(repr(found)):
        raise Refused(_("“%(number)s” has more digits than a number keeps; keep it as a text.") % {"number": text[:40]})
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def _choice(value: object, attribute: Attribute) -> str:
    text = line(value)
    found = next((one for one in attribute.choices if one.casefold() == text.casefold()), None)
    if found is None:
        raise Refused(_("“%(value)s” is none of its choices.") % {"value": text})
    return found


def a_link(value: object) -> str:
    """Return the address of a page; `Refused` where it is none."""
    address = line(value, 2_000)
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or " " in address:
        raise Refused(_("A link begins with https:// and names a place."))
    return address


_KINDS: Mapping[Kind, Callable[[object, Attribute], object]] = {
    Kind.TEXT: lambda value, _one: plain(value, 2_000),
    Kind.NUMBER: lambda value, _one: _number(value),
    Kind.DATE: lambda value, _one: a_day(value),
    Kind.YES_NO: lambda value, _one: _truth(value),
    Kind.CHOICE: _choice,
    Kind.LINK: lambda value, _one: a_link(value),
}
_CHECKS: Mapping[str, Callable[[object], object]] = {
    "name": a_name,
    "pronoun": lambda value: line(value, 40),
    "languages": lambda value: _several(value, MOST_LANGUAGES, a_language),
    "zone": a_zone,
    "loyalty_number": lambda value: line(value, 60),
    "preferences": plain,
    "concerns": plain,
    "tags": lambda value: _several(value, MOST_TAGS, lambda one: line(one, LONGEST_TAG)),
    "owner_id": _agent,
    "do_not_contact": _truth,
}
