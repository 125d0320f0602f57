"""The kinds of personal data, and a place where one was found."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What may be found; the value is how `verdicts.personal` has it."""

    PHONE = "phone"
    EMAIL = "email"
    CARD = "card"
    IBAN = "iban"
    NATIONAL_ID = "national_id"
    ADDRESS = "address"
    ORDER = "order"


NAMES = {
    Kind.PHONE: "phone number",
    Kind.EMAIL: "e-mail address",
    Kind.CARD: "card number",
    Kind.IBAN: "bank account",
    Kind.NATIONAL_ID: "identity number",
    Kind.ADDRESS: "postal address",
    Kind.ORDER: "order number",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Personal data of a `kind` at `text[start:end]`."""

    kind: Kind
    start: int
    end: int
