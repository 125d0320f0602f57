"""Tells what a source has spent, will spend, and would spend under another budget. Place in the path: spend -> here -> page, REST."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.budget import NONE_ID
from amends.inbox.actions.pricing import price_of
from amends.inbox.rules.budgeting import Budget, Part, day_of, part_of
from amends.inbox.rules.forecast import Forecast, Usage, forecast
from amends.inbox.rules.ids import BudgetId, SourceId
from amends.inbox.store import budgets, sources, spend
from amends.inbox.store.spend import DaySpent, WatchSpent

SHOWN_DAYS = 30
WEEK = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """Reads, and what they cost in US dollars."""

    reads: float
    dollars: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What one day read for each part, and what all of it cost."""

    day: date
    us: int
    search: int
    looks: int
    dollars: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """A budget, and where it leads by midnight and by the end of the month."""

    budget: Budget
    forecast: Forecast
    today: Sum
    month: Sum


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The spending of a source; `budget_id` is 0 and `agent` empty where none was ever set. `days` are the last thirty, oldest first."""

    source_id: SourceId
    network: str
    handle: str
    price: float
    budget_id: BudgetId
    agent: str
    set_at: datetime | None
    today: Sum
    month: Sum
    days: list[Day]
    by_watch: list[WatchSpent]
    now: Outlook
    then: Outlook


def report(conn: Connection, source_id: SourceId, *, tried: Budget | None, poll_every: timedelta, now: datetime) -> Report:
    """Return the report of a source; `then` is under `tried`, or the budget in force where nothing is tried."""
    source = sources.find(conn, source_id=source_id)
    if source is None:
        raise NotFound(_("There is no source %(source_id)s.") % {"source_id": source_id})
    found = budgets.newest(conn, source_id)
    in_force = found.budget if found else Budget()
    price = price_of(source.network, source.options)
    today = day_of(now).date()
    spent = spend.by_day(conn, source_id, since=min(today.replace(day=1), today - timedelta(days=SHOWN_DAYS - 1)))
    this_month = [one for one in spent if one.day >= today.replace(day=1)]
    by_watch = spend.by_watch(conn, source_id, day=today)
    parts = frozenset(part_of(one.purpose) for one in by_watch if one.query is not None)

    def outlook(budget: Budget) -> Outlook:
        seen = forecast(_usage(spent, today), budget, price=price, parts=parts, poll_every=poll_every, now=now)
        return Outlook(budget=budget, forecast=seen, today=_ahead(_of_day(spent, today), seen.today), month=_ahead(this_month, seen.month))

    def _ahead(had: Sequence[DaySpent], reads: float) -> Sum:
        known = _sum(had)
        return Sum(reads=reads, dollars=known.dollars + (reads - known.reads) * price)

    return Report(
        source_id=source_id,
        network=source.network,
        handle=source.handle,
        price=price,
        budget_id=found.id if found else NONE_ID,
        agent=found.agent if found else "",
        set_at=found.created_at if found else None,
        today=_sum(_of_day(spent, today)),
        month=_sum(this_month),
        days=_days(spent, today),
        by_watch=by_watch,
        now=outlook(in_force),
        then=outlook(tried or in_force),
    )


def _of_day(spent: Sequence[DaySpent], day: date) -> list[DaySpent]:
    return [one for one in spent if one.day == day]


def _sum(spent: Sequence[DaySpent]) -> Sum:
    return Sum(reads=sum(one.reads for one in spent), dollars=sum(one.dollars for one in spent))


def _by_part(spent: Sequence[DaySpent]) -> Mapping[Part, int]:
    total = dict.fromkeys(Part, 0)
    for one in spent:
        total[part_of(one.purpose)] += one.reads
    return total


def _usage(spent: Sequence[DaySpent], today: date) -> Usage:
    """Return the usage; what is usual is the mean of the last seven days, or of fewer where the source is younger."""
    before = [one for one in spent if one.day < today]
    whole = min(WEEK, (today - before[0].day).days) if before else 0
    lately = _by_part([one for one in before if one.day >= today - timedelta(days=whole)])
    return Usage(
        today=_by_part(_of_day(spent, today)),
        month=_by_part([one for one in spent if one.day >= today.replace(day=1)]),
        usual={part: reads / whole for part, reads in lately.items()} if whole else {},
    )


def _days(spent: Sequence[DaySpent], today: date) -> list[Day]:
    by_day = defaultdict[date, list[DaySpent]](list)
    for one in spent:
        by_day[one.day].append(one)
    return [_day(today - timedelta(days=back), by_day[today - timedelta(days=back)]) for back in reversed(range(SHOWN_DAYS))]


def _day(day: date, spent: Sequence[DaySpent]) -> Day:
    parts = _by_part(spent)
    return Day(day=day, us=parts[Part.US], search=parts[Part.SEARCH], looks=parts[Part.LOOKS], dollars=_sum(spent).dollars)
