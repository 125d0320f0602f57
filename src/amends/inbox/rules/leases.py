"""When to ask a hub again that calls us about a feed: before its lease ends, or ever more rarely while it grants none. Pure."""

from datetime import datetime, timedelta

SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=1)
SHORTEST = timedelta(minutes=5)
LEFT = 0.2


def renew_at(until: datetime, now: datetime) -> datetime:
    """Return when to renew a lease: while a fifth of it is left, and not at once again where it is very short."""
    return max(until - LEFT * (until - now), now + SHORTEST)


def again_at(failures: int, now: datetime) -> datetime:
    """Return when to ask again after so many times in vain: 10 minutes, 20, 40, … at most a day."""
    return now + min(SOONEST * 2 ** min(failures, 10), LATEST)
