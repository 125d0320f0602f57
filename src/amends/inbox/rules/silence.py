"""When a source is silent for longer than its own habit. Place in the path: posts an hour -> here -> alarm of the source. Pure.

The habit is how many posts an hour of the week usually brings, learnt from eight weeks before the silence, so that the silence does not
teach itself. A silence is suspicious where so long a one would happen by chance less than once in a thousand times.

- Small counts: an hour of the week that brought little leans on its neighbours, one that brought much (or nothing beside one that did)
  stands for itself, so that the evening does not inherit the day. One more week without a post is added, for what chance spared us.
- A storm of posts is no habit: an hour counts no more than the nine quietest in ten of those that brought anything.
- Posts come in bursts, so that pure chance (Poisson) would be too sure of itself: what is expected is divided by how much the hours vary.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
HOURS_A_WEEK = 168
LEARNT_FROM = timedelta(weeks=8)
LEAST_HISTORY = timedelta(weeks=1)
SHORTEST = timedelta(minutes=30)
"""What is shorter is the pace of fetching, not of a source."""
SUSPICIOUS = 1 / 1000
LONGEST = timedelta(weeks=8)
"""A silence is not added up beyond this."""

_NEIGHBOURS = ((-1, 0.25), (0, 0.5), (1, 0.25))
_LEANING = 2.0
"""How many posts it takes until an hour stands for itself by half."""
_QUIETER = 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """How many posts each hour of the week brings, from Monday 0:00 UTC on; `scatter` is at least 1 and says how much that varies."""

    rates: tuple[float, ...]
    scatter: float

    def expected(self, since: datetime, until: datetime) -> float:
        """Return how many posts the habit brings between two moments."""
        total, at = 0.0, since
        while at < until:
            end = min(_hour_of(at) + HOUR, until)
            total += self.rates[_place(at)] * ((end - at) / HOUR)
            at = end
        return total

    def chance_of_silence(self, since: datetime, until: datetime) -> float:
        """Return how likely it is that nothing comes between two moments."""
        return math.exp(-self.expected(since, min(until, since + LONGEST)) / self.scatter)


def habit(posts: Mapping[datetime, int], *, until: datetime) -> Habit | None:
    """Return the habit that `posts` an hour show before `until`; None where they reach back less than a week."""
    began = until - LEARNT_FROM
    known = {hour: count for hour, count in posts.items() if began <= hour < until}
    if not known or until - min(known) < LEAST_HISTORY:
        return None
    first = _hour_of(min(known))
    cap = _cap(list(known.values()))
    hours = [first + place * HOUR for place in range(math.ceil((until - first) / HOUR))]
    counts = [min(known.get(hour, 0), cap) for hour in hours]
    rates = _rates(hours, counts)
    return Habit(rates=rates, scatter=_scatter([rates[_place(hour)] for hour in hours], counts))


def is_suspicious(posts: Mapping[datetime, int], *, last_at: datetime, now: datetime) -> bool:
    """Tell whether nothing came since `last_at` for longer than the source's habit explains."""
    if now - last_at < SHORTEST:
        return False
    found = habit(posts, until=last_at)
    return found is not None and found.chance_of_silence(last_at, now) < SUSPICIOUS


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _place(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour


def _cap(counts: list[int]) -> int:
    loud = sorted(count for count in counts if count > 0)
    return loud[math.ceil(_QUIETER * len(loud)) - 1] if loud else 0


def _rates(hours: list[datetime], counts: list[int]) -> tuple[float, ...]:
    total, seen = defaultdict[int, int](int), defaultdict[int, int](int)
    for hour, count in zip(hours, counts, strict=True):
        total[_place(hour)] += count
        seen[_place(hour)] += 1

    def rate(place: int) -> float:
        around = [((place + step) % HOURS_A_WEEK, weight) for step, weight in _NEIGHBOURS]
        near = sum(weight * total[other] for other, weight in around)
        leans = _LEANING / (_LEANING + near)
        return (leans * near + (1 - leans) * total[place]) / (seen[place] + 1)

    return tuple(rate(place) for place in range(HOURS_A_WEEK))


def _scatter(rates: list[float], counts: list[int]) -> float:
    """Return the variance of the hours as a multiple of what pure chance would show, 1 at least."""
    strayed = [(count - rate) ** 2 / rate for rate, count in zip(rates, counts, strict=True) if rate > 0]
    return max(1.0, sum(strayed) / len(strayed)) if strayed else 1.0
