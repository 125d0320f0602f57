"""Whether a cluster grows against its habit. Pure.

How many customers said the same within a window is held against how many said the like of it in the same windows of the weeks before, as
long as the brand has been watched; in the first days against the hours before. Where nothing at all is known, the number alone counts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.inbox.rules import surges

LEAST = 4
"""Fewer customers are no incident."""
ONE_IN = 1_000
WINDOWS = (60, 360, 1_440)
"""A sudden outage shows within an hour, a slow one within six, a bad batch within a day (minutes)."""
ENOUGH = 4
STEPS = 24
QUIET = timedelta(hours=6)
ENDS = timedelta(hours=24)
ANEW = 1.3
"""Words are looked for again when so many times more customers speak."""

Window = tuple[datetime, datetime]


def windows(now: datetime, minutes: int, watched_since: datetime, zone: str) -> tuple[Window, list[Window]]:
    """Return the window that ends now, and those of its habit in a zone that lie within the time the brand has been watched."""
    current, behind = surges.windows(now, minutes, zone)
    known = [one for one in behind if one[0] >= watched_since]
    if len(known) >= ENOUGH:
        return current, known
    width = timedelta(minutes=minutes)
    before = [(current[0] - n * width, current[1] - n * width) for n in range(1, STEPS + 1)]
    return current, [one for one in before if one[0] >= watched_since]


def grows(n: int, habit: Sequence[int], minutes: int) -> bool:
    """Tell whether so many customers within the window are worth a look."""
    rule = surges.Rule(kind=surges.Kind.NEW_TOPIC, minutes=minutes, least=LEAST, one_in=ONE_IN)
    return surges.judged(rule, surges.Seen(n=n, habit=habit)).surges


def wants_words(voices: int, worded_at: int) -> bool:
    """Tell whether a cluster has so many more or fewer voices than when its words were found that they are looked for again."""
    return voices >= LEAST - 1 and (not worded_at or voices >= worded_at * ANEW or voices < worded_at)
