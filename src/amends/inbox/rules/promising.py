"""Promises in the words of an answer: which sentence makes one and until when, as a suggestion that a person looks at.

Which time a sentence names is told by `rules.promised_dates`. Nothing here does I/O.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.customer_record import plain
from amends.inbox.rules.promised_dates import due_of_sentence
from amends.inbox.rules.working_hours import zone_of

LONGEST = 500
FURTHEST = timedelta(days=2 * 366)
REMIND_BEFORE = timedelta(hours=4)
_SENTENCE = re.compile(
    r"[^!?\n።।]+?(?:[!?\n።।]|(?:(?<![AaPp]\.[Mm])(?<![AaPp]\.\s[Mm])|(?=\.\s+[A-Z]))\.(?=\s+[^\d\s]|\s*$)(?!\s[Mm]\.)|$)"
)
"""What is one sentence: the points of "5 p.m. on Friday" and "ප.ව. 5" end none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A sentence that seems to promise something, and until when; no time where none was found."""

    text: str
    due_at: datetime | None


def suggested(text: str, now: datetime, zone: str) -> Suggestion:
    """Return the first sentence that names a time to come, else the whole text without one."""
    for sentence in _SENTENCE.findall(text):
        due = due_of_sentence(sentence, now.astimezone(zone_of(zone or "UTC")))
        if due is not None and now < due <= now + FURTHEST:
            return Suggestion(text=sentence.strip()[:LONGEST], due_at=due.astimezone(UTC))
    return Suggestion(text=" ".join(text.split())[:LONGEST], due_at=None)


def due_of(at: str, zone: str) -> datetime:
    """Return the local time of a form field in UTC; `Refused` where there is none, or it lies beyond all calendars."""
    try:
        return datetime.fromisoformat(at).replace(tzinfo=zone_of(zone or "UTC")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(_("Say until when: a day and a time.")) from error


def checked(text: str, due_at: datetime, now: datetime) -> str:
    """Return the words of a promise; `Refused` where there are none, or its time is over or years away."""
    words = " ".join(plain(text).split())
    if not 0 < len(words) <= LONGEST:
        raise Refused(_("Say in at most %(most)s characters what is promised.") % {"most": LONGEST})
    if not now < due_at <= now + FURTHEST:
        raise Refused(_("A promise is due at a time to come, at most two years ahead."))
    return words


def reminded_at(due_at: datetime, now: datetime) -> datetime:
    """Return when to remind: some hours before, but never in the first half of a short time."""
    return max(due_at - REMIND_BEFORE, now + (due_at - now) / 2)
