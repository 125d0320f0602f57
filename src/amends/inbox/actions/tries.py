"""Makes guessing slow at every door that takes a secret: failed tries are counted for what is guessed and for where it comes from.

A failure is a value and not an error at these doors, since its trace must be committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.knocking import neighbourhood
from amends.inbox.rules.sign_in import FREE_TRIES, FREE_TRIES_FROM_ONE_PLACE, REMEMBERED, wait_until
from amends.inbox.store import sign_in_failures

PLACE = "from:"


@dataclass(frozen=True, kw_only=True, slots=True)
class TooOften:
    """Too many failed tries; the next one counts from `until` on."""

    until: datetime


def place(address: str) -> str:
    """Return the subject under which tries from one address are counted, with those of its whole network."""
    return PLACE + neighbourhood(address)


def must_wait(conn: Connection, subjects: Sequence[str], now: datetime) -> TooOften | None:
    """Return how long these subjects must wait, None where they may try now; others who try the same wait for this transaction."""
    for subject in sorted(subjects):
        sign_in_failures.one_at_a_time(conn, subject)
    waits = [_until(conn, subject, now) for subject in subjects]
    return max((TooOften(until=until) for until in waits if until), key=lambda wait: wait.until, default=None)


def _until(conn: Connection, subject: str, now: datetime) -> datetime | None:
    free = FREE_TRIES_FROM_ONE_PLACE if subject.startswith(PLACE) else FREE_TRIES
    return wait_until(sign_in_failures.since(conn, subject, now - REMEMBERED), now, free=free)


def failed(conn: Connection, subjects: Sequence[str], now: datetime) -> None:
    """Count a failed try."""
    for subject in subjects:
        sign_in_failures.note(conn, subject, now)


def held(conn: Connection, subject: str) -> None:
    """Forget what failed before for this subject, since somebody knew the secret."""
    sign_in_failures.forget(conn, subject)
