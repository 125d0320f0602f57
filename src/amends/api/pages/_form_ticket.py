"""The ticket that a public form carries: made when the page is shown, good for one message, and for a day.

It stands for no login, since a visitor has none: it shows that the message was written on a page of ours that was shown before, and its
number makes a form that is sent twice one message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import choice

from amends.core import reading
from amends.core.secrets import is_signed, sign

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 10
SOONEST = timedelta(seconds=2)
LATEST = timedelta(days=1)


class Sort(StrEnum):
    """Which forms there are: a ticket of one opens none of another sort, whatever their numbers."""

    WEB_FORM = "web form"
    SURVEY = "survey"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A ticket that was made here for this form; `number` becomes the reference."""

    number: str
    made_at: datetime

    def fits(self, now: datetime) -> bool:
        """Tell whether a person can have filled in the form between then and now."""
        return SOONEST <= now - self.made_at <= LATEST

    @property
    def reference(self) -> str:
        """The number as people read it out."""
        return reference_of(self.number)


def reference_of(number: str) -> str:
    """Return the number in two halves."""
    return f"F-{number[: LENGTH // 2]}-{number[LENGTH // 2 :]}"


def is_reference(text: str) -> bool:
    """Tell whether `text` is what `reference_of` makes."""
    number = text.removeprefix("F-").replace("-", "")
    return len(number) == LENGTH and set(number) <= set(LETTERS) and text == reference_of(number)


def new_ticket(sort: Sort, form_id: int, secret_key: str, now: datetime) -> str:
    """Return a ticket as the page carries it."""
    number = "".join(choice(LETTERS) for _ in range(LENGTH))
    told = f"{number}.{int(now.timestamp())}"
    return f"{told}.{sign(_signed(sort, form_id, told), secret_key)}"


def read_ticket(sort: Sort, text: str, form_id: int, secret_key: str) -> Ticket | None:
    """Return the ticket; None where it is not one of ours for this form."""
    told, _, signature = text.rpartition(".")
    number, _, stamp = told.partition(".")
    if not is_signed(_signed(sort, form_id, told), signature, secret_key):
        return None
    made_at = reading.moment(reading.whole(stamp))
    return Ticket(number=number, made_at=made_at) if made_at else None


def _signed(sort: Sort, form_id: int, told: str) -> str:
    return f"ticket of a {sort} {form_id} {told}"
