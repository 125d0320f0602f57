"""Whether and when a reply that did not go out is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.errors import NetworkError, RateLimited, Unreachable
from amends.inbox.rules.words import ReplyState

MOST_TRIES = 8
FIRST_RETRY = timedelta(seconds=10)
"""What a network took shows up in its lists some seconds late; who looks sooner does not find it and publishes it twice."""
LONGEST_RETRY = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=1)
LOOKS_FOR_PROOF = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class NextTry:
    """Where the reply stands now, with the reason for the screen; `at` is when it is tried again."""

    state: ReplyState
    reason: str
    at: datetime


def after_trouble(error: NetworkError, *, attempts: int, now: datetime) -> NextTry:
    """Return what follows from `error` on try number `attempts`: later, or never where trying again is useless."""
    if not isinstance(error, RateLimited | Unreachable):
        return NextTry(state=ReplyState.FAILED, reason=str(error), at=now)
    if attempts >= MOST_TRIES:
        return NextTry(state=ReplyState.FAILED, reason=f"Given up after {attempts} tries: {error}", at=now)
    if isinstance(error, RateLimited):
        return NextTry(state=ReplyState.QUEUED, reason=str(error), at=min(max(error.until, now + FIRST_RETRY), now + LONGEST_WAIT))
    return NextTry(state=ReplyState.QUEUED, reason=str(error), at=now + back_off(attempts))


def back_off(attempts: int) -> timedelta:
    """Return the pause after try number `attempts`: 10 s doubled each time, at most 10 minutes."""
    return min(FIRST_RETRY * 2 ** (min(attempts, 20) - 1), LONGEST_RETRY)


def is_believed_hidden(looks: int) -> bool:
    """Return whether a reply that could not be seen `looks` times is taken as hidden; networks show new posts late."""
    return looks >= LOOKS_FOR_PROOF
