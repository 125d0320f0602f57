"""The clocks of an episode: which there are, since when each runs, when it stands, and what stops it.

Place in the path: a case as it stands -> `follow` (which clocks there are to be) -> `timed` (until when) -> rows. `docs/metrics.md` has
the definitions: clock zero is `published_at`, of several unanswered posts the first starts the wait, a human answer that the network
accepted stops it, and while we wait for the customer the time is not ours. A moment that lies before its clock began counts as that
beginning: networks' clocks and ours differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from amends.inbox.rules.case_states import GOING_ON
from amends.inbox.rules.words import CaseStatus


class ClockKind(StrEnum):
    """What a clock waits for: our first answer of the episode, the next one, or the end."""

    FIRST = "first"
    NEXT = "next"
    RESOLUTION = "resolution"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A case and its newest episode, as far as clocks follow from them.

    `sent_at` is when our newest answer was published, `unseen_at` the first post of the customer's that no answer of ours knew of;
    `forgotten` where it ended as its customer was forgotten, which resolves nothing.
    """

    status: str
    published_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    waiting_since: datetime | None
    sent_at: datetime | None
    unseen_at: datetime | None = None
    forgotten: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the episode ended."""
        return CaseStatus(self.status) not in GOING_ON

    @property
    def began_at(self) -> datetime:
        """When the wait for the first answer began: with the first post published, in whatever order they came to us."""
        if self.answered_at or self.waiting_since is None:
            return self.published_at
        return min(self.published_at, self.waiting_since)

    def misses(self, wait: "Clock") -> bool:
        """Tell whether nobody answered what a wait began with; by our clock it may be older than an answer that it crossed."""
        return self.unseen_at is not None and self.unseen_at <= wait.started_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """One clock: it runs from `started_at` until it is stopped (its answer or end came) or voided (the episode ended without).

    `pauses` are over, `paused_at` is since when it stands.
    """

    kind: ClockKind
    number: int
    started_at: datetime
    paused_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    stopped_at: datetime | None = None
    voided_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether nothing has stopped it, be it paused or not."""
        return self.stopped_at is None and self.voided_at is None

    @property
    def ended_at(self) -> datetime | None:
        """When it ceased to run."""
        return self.stopped_at or self.voided_at

    def paused(self, until: datetime | None = None) -> timedelta:
        """Return how long it stood, up to its end or `until`."""
        now = self.ended_at or until
        over = sum((min(end, now or end) - min(begin, now or begin) for begin, end in self.pauses), timedelta(0))
        return over + (max(now - self.paused_at, timedelta(0)) if self.paused_at and now else timedelta(0))

    def stretches(self, until: datetime) -> list[tuple[datetime, datetime]]:
        """Return when it ran, up to its end, its pause or `until`, which our clock may have been put back before."""
        edges = [self.started_at, *(moment for pause in self.pauses for moment in pause), self.paused_at or self.ended_at or until]
        return [(begin, max(begin, min(end, until))) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def follow(at: Standing, clocks: Sequence[Clock], *, now: datetime) -> list[Clock]:
    """Return the clocks of the newest episode as they are to be, of those that there are; the same twice changes nothing."""
    known = {(clock.kind, clock.number): clock for clock in clocks}
    waits = [clock for clock in clocks if clock.kind is ClockKind.NEXT]
    first = known.get((ClockKind.FIRST, 1)) or Clock(kind=ClockKind.FIRST, number=1, started_at=at.began_at)
    end = known.get((ClockKind.RESOLUTION, 1)) or Clock(kind=ClockKind.RESOLUTION, number=1, started_at=at.began_at)
    again = _next(at, waits, now)
    return [_first(at, first), *again, _resolution(at, end, now, again[-1].started_at if again else end.started_at)]


def _first(at: Standing, clock: Clock) -> Clock:
    begun = replace(clock, started_at=min(clock.started_at, at.began_at), stopped_at=None, voided_at=None)
    if at.answered_at:
        return replace(begun, stopped_at=max(at.answered_at, begun.started_at))
    return _void(at, begun)


def _next(at: Standing, waits: Sequence[Clock], now: datetime) -> list[Clock]:
    """Return the waits after the first answer: the last of them is ended, or one begins."""
    done, last = list(waits[:-1]), waits[-1] if waits else None
    if last is not None and (last.runs or last.started_at == at.waiting_since):
        last = _wait(at, replace(last, stopped_at=None, voided_at=None), now)  # its answer may have been none: taken back
    found = [*done, last] if last else done
    if at.is_over or at.waiting_since is None or at.answered_at is None or (last and last.runs):
        return found
    if last and last.started_at == at.waiting_since:
        return found
    return [*found, Clock(kind=ClockKind.NEXT, number=len(found) + 1, started_at=at.waiting_since)]


def _wait(at: Standing, clock: Clock, now: datetime) -> Clock:
    """Return a running wait as it is now: stopped by an answer, begun earlier by a post that came late, or voided by the end."""
    since = at.waiting_since
    answered = at.sent_at is not None and at.sent_at >= clock.started_at
    if at.is_over:
        return _void(at, clock) if at.sent_at is None or at.misses(clock) else replace(clock, stopped_at=max(at.sent_at, clock.started_at))
    if since is not None and since <= clock.started_at:
        return replace(clock, started_at=since)
    if since is None or answered:
        return replace(clock, stopped_at=max(at.sent_at or now, clock.started_at))
    return clock


def _resolution(at: Standing, clock: Clock, now: datetime, asked_at: datetime) -> Clock:
    """Return the clock of the end; no answer came before the post of `asked_at`, whatever the network's clock says."""
    begun = replace(clock, started_at=min(clock.started_at, at.began_at), stopped_at=None, voided_at=None)
    if at.status == CaseStatus.RESOLVED and not at.forgotten:
        return replace(begun, stopped_at=max(at.ended_at or now, begun.started_at))
    if at.is_over:
        return _void(at, begun)
    return _stands(begun, max(at.sent_at or now, asked_at)) if at.waiting_since is None else _goes_on(at, begun, at.waiting_since)


def _stands(clock: Clock, answered_at: datetime) -> Clock:
    """Return the clock as it stands while we wait for the customer."""
    last = clock.pauses[-1][1] if clock.pauses else clock.started_at
    return clock if clock.paused_at else replace(clock, paused_at=max(answered_at, last))


def _goes_on(at: Standing, clock: Clock, since: datetime) -> Clock:
    """Return the clock as it runs while the customer waits for us; an answer and a post between two looks are a pause too.

    A post that comes late, but was published before those that we knew, ended the pause before it.
    """
    last = clock.pauses[-1][1] if clock.pauses else clock.started_at
    begin = clock.paused_at
    if begin is None and at.sent_at and last < at.sent_at < since:
        begin = at.sent_at
    if begin is None:
        return clock if last <= since or not clock.pauses else replace(clock, pauses=(*clock.pauses[:-1], _cut(clock.pauses[-1], since)))
    return replace(clock, paused_at=None, pauses=(*clock.pauses, (begin, max(since, begin))))


def _cut(pause: tuple[datetime, datetime], until: datetime) -> tuple[datetime, datetime]:
    return pause[0], max(pause[0], until)


def _void(at: Standing, clock: Clock) -> Clock:
    return replace(clock, voided_at=max(at.ended_at or clock.started_at, clock.started_at)) if at.is_over else clock


def first_of(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the earliest of those that there are, or None."""
    return min((moment for moment in moments if moment is not None), default=None)
