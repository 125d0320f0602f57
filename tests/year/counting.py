"""Counts every number of a span from the truth of a made-up year, one case after the other, in plain Python and exact fractions."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal
from itertools import groupby, pairwise

from amends.inbox.rules.figures import Figure
from amends.inbox.rules.measuring import EDGES, Ages, Measures, Outcomes, Slot, Times
from amends.inbox.rules.paces import Paces
from amends.inbox.rules.spans import Period
from tests.year.checking import Fact
from tests.year.hours import Worked
from tests.year.truth import SECOND

EXACT = Context(prec=60)
SAME = Decimal("1e-40")
MOST_OUTCOMES = ("held", "relapsed", "silent", "unknown")


def begun(rows: Iterable[Fact], period: Period) -> list[Fact]:
    """Return what was published in a span."""
    return [row for row in rows if not row.dismissed and period.since <= row.published_at < period.until]


def resolved(rows: Iterable[Fact], period: Period) -> list[Fact]:
    """Return what was resolved in a span."""
    ended = [row for row in rows if not row.dismissed and row.ending is not None]
    return [row for row in ended if row.resolved_at is not None and period.since <= row.resolved_at < period.until]


def waiting(rows: Iterable[Fact], at: datetime) -> list[Fact]:
    """Return what was published before a moment and neither resolved nor forgotten by then."""
    return [row for row in rows if not row.dismissed and row.published_at < at and (row.resolved_at is None or row.resolved_at >= at)]


def goes_on(row: Fact) -> bool:
    """Tell whether an episode may still be answered and resolved."""
    return row.ending is None and row.forgotten is None


def ages(rows: Iterable[Fact], period: Period, now: datetime) -> Ages:
    """Return for how long the backlog had waited as a span ended, or until now."""
    found = sorted((min(period.until, now) - row.published_at.replace(microsecond=0)) // SECOND for row in waiting(rows, period.until))
    return Ages(median=found[(len(found) - 1) // 2], oldest=found[-1]) if found else Ages(median=None, oldest=None)


def measures(rows: Collection[Fact], period: Period, now: datetime) -> Measures:
    """Return the numbers of a span."""
    new, ended = begun(rows, period), resolved(rows, period)
    again = [row.next_answer for row in new if row.next_answer is not None]
    return Measures(
        begun=len(new),
        answered=_count(new, lambda row: row.first_answer is not None),
        unanswered=_count(new, lambda row: row.first_answer is None),
        ended=_count(new, lambda row: row.ending is not None),
        unended=_count(new, lambda row: row.ending is None),
        reopened=_count(new, lambda row: row.number > 1),
        negative=_count(new, lambda row: row.mood == "negative"),
        neutral=_count(new, lambda row: row.mood == "neutral"),
        positive=_count(new, lambda row: row.mood == "positive"),
        kept=_count(new, lambda row: row.promise == "kept"),
        broken=_count(new, lambda row: row.promise == "broken"),
        next_answered=sum(one >= 0 for one in again),
        next_waiting=sum(one < 0 for one in again),
        resolved=len(ended),
        rated=_count(ended, lambda row: row.csat is not None),
        content=_count(ended, lambda row: (row.csat or 0) >= 4),
        after_7=_outcomes([row.after_7 for row in ended]),
        after_30=_outcomes([row.after_30 for row in ended]),
        first=first_answers(new, now),
        next=Times(median=share([one for one in again if one >= 0], [], len(again), "0.5"), p90=_p90(again)),
        ending=_times([row.ending for row in new], [_watched(row, now) for row in new if goes_on(row)], len(new)),
    )


def first_answers(new: Sequence[Fact], now: datetime) -> Times:
    """Return how long first answers took; who still waits is waited for until now, who was resolved or forgotten without never gets one."""
    still = [_watched(row, now) for row in new if row.first_answer is None and goes_on(row)]
    return _times([row.first_answer for row in new], still, len(new))


def figures(rows: Collection[Fact], period: Period, now: datetime) -> dict[Figure, int]:
    """Return every figure of a span."""
    found = measures(rows, period, now)
    plain = {figure: getattr(found, figure.value) for figure in Figure if hasattr(found, figure.value)}
    looks = {"7": found.after_7, "30": found.after_30}
    outcome = {Figure(f"{name}_{days}"): getattr(look, name) for days, look in looks.items() for name in MOST_OUTCOMES}
    return plain | outcome | {Figure.BACKLOG: len(waiting(rows, period.until))}


def slot(rows: Collection[Fact], period: Period, now: datetime) -> Slot:
    """Return one bar of a chart."""
    new = begun(rows, period)
    return Slot(
        period=period,
        begun=len(new),
        resolved=len(resolved(rows, period)),
        negative=_count(new, lambda row: row.mood == "negative"),
        neutral=_count(new, lambda row: row.mood == "neutral"),
        positive=_count(new, lambda row: row.mood == "positive"),
        first_median=first_answers(new, now).median,
        backlog=len(waiting(rows, period.until)),
    )


def paces(new: Sequence[Fact], calendars: Mapping[int, Worked], now: datetime) -> Paces:
    """Return how fast it went; who waits is watched until now, by the calendar in business time."""
    open_still = [row for row in new if goes_on(row)]
    unanswered = [row for row in open_still if row.first_answer is None]
    again = [row.next_business for row in new if row.next_business is not None]
    return Paces(
        seen=_times([row.seen for row in new], [], len(new)),
        triaged=_times([row.triaged for row in new], [], len(new)),
        handled=_times([row.handled for row in new], [_since_triage(row, now) for row in unanswered], len(new)),
        first_business=_times(
            [row.first_business for row in new], [_worked(row, calendars[row.first_calendar], now) for row in unanswered], len(new)
        ),
        next_business=Times(median=share([one for one in again if one >= 0], [], len(again), "0.5"), p90=_p90(again)),
        ending_business=_times(
            [row.ending_business for row in new], [_worked(row, calendars[row.ending_calendar], now) for row in open_still], len(new)
        ),
        counted=len(new),
    )


def _since_triage(row: Fact, now: datetime) -> int:
    return max(0, (now - row.published_at.replace(microsecond=0)) // SECOND - row.seen - row.triaged)


def _worked(row: Fact, calendar: Worked, now: datetime) -> int:
    return calendar.between(row.published_at.replace(microsecond=0), now) // SECOND


def bins(lengths: Iterable[int | None]) -> list[int]:
    """Return how many lengths lie in each bin."""
    there = [length for length in lengths if length is not None]
    edges = [0, *EDGES, 1 << 40]
    return [sum(least <= length < below for length in there) for least, below in pairwise(edges)]


def share(ended: Iterable[int], watched: Iterable[int], total: int, wanted: str) -> int | None:
    """Return after how many seconds a share of so many has ended: Kaplan and Meier, one second after the other."""
    left, there, wished = Decimal(1), total, EXACT.add(1 - Decimal(wanted), SAME)
    happened = sorted([*((length, 0) for length in ended), *((length, 1) for length in watched)])
    for second, group in groupby(happened, key=lambda one: one[0]):
        kinds = [kind for _, kind in group]
        left = EXACT.multiply(left, EXACT.divide(Decimal(there - kinds.count(0)), Decimal(there)))
        if kinds.count(0) and left <= wished:
            return second
        there -= len(kinds)
    return None


def _times(ended: Iterable[int | None], watched: list[int], total: int) -> Times:
    there = [length for length in ended if length is not None]
    return Times(median=share(there, watched, total, "0.5"), p90=share(there, watched, total, "0.9"))


def _p90(again: list[int]) -> int | None:
    return share([one for one in again if one >= 0], [], len(again), "0.9")


def _watched(row: Fact, now: datetime) -> int:
    return max(0, (now - row.published_at.replace(microsecond=0)) // SECOND)


def _count(rows: Iterable[Fact], fits: Callable[[Fact], bool]) -> int:
    return sum(map(fits, rows))


def _outcomes(found: Sequence[str | None]) -> Outcomes:
    return Outcomes(**{name: found.count(name) for name in MOST_OUTCOMES})


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouped:
    """The numbers of one value of a dimension, and how many began in the span before."""

    measures: Measures
    paces: Paces
    before: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """From when, on which span and the one before it, and by which calendars somebody looks."""

    now: datetime
    period: Period
    before: Period
    calendars: Mapping[int, Worked]


def groups(rows: Collection[Fact], keys: Callable[[Fact], Collection[int]], seen: Seen) -> dict[int, Grouped]:
    """Return the numbers for each value that something begun or resolved in the span (or begun before it) has."""
    there = [*begun(rows, seen.period), *resolved(rows, seen.period), *begun(rows, seen.before)]
    found = {key for row in there for key in keys(row)}
    return {key: _group([row for row in rows if key in keys(row)], seen) for key in found}


def _group(rows: list[Fact], seen: Seen) -> Grouped:
    new = begun(rows, seen.period)
    return Grouped(
        measures=measures(rows, seen.period, seen.now),
        paces=paces(new, seen.calendars, seen.now),
        before=len(begun(rows, seen.before)),
    )
