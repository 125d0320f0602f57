"""What a source will have spent by midnight and by the end of the month, and what another budget would change. Pure.

The need of a part is what it read a day in the last week, or today's pace where there was no whole day yet. A budget that was spent hides a
greater need: then it is "at least". Money is at the present price.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.inbox.rules.budgeting import DAY, Budget, Part, Purse, day_of, least_page

FIRST_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Reads by part: today, this month with today, and a day of the last week (`usual` is empty where there was no whole day)."""

    today: Mapping[Part, int]
    month: Mapping[Part, int]
    usual: Mapping[Part, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class PartForecast:
    """One part: `need` is what it would read a day, `limit` what it may (None: no limit), `today` and `month` what it will have read.

    `every` is how often it is read while the budget comes in slower than it is needed; `behind` how much of a day is left unread.
    """

    part: Part
    need: float
    limit: float | None
    today: float
    month: float
    every: timedelta
    behind: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """The forecast of a source by part, and altogether."""

    parts: list[PartForecast]
    price: float

    @property
    def today(self) -> float:
        """Reads until midnight."""
        return sum(part.today for part in self.parts)

    @property
    def month(self) -> float:
        """Reads until the end of the month."""
        return sum(part.month for part in self.parts)


def forecast(usage: Usage, budget: Budget, *, price: float, parts: frozenset[Part], poll_every: timedelta, now: datetime) -> Forecast:
    """Return the forecast under `budget` for a source that watches `parts`; of looks there is no limit."""
    needs = {part: _need(usage, part, now) for part in Part}
    a_day = budget.reads(price)
    purse = None if a_day is None else Purse(budget=budget, a_day=a_day, spent={Part.LOOKS: round(needs[Part.LOOKS])}, parts=parts)
    found = [
        _of_part(usage, part, needs[part], purse.limit(part) if purse and part is not Part.LOOKS else None, poll_every, now)
        for part in Part
        if part in parts or needs[part] or usage.month.get(part)
    ]
    return Forecast(parts=found, price=price)


def _need(usage: Usage, part: Part, now: datetime) -> float:
    if usage.usual:
        return usage.usual.get(part, 0.0)
    return usage.today.get(part, 0) / (max(now - day_of(now), FIRST_HOUR) / DAY)


def _of_part(usage: Usage, part: Part, need: float, limit: float | None, poll_every: timedelta, now: datetime) -> PartForecast:
    spent = usage.today.get(part, 0)
    rest = need * (1 - (now - day_of(now)) / DAY)
    coming = rest if limit is None else max(0.0, min(rest, limit - spent))
    a_day = need if limit is None else min(need, limit)
    days_left = monthrange(now.year, now.month)[1] - now.day
    short = limit is not None and need > limit
    return PartForecast(
        part=part,
        need=need,
        limit=limit,
        today=spent + coming,
        month=usage.month.get(part, 0) + coming + days_left * a_day,
        every=_every(limit, poll_every) if short and limit is not None else poll_every,
        behind=DAY * (1 - limit / need) if short and limit is not None else timedelta(0),
    )


def _every(limit: float, poll_every: timedelta) -> timedelta:
    """Return how long a least page takes to come in, a day where nothing does."""
    return max(poll_every, DAY * min(1.0, least_page(limit) / limit)) if limit > 0 else DAY
