"""Card numbers and bank accounts: what carries a check digit that is right."""

import re
from collections.abc import Generator

from stdnum import iban, luhn

from amends.core.personal.digits import numbers
from amends.core.personal.kinds import Found, Kind

LEAST, MOST = 13, 19
SHORTEST_GROUP = 3
# Visa, Mastercard, American Express, Diners, Discover and RuPay, JCB, UnionPay: the first digits, with the lengths that they issue.
_ISSUED = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:6[0145]|8[12])\d{14}|508\d{13}|35\d{14}|62\d{14,17}"
)
_IBAN_BEGINS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9]{4})")
_IBAN_PIECE = re.compile(r"[ -]?[A-Za-z0-9]{1,30}(?![A-Za-z0-9])")
SHORTEST_IBAN, LONGEST_IBAN = 15, 42


def cards(text: str) -> Generator[Found]:
    """Yield the card numbers in a folded text."""
    for number in numbers(text, least=LEAST, most=MOST):
        grouped = len(number.groups) == 1 or min(number.groups) >= SHORTEST_GROUP
        if grouped and _ISSUED.fullmatch(number.digits) and luhn.is_valid(number.digits):
            yield Found(kind=Kind.CARD, start=number.start, end=number.end)


def ibans(text: str) -> Generator[Found]:
    """Yield the international bank account numbers in a folded text."""
    for begin in _IBAN_BEGINS.finditer(text):
        end = _end_of_iban(text, begin.start(), begin.end())
        if end:
            yield Found(kind=Kind.IBAN, start=begin.start(), end=end)


def _end_of_iban(text: str, start: int, end: int) -> int | None:
    """Return where the account number ends that begins at `start`: after one of the pieces that follow, or nowhere."""
    while (piece := _IBAN_PIECE.match(text, end)) and piece.end() - start <= LONGEST_IBAN:
        end = piece.end()
        if end - start >= SHORTEST_IBAN and iban.is_valid(text[start:end].replace("-", " ")):
            return end
    return None
