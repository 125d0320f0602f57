"""Says what a clock calls for: the warning before it is due, the breach, and the steps after it, each once.

Place in the path: `actions.clocks` -> here -> events (the notification centre, the case), urgency, team.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from amends.core.errors import AmendsError
from amends.core.log import logger
from amends.inbox.actions import assign, press
from amends.inbox.actions.terms import Book, held_by
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import TeamId
from amends.inbox.rules.sla import Rung, Step, Terms, next_look, timed
from amends.inbox.store import clocks, events
from amends.inbox.store.clocks import ClockRow, Episode

log = logger(__name__)


def ring(book: Book, episode: Episode, old: ClockRow | None, row: ClockRow, now: datetime) -> None:
    """Tell what became of a clock since `old`, and take the steps that are due; of one that was late when we first saw it, nothing."""
    if row.born_late:
        return
    if row.warned_at and not (old and old.warned_at):
        _tell(book, row, EventKind.CLOCK_WARNED, now)
    if row.breached_at and not (old and old.breached_at):
        _tell(book, row, EventKind.CLOCK_BREACHED, now)
    if row.breached_at and row.clock.runs:
        _climb(book, episode, row, now)


def _tell(book: Book, row: ClockRow, kind: EventKind, now: datetime, **facts: object) -> None:
    told = {"clock": row.kind, "due": row.due_at and row.due_at.isoformat(), "name": book.name(row)}
    events.add_all(book.conn, [events.Event(kind=kind, case_id=row.case_id, facts=told | facts)], now=now)


def _climb(book: Book, episode: Episode, row: ClockRow, now: datetime) -> None:
    """Take the steps whose time has come, in order."""
    steps, due, done = _terms(book, row).steps, row.breached_at, row.steps_done
    clock_id = row.id or _id_of(book, row)
    while due and done < len(steps) and due + timedelta(minutes=steps[done].minutes) <= now:
        if clocks.note_step(book.conn, clock_id=clock_id, policy_id=book.policy_of(row), number=done + 1, at=now):
            _take(book, episode, row, steps[done], now)
        done += 1
    if done != row.steps_done:
        _keep_on(book, replace(row, steps_done=done), now)


def _terms(book: Book, row: ClockRow) -> Terms:
    return book.terms(ClockKind(row.kind), held_by(row))


def _id_of(book: Book, row: ClockRow) -> int:
    found = clocks.of_episodes(book.conn, [row.episode_id])
    return next(one.id for one in found if (one.kind, one.number) == (row.kind, row.number))


def _keep_on(book: Book, row: ClockRow, now: datetime) -> None:
    terms = _terms(book, row)
    rung = Rung(warned=row.warned_at is not None, breached=True, steps_done=row.steps_done, born_late=row.born_late)
    clocks.save(book.conn, [replace(row, next_at=next_look(row.clock, timed(row.clock, terms, now=now), terms, rung))])


def _take(book: Book, episode: Episode, row: ClockRow, step: Step, now: datetime) -> None:
    """Take one step; where its team is gone the others are taken all the same."""
    try:
        with book.conn.transaction():
            _DEEDS.get(step.deed, _nothing_else)(book, episode, step, now)
    except AmendsError as error:
        log.warning("escalation_step_failed", case_id=row.case_id, deed=step.deed, why=str(error))
    _tell(book, row, EventKind.CLOCK_ESCALATED, now, deed=step.deed, points=step.points, minutes=step.minutes)


def _raise(book: Book, episode: Episode, step: Step, now: datetime) -> None:
    press.press(book.conn, case_id=episode.case_id, points=step.points, reason="late", agent_id=None, now=now)


def _give(book: Book, episode: Episode, step: Step, now: datetime) -> None:
    if step.team_id is not None:
        assign.assign_team(book.conn, case_id=episode.case_id, team_id=TeamId(step.team_id), agent_id=None, now=now)


def _nothing_else(_book: Book, _episode: Episode, _step: Step, _now: datetime) -> None:
    """Who is told is told by the event."""


_DEEDS: Mapping[str, Callable[[Book, Episode, Step, datetime], None]] = {"urgency": _raise, "team": _give}
