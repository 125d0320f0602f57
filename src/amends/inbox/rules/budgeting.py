"""Whether a watch may read now, and how much. Place in the path: due watch -> here -> `collector.fetch(budget=…)`, or a wait. Pure.

A budget is for one day in UTC. It comes in evenly from midnight on, an hour's worth ahead, so that it is not gone by noon. What posts of
cases cost that are looked at again goes off the top, since deletions and proofs must not wait; the rest is parted between what concerns us
and what is searched. Where a source watches only one of the two, that one gets all.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from amends.core.translating import N_
from amends.core.watching import WatchKind

DAY = timedelta(days=1)
AHEAD = timedelta(hours=1)
LEAST = 10
"""A smaller page is not worth a request, and most networks give no smaller one."""
FEWEST, MOST = 1e-6, 1e12
"""What money buys at a price that is odd beyond all sense is none the less a number to reckon with."""
SHARE = 70
_ROUNDING = 1e-6
SPENT = "Today's budget is spent"
NOTE = N_("Today's budget is spent; the next reading is at %(at)s (UTC)")
"""Begins with `SPENT`, by which the database finds who waits so."""


class Unit(StrEnum):
    """In what a budget is counted; money is US dollars, as networks price."""

    READS = "reads"
    MONEY = "money"


class Part(StrEnum):
    """For what reads are spent."""

    US = "us"
    SEARCH = "search"
    LOOKS = "looks"


_PARTS = {str(kind): Part.SEARCH if kind.takes_words else Part.US for kind in WatchKind}


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What one day may cost, `a_day` None where there is no limit; `share` per cent of it are for what concerns us."""

    unit: Unit = Unit.READS
    a_day: float | None = None
    share: int = SHARE

    def reads(self, price: float) -> float | None:
        """Return how many reads a day may have at `price`, None where there is no limit, also where reading costs nothing."""
        if self.a_day is None or self.unit is Unit.READS:
            return self.a_day
        return min(max(self.a_day / price, FEWEST), MOST) if price > 0 else None

    def portion(self, part: Part, parts: frozenset[Part]) -> float:
        """Return which share of 1 the part gets where the source watches `parts`."""
        if parts <= {part}:
            return 1.0
        return self.share / 100 if part is Part.US else 1 - self.share / 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """How many posts a watch may read now; none, and then when it may again."""

    posts: int
    again_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Purse:
    """What a source may still read: its budget of `a_day` reads, what was spent of it today, and the parts that it watches."""

    budget: Budget
    a_day: float
    spent: Mapping[Part, int]
    parts: frozenset[Part]

    def limit(self, part: Part) -> float:
        """Return how many reads the part may have until midnight."""
        return self.allowed(part, 1.0)

    def allowed(self, part: Part, gone: float) -> float:
        """Return how many reads the part may have had when `gone` of 1 of the budget has come in."""
        return max(0.0, self.a_day * gone - self.spent.get(Part.LOOKS, 0)) * self.budget.portion(part, self.parts)


def part_of(kind: str) -> Part:
    """Return the part that a watch of this kind belongs to."""
    return _PARTS.get(kind, Part.LOOKS)


def day_of(now: datetime) -> datetime:
    """Return the midnight at which the budget day began."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def turn(purse: Purse, part: Part, *, page: int, now: datetime, poll_every: timedelta) -> Turn:
    """Return whether a watch of `part` may read a page of at most `page` posts now, how much of it, or when again."""
    spent = purse.spent.get(part, 0)
    room = purse.allowed(part, _come_in(now)) - spent + _ROUNDING
    least = least_page(purse.a_day * purse.budget.portion(part, purse.parts))
    if room >= least:
        return Turn(posts=min(page, math.floor(room)))
    again = _moment(purse, part, spent + least, now)
    return Turn(posts=0, again_at=_full_minute(max(again, now + poll_every)))


def least_page(a_day: float) -> int:
    """Return the smallest page worth a request, for a part that may have `a_day` reads a day."""
    return max(1, min(LEAST, math.floor(a_day)))


def note(again_at: datetime, *, now: datetime) -> str:
    """Return what the watch says while it waits."""
    return NOTE % {"at": f"{again_at:%H:%M}" if day_of(again_at) == day_of(now) else f"{again_at:%Y-%m-%d %H:%M}"}


def _come_in(now: datetime) -> float:
    return min(1.0, (now - day_of(now) + AHEAD) / DAY)


def _moment(purse: Purse, part: Part, reads: float, now: datetime) -> datetime:
    """Return when so many reads will have come in for the part: today, or so early tomorrow that a least page has."""
    portion = purse.budget.portion(part, purse.parts)
    gone = (reads / portion + purse.spent.get(Part.LOOKS, 0)) / purse.a_day
    if gone <= 1:
        return day_of(now) + max(timedelta(0), gone * DAY - AHEAD)
    fresh = min(1.0, least_page(purse.a_day * portion) / portion / purse.a_day)
    return day_of(now) + DAY + max(timedelta(0), fresh * DAY - AHEAD)


def _full_minute(moment: datetime) -> datetime:
    """Return the next full minute, so that what we say is what we do."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)
