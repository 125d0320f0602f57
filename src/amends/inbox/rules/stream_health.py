"""What follows when a stream ends: a sentence for the source's page, and when it is opened anew. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.errors import NetworkError
from amends.inbox.rules import source_health
from amends.inbox.rules.text import storable
from amends.inbox.rules.words import WatchState

LEASE = timedelta(seconds=90)
"""How long a stream is ours without a sign of life; longer than a hanging one is borne."""
RARELY = timedelta(minutes=10)
"""How often a watch is fetched while its stream lives, as the proof that nothing was missed."""
PROVEN = timedelta(minutes=1)
"""A stream that lived so long was well; its end is the first failure, not one more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamHealth:
    """Why the stream is down, the failures in a row, and when it is tried again."""

    note: str
    failures: int
    next_at: datetime


def after_end(error: NetworkError, *, failures: int, lived: timedelta, now: datetime) -> StreamHealth:
    """Return the health after a stream that `lived` so long ended with `error`; `failures` is how many went before it in a row."""
    found = source_health.after_trouble(error, failures=0 if lived >= PROVEN else failures, now=now)
    needs_somebody = found.state is WatchState.STOPPED
    next_at = now + source_health.LONGEST_RETRY if needs_somebody else found.next_at
    return StreamHealth(note=storable(found.note), failures=found.failures, next_at=next_at)
