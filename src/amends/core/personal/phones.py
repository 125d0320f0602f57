"""Phone numbers of people, with or without the country's code; numbers that a company shares with everybody (toll-free) are none.

A number without a country code is tried in the countries where the post's language is spoken.
"""

import re
from collections.abc import Generator, Mapping
from enum import StrEnum
from functools import lru_cache

from amends.core.personal.digits import Number, numbers
from amends.core.personal.kinds import Found, Kind

LEAST, MOST = 8, 15
LEAST_AT_HOME = 9
LEAST_IN_A_GROUP = 3
LEAST_WITH_BARE_CODE = 11
SOMEWHERE = ("IN", "LK", "US", "GB")
REGIONS: Mapping[str, tuple[str, ...]] = {
    "en": ("US", "GB", "IN", "LK", "AU", "ZA"),
    "es": ("ES", "MX", "AR", "CO"),
    "si": ("LK",),
    "ta": ("IN", "LK"),
    "kn": ("IN",),
    "pa": ("IN",),
    "hi": ("IN",),
    "te": ("IN",),
    "ml": ("IN",),
    "mr": ("IN",),
    "gu": ("IN",),
    "bn": ("BD", "IN"),
    "ur": ("PK", "IN"),
    "am": ("ET",),
    "fr": ("FR", "BE"),
    "de": ("DE", "AT", "CH"),
    "it": ("IT",),
    "pt": ("BR", "PT"),
    "ar": ("EG", "SA", "AE"),
    "id": ("ID",),
    "tr": ("TR",),
    "nl": ("NL", "BE"),
    "pl": ("PL",),
    "ru": ("RU",),
}
# Where people leave no 0 out, a number that does not begin with one is none: it saves many a false find.
WITHOUT_ZERO: Mapping[str, str] = {
    "IN": "6789",
    "US": "23456789",
    "ES": "6789",
    "MX": "23456789",
    "AR": "123",
    "CO": "36",
    "BR": "123456789",
    "PT": "29",
    "PL": "123456789",
    "IT": "3",
    "RU": "89",
}
_ONE_BY_ONE = re.compile(r"(?<![\w.,+-])(?<!\d )\d(?:[ .-]\d){9,12}(?![ .-]?\d)(?!\w)")
"""Who writes digit after digit hides a number from programs; fewer than ten are somebody who counts."""
_LINKED = re.compile(r"(?:wa\.me/|[?&]phone=)\+?(\d{8,15})(?!\d)", re.IGNORECASE)


class Reach(StrEnum):
    """Whom one reaches under a number."""

    NOBODY = "nobody"
    SOMEBODY = "somebody"
    COMPANY = "company"


def linked_phones(text: str) -> Generator[Found]:
    """Yield the numbers in links that begin a chat with somebody."""
    for match in _LINKED.finditer(text):
        if reach(f"+{match[1]}", "") is Reach.SOMEBODY:
            yield Found(kind=Kind.PHONE, start=match.start(1), end=match.end(1))


def phones(text: str, language: str) -> Generator[Found]:
    """Yield the phone numbers in a folded text."""
    regions = REGIONS.get(language.partition("-")[0].lower(), SOMEWHERE)
    yield from _one_by_one(text, regions)
    settled = 0
    for number in numbers(text, least=LEAST, most=MOST):
        if number.start < settled:
            continue
        plus = _plus(text, number.start)
        reached = _reached(number, regions, plus=plus is not None, apart=number.before is None or number.before == settled)
        if reached is not Reach.NOBODY:
            settled = number.end
        if reached is Reach.SOMEBODY:
            yield Found(kind=Kind.PHONE, start=number.start if plus is None else plus, end=number.end)


def _one_by_one(text: str, regions: tuple[str, ...]) -> Generator[Found]:
    for match in _ONE_BY_ONE.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        number = Number(digits=digits, start=match.start(), end=match.end(), groups=(len(digits),), before=None)
        if _reached(number, regions, plus=False, apart=True) is Reach.SOMEBODY:
            yield Found(kind=Kind.PHONE, start=match.start(), end=match.end())


def _plus(text: str, start: int) -> int | None:
    """Return where the plus sign before a number stands, if there is one."""
    for sign in ("+(", "+ ", "+"):
        if text.startswith(sign, start - len(sign)) and start >= len(sign):
            return start - len(sign)
    return None


def _reached(number: Number, regions: tuple[str, ...], *, plus: bool, apart: bool) -> Reach:
    """Return whom a number reaches, dialled as it is written in one of the regions; `apart` says that no other digits stand before it."""
    digits = number.digits
    abroad = f"+{digits.lstrip('0')}"
    tries = [(abroad, "")] if plus or digits.startswith("00") else []
    if len(digits) >= LEAST_AT_HOME and (digits[0] == "0" or _stands_alone(number, apart=apart)):
        tries += [(digits, region) for region in regions if digits[0] in "0" + WITHOUT_ZERO.get(region, "")]
        if len(digits) >= LEAST_WITH_BARE_CODE and digits.startswith(tuple(map(_code, regions))):
            tries.append((abroad, ""))
    found = (reach(*one) for one in tries)
    # Who writes a plus means a number to dial, even one of a range that the library does not know or that nobody was given yet.
    unknown = Reach.SOMEBODY if plus and is_plausible(abroad) else Reach.NOBODY
    return next((reached for reached in found if reached is not Reach.NOBODY), unknown)


def _stands_alone(number: Number, *, apart: bool) -> bool:
    """Say whether digits without 0 or plus may be a number of their own, and not a part of a row of them."""
    return len(number.groups) == 1 or (apart and max(number.groups) >= LEAST_IN_A_GROUP)


@lru_cache(maxsize=256)
def _code(region: str) -> str:
    import phonenumbers  # noqa: PLC0415 - takes a tenth of a second, which a process without a number need not pay

    return str(phonenumbers.country_code_for_region(region))


@lru_cache(maxsize=8192)
def reach(number: str, region: str) -> Reach:
    """Return whom `number` reaches, dialled in `region` ("" where it has its country's code)."""
    import phonenumbers  # noqa: PLC0415 - see above

    try:
        parsed = phonenumbers.parse(number, region or None)
    except phonenumbers.NumberParseException:
        return Reach.NOBODY
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(parsed)
    if kind == kinds.UNKNOWN:
        return Reach.NOBODY
    return Reach.COMPANY if kind in {kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN} else Reach.SOMEBODY


@lru_cache(maxsize=8192)
def is_plausible(number: str) -> bool:
    """Say whether a number with a plus has the code of a country and a length that numbers have there."""
    import phonenumbers  # noqa: PLC0415 - see above

    try:
        possible = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
    return possible == phonenumbers.ValidationResult.IS_POSSIBLE
