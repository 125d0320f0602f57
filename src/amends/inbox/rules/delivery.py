"""When an alert that did not arrive is tried again: soon at first, then hourly for a day. Pure."""

from datetime import datetime, timedelta

FIRST_WAITS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
LATER_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=1)


def next_try(*, attempts: int, raised_at: datetime, now: datetime) -> datetime | None:
    """Return when to try again after `attempts` tries, or None where a day has passed since the alert was raised."""
    if now - raised_at >= GIVE_UP_AFTER:
        return None
    wait = FIRST_WAITS[attempts - 1] if 1 <= attempts <= len(FIRST_WAITS) else LATER_WAIT
    return now + wait
