"""What a policy promises, and what that makes of a clock: until when it is due, when to warn, whether it was kept.

Place in the path: `rules.clocks` (how a clock runs) -> here (by a policy and its calendar) -> rows, preview. Kept is what ended no later
than it was due; a clock that was voided before it was due is neither kept nor broken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.inbox.rules import business_time
from amends.inbox.rules.business_time import Calendar, NoWorkingTime
from amends.inbox.rules.clocks import Clock, ClockKind, first_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """How long something may take: in business time where `business`, else by the clock on the wall."""

    minutes: int
    business: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What happens `minutes` after a breach: somebody is told, the urgency raised, or the case given to a team."""

    minutes: int
    deed: str
    team_id: int | None = None
    points: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What holds for one kind of clock under a policy."""

    promise: Promise | None = None
    calendar: Calendar | None = None
    pauses: bool = True
    warn_percent: int | None = None
    warn_minutes: int | None = None
    steps: Sequence[Step] = ()

    @property
    def counted_by(self) -> Calendar | None:
        """The calendar that the promise is counted by; None: the clock on the wall."""
        return self.calendar if self.promise and self.promise.business else None


NO_TERMS = Terms()


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """A clock by its terms: `left` is what is left while it stands; the rest how long it ran, pauses counted in `whole_business` alone."""

    due_at: datetime | None
    warn_at: datetime | None
    breached_at: datetime | None
    left: timedelta | None
    wall: timedelta
    business: timedelta | None
    whole_business: timedelta | None


def timed(clock: Clock, terms: Terms, *, now: datetime) -> Timed:
    """Return until when the clock is due by these terms, and whether it was kept."""
    until = clock.ended_at or max(now, clock.started_at)
    length = timedelta(minutes=terms.promise.minutes) if terms.promise else None
    held = clock if terms.pauses else _never_pausing(clock)
    due_at = _reached(held, terms.counted_by, length) if length else None
    warn_at = _reached(held, terms.counted_by, _warned_after(terms, length)) if length else None
    late = due_at is not None and (due_at < until if clock.ended_at else due_at <= now)
    return Timed(
        due_at=due_at,
        warn_at=warn_at,
        breached_at=due_at if late else None,
        left=max(length - _ran(held, terms.counted_by, until), timedelta(0)) if length else None,
        wall=_ran(clock, None, until),
        business=_ran(clock, terms.calendar, until) if terms.calendar else None,
        whole_business=_measured(terms.calendar, clock.started_at, until) if terms.calendar else None,
    )


def _never_pausing(clock: Clock) -> Clock:
    return Clock(kind=clock.kind, number=clock.number, started_at=clock.started_at, stopped_at=clock.stopped_at, voided_at=clock.voided_at)


def _ran(clock: Clock, calendar: Calendar | None, until: datetime) -> timedelta:
    """Return how long the clock ran, by the calendar or by the clock on the wall."""
    return sum((_measured(calendar, begin, end) for begin, end in clock.stretches(until)), timedelta(0))


def _measured(calendar: Calendar | None, begin: datetime, end: datetime) -> timedelta:
    return business_time.between(calendar, begin, end) if calendar else max(end - begin, timedelta(0))


def _reached(clock: Clock, calendar: Calendar | None, length: timedelta | None) -> datetime | None:
    """Return when the clock will have run for `length`; None while it stands, or where that never comes."""
    if length is None:
        return None
    left = length
    ends = [begin for begin, _end in clock.pauses]
    begins = [clock.started_at, *(end for _begin, end in clock.pauses)]
    for begin, end in zip(begins, [*ends, clock.paused_at], strict=True):
        if end is None:
            return _added(calendar, begin, left)
        passed = _measured(calendar, begin, end)
        if passed >= left:
            return _added(calendar, begin, left)
        left -= passed
    return None


def _added(calendar: Calendar | None, begin: datetime, length: timedelta) -> datetime | None:
    try:
        return business_time.after(calendar, begin, length) if calendar else begin + length
    except NoWorkingTime:
        return None


def _warned_after(terms: Terms, length: timedelta | None) -> timedelta | None:
    """Return after how much of the time to warn; the earlier one where both a share and a number of minutes are named."""
    if length is None:
        return None
    shares = [length * terms.warn_percent / 100] if terms.warn_percent else []
    shares += [max(length - timedelta(minutes=terms.warn_minutes), timedelta(0))] if terms.warn_minutes else []
    return min(shares, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """What was done about a clock so far."""

    warned: bool
    breached: bool
    steps_done: int
    born_late: bool


def next_look(clock: Clock, found: Timed, terms: Terms, rung: Rung) -> datetime | None:
    """Return when something is to be done about a clock next; None where nothing is left."""
    if rung.born_late or not clock.runs or found.due_at is None:
        return None
    if not rung.breached:
        return first_of([None if rung.warned else found.warn_at, found.due_at])
    later = terms.steps[rung.steps_done :]
    return found.due_at + timedelta(minutes=later[0].minutes) if later else None


KINDS = tuple(ClockKind)
