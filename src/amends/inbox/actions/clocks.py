"""Keeps the clocks of cases: the one place where what happens to an episode becomes clocks that run, stand and end.

Place in the path: opened, customer wrote, answer out, resolved, undone, dismissed, reopened -> here, in the same transaction. Whatever
else changes a case (its urgency, its team) puts it into a queue by itself, and the worker comes here for it. The clocks are worked out
from the case as it stands, so that doing it twice, or late, changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from amends.core.database import Connection
from amends.inbox.actions.escalate import ring
from amends.inbox.actions.terms import Book, Held, open_book
from amends.inbox.rules import clocks as rules
from amends.inbox.rules.clocks import Clock
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.sla import Rung, Timed, next_look, timed
from amends.inbox.store import clocks
from amends.inbox.store.clocks import ClockRow, Episode

BATCH = 100
SECOND = timedelta(seconds=1)
Bind = Callable[[Book, ClockRow, Clock], Held]


def keep_due(conn: Connection, *, now: datetime) -> int:
    """See to at most `BATCH` cases whose clocks may be wrong, or of which something is due; return how many. Twice does it once."""
    case_ids = clocks.claim(conn, now=now, limit=BATCH)
    keep(conn, case_ids, now=now)
    return len(case_ids)


def keep(conn: Connection, case_ids: Sequence[CaseId], *, now: datetime, bind: Bind = Book.bound) -> None:
    """Make the clocks of these locked cases what they are to be, and do what they call for."""
    if not case_ids:
        return
    episodes = clocks.episodes(conn, case_ids)
    stored = clocks.of_episodes(conn, [episode.episode_id for episode in episodes])
    book = open_book(conn, case_ids, stored, now=now)
    known = {episode_id: list(rows) for episode_id, rows in groupby(stored, key=attrgetter("episode_id"))}
    told = [(episode, old, row) for episode in episodes for old, row in _rows(book, episode, known.get(episode.episode_id, ()), now, bind)]
    clocks.save(conn, [row for _episode, old, row in told if row != old])
    for episode, old, row in told:
        ring(book, episode, old, row, now)
    clocks.keep_on_episodes(conn, [episode.episode_id for episode in episodes])
    clocks.done_with(conn, case_ids)


def _rows(book: Book, episode: Episode, known: Sequence[ClockRow], now: datetime, bind: Bind) -> list[tuple[ClockRow | None, ClockRow]]:
    """Return each clock of an episode as it was and as it is to be."""
    before = {(row.kind, row.number): row for row in known}
    wanted = rules.follow(episode.standing, [row.clock for row in known], now=now)
    olds = [before.get((clock.kind, clock.number)) for clock in wanted]
    return [(old, _row(book, old or _new(episode, clock, now), clock, now, bind)) for old, clock in zip(olds, wanted, strict=True)]


def _new(episode: Episode, clock: Clock, now: datetime) -> ClockRow:
    return ClockRow(
        case_id=episode.case_id,
        episode_id=episode.episode_id,
        kind=clock.kind.value,
        number=clock.number,
        created_at=now,
        started_at=clock.started_at,
    )


def _row(book: Book, row: ClockRow, clock: Clock, now: datetime, bind: Bind) -> ClockRow:
    """Return the row of a clock as it runs now, with the times that its policy gives it."""
    held = bind(book, row, clock)
    terms = book.terms(clock.kind, held)
    found = timed(clock, terms, now=now)
    breached_at = found.breached_at or _still(row, clock, found)
    born_late = row.born_late if row.id else clock.runs and breached_at is not None
    if book.goes_over(row, held):  # it begins this one's steps at the first, and is warned of this one's time
        row = replace(row, steps_done=0, warned_at=row.warned_at if found.warn_at is None or found.warn_at <= now else None)
    warned_at = row.warned_at or (now if not born_late and _to_warn(clock, found, now) else None)
    rung = Rung(warned=warned_at is not None, breached=breached_at is not None, steps_done=row.steps_done, born_late=born_late)
    ended = clock.stopped_at is not None
    return replace(
        row,
        policy_version_id=held.policy,
        calendar_version_id=held.calendar,
        started_at=clock.started_at,
        paused_at=clock.paused_at,
        pause_begins=[begin for begin, _end in clock.pauses],
        pause_ends=[end for _begin, end in clock.pauses],
        paused_seconds=clock.paused() // SECOND,
        stopped_at=clock.stopped_at,
        voided_at=clock.voided_at,
        due_at=found.due_at if found.due_at or clock.runs else row.due_at,
        warn_at=found.warn_at,
        warned_at=warned_at,
        breached_at=breached_at,
        born_late=born_late,
        wall_seconds=found.wall // SECOND if ended else None,
        business_seconds=_seconds(found.business) if ended else None,
        whole_business_seconds=_seconds(found.whole_business) if ended else None,
        next_at=next_look(clock, found, terms, rung),
    )


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else length // SECOND


def _still(row: ClockRow, clock: Clock, found: Timed) -> datetime | None:
    """Return the breach of a clock that runs and is due as it was: ours may have been put back since, which makes nothing in time."""
    return row.breached_at if clock.runs and row.breached_at == found.due_at else None


def _to_warn(clock: Clock, found: Timed, now: datetime) -> bool:
    return clock.runs and found.warn_at is not None and found.warn_at <= now and found.breached_at is None
