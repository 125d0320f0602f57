"""The ticket that a web form carries: made when the page is shown, good for one message, and for a day.

It stands for no login, since a visitor has none: it shows that the message was written on a page of ours that was shown before, and its
number makes a form that is sent twice one message.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import choice

from amends.core import reading

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 10
SOONEST = timedelta(seconds=2)
LATEST = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A ticket that was made here for this source; `number` becomes the reference."""

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


def new_ticket(source_id: int, secret_key: str, now: datetime) -> str:
    """Return a ticket as the page carries it."""
    number = "".join(choice(LETTERS) for _ in range(LENGTH))
    told = f"{number}.{int(now.timestamp())}"
    return f"{told}.{_signature(told, source_id, secret_key)}"


def read_ticket(text: str, source_id: int, secret_key: str) -> Ticket | None:
    """Return the ticket; None where it is not one of ours for this source."""
    told, _, signature = text.rpartition(".")
    number, _, stamp = told.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(told, source_id, secret_key).encode()):
        return None
    made_at = reading.moment(reading.whole(stamp))
    return Ticket(number=number, made_at=made_at) if made_at else None


def _signature(told: str, source_id: int, secret_key: str) -> str:
    return hmac.digest(secret_key.encode(), f"web form {source_id} {told}".encode(), "sha256").hex()[:32]
