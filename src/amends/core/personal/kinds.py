"""The kinds of personal data, and a place where one was found."""

from dataclasses import dataclass
from enum import StrEnum

from amends.core.translating import N_


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
    Kind.PHONE: N_("phone number"),
    Kind.EMAIL: N_("e-mail address"),
    Kind.CARD: N_("card number"),
    Kind.IBAN: N_("bank account"),
    Kind.NATIONAL_ID: N_("identity number"),
    Kind.ADDRESS: N_("postal address"),
    Kind.ORDER: N_("order number"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Personal data of a `kind` at `text[start:end]`."""

    kind: Kind
    start: int
    end: int
