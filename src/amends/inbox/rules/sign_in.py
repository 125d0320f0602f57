"""How long a sign-in must wait after failed tries: guessing gets slow, a slip of the finger costs nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

REMEMBERED = timedelta(minutes=30)
FREE_TRIES = 5
FREE_TRIES_FROM_ONE_PLACE = 100
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
INVITATION_LASTS = timedelta(days=7)
PASSWORD_LINK_LASTS = timedelta(hours=1)
CODE_WITHIN = timedelta(minutes=5)


def wait_until(failures: Sequence[datetime], now: datetime, *, free: int = FREE_TRIES) -> datetime | None:
    """Return when the next try is allowed, None for now. `failures` are those of the last `REMEMBERED`, oldest first."""
    beyond = len(failures) - free
    if beyond < 0:
        return None
    allowed = failures[-1] + min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT)
    return allowed if allowed > now else None
