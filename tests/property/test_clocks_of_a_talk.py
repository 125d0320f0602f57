"""Whatever happens in whatever order, the clocks of an episode add up."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.inbox.rules.clocks import Clock, ClockKind, Standing, follow
from amends.inbox.rules.sla import Promise, Terms, timed

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOVES = ("post", "older post", "answer", "snooze", "resolve", "undo", "dismiss", "bring back", "nothing")
ENDS = {"resolve": "resolved", "dismiss": "dismissed"}


@dataclass(kw_only=True)
class Talk:
    """An episode as it stands, and its clocks, followed after each move."""

    at: Standing
    now: datetime = START
    before_end: Standing | None = None
    clocks: list[Clock] = field(default_factory=list[Clock])

    def move(self, what: str, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.at = self._after(what)
        self.clocks = follow(self.at, self.clocks, now=self.now)

    def _after(self, what: str) -> Standing:
        over = self.at.is_over
        if what in {"undo", "bring back"} and over and self.before_end:
            return self.before_end
        if over:
            return self.at
        if what in ENDS:
            self.before_end = self.at
            return replace(self.at, status=ENDS[what], ended_at=self.now, waiting_since=None)
        return self._said(what)

    def _said(self, what: str) -> Standing:
        since = self.at.waiting_since
        if what == "post":
            return replace(self.at, status="open", waiting_since=since or self.now)
        if what == "older post" and since:
            return replace(self.at, waiting_since=since - timedelta(minutes=3))
        if what == "answer" and since:
            return replace(self.at, status="waiting", answered_at=self.at.answered_at or self.now, waiting_since=None, sent_at=self.now)
        return self.at


@settings(max_examples=200, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 300)), max_size=14))
def test_clocks_add_up_and_following_twice_changes_nothing(moves: list[tuple[str, int]]) -> None:
    talk = Talk(at=Standing(status="open", published_at=START, answered_at=None, ended_at=None, waiting_since=START, sent_at=None))
    talk.move("nothing", 0)
    for what, minutes in moves:
        talk.move(what, minutes)
        assert follow(talk.at, talk.clocks, now=talk.now + timedelta(days=1)) == talk.clocks
        check(talk)


@settings(max_examples=100, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(-90, 300)), max_size=14))
def test_a_machine_whose_clock_is_put_back_measures_nothing_below_nothing(moves: list[tuple[str, int]]) -> None:
    talk = Talk(at=Standing(status="open", published_at=START, answered_at=None, ended_at=None, waiting_since=START, sent_at=None))
    for what, minutes in moves:
        talk.move(what, minutes)
        assert follow(talk.at, talk.clocks, now=talk.now) == talk.clocks
        for clock in talk.clocks:
            ours = timed(clock, Terms(promise=Promise(minutes=60)), now=talk.now)
            assert min(ours.wall, clock.paused(talk.now)) >= timedelta(0)
            assert clock.ended_at is None or clock.ended_at >= clock.started_at


def check(talk: Talk) -> None:
    waits = [clock for clock in talk.clocks if clock.kind is ClockKind.NEXT]
    assert [clock.number for clock in waits] == list(range(1, len(waits) + 1))
    assert all(not clock.runs for clock in waits[:-1])
    end = next(clock for clock in talk.clocks if clock.kind is ClockKind.RESOLUTION)
    until = end.ended_at or talk.now
    ours = timed(end, Terms(promise=Promise(minutes=60)), now=talk.now)
    assert ours.wall + end.paused(talk.now) == until - end.started_at
    assert (ours.breached_at is not None) == (ours.due_at is not None and (ours.wall > timedelta(hours=1) or _reached(ours.wall, end)))
    running = [clock for clock in talk.clocks if clock.runs]
    assert bool(running) == (not talk.at.is_over)


def _reached(wall: timedelta, clock: Clock) -> bool:
    return clock.runs and wall == timedelta(hours=1)
