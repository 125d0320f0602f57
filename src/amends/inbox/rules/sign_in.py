"""How long a sign-in must wait after failed tries: guessing gets slow, a slip of the finger costs nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

REMEMBERED = timedelta(minutes=30)
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


def wait_until(failures: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when the next try is allowed, None for now. `failures` are those of the last `REMEMBERED`, oldest first."""
    beyond = len(failures) - FREE_TRIES
    if beyond < 0:
        return None
    allowed = failures[-1] + min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT)
    return allowed if allowed > now else None
