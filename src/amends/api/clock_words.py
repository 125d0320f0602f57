"""Clocks in words: which one, how it is counted, what is left of it and why it stands. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.api import words
from amends.core.translating import N_, _
from amends.inbox.actions.clocks_shown import Termed
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.sla import Terms, Timed, timed
from amends.inbox.store.clocks import ClockRow
from amends.inbox.store.promises import PromiseRow

KINDS = {
    ClockKind.FIRST: N_("First answer"),
    ClockKind.NEXT: N_("Next answer"),
    ClockKind.RESOLUTION: N_("Resolution"),
}


def named(kind: str) -> str:
    """Return what a clock waits for."""
    return _(KINDS[ClockKind(kind)]) if kind in set(ClockKind) else kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A running clock as the head of a case shows it: `state` is fine, soon, late or stands."""

    kind: str
    state: str
    left: str
    how: str
    policy: str
    due_at: datetime | None


def running(termed: Iterable[Termed], now: datetime) -> list[Shown]:
    """Return the clocks of a case that run under a promise, in words."""
    found = (shown(one.row, one.terms, one.policy, now) for one in termed)
    return [one for one in found if one is not None]


def shown(row: ClockRow, terms: Terms, policy: str, now: datetime) -> Shown | None:
    """Return a running clock in words; None where nothing is promised."""
    if terms.promise is None or not row.clock.runs:
        return None
    found = timed(row.clock, terms, now=now)
    return Shown(
        kind=named(row.kind),
        state=_state(row, terms, found, now),
        left=_left(row, terms, found, now),
        how=how(row, terms),
        policy=policy,
        due_at=found.due_at,
    )


def _state(row: ClockRow, terms: Terms, found: Timed, now: datetime) -> str:
    if found.breached_at:
        return "late"
    if _stands_since(row, terms):
        return "stands"
    return "soon" if found.warn_at and found.warn_at <= now else "fine"


def _left(row: ClockRow, terms: Terms, found: Timed, now: datetime) -> str:
    """Return what is left, of business time where it is counted so, or by how much it is late; and since when it stands, if it does."""
    stands = _stands_since(row, terms)
    if found.breached_at:
        text, span = _("late by %(span)s"), max((stands or now) - found.breached_at, timedelta(0))
    else:
        text, span = _("%(span)s business time left") if terms.counted_by else _("%(span)s left"), found.left or timedelta(0)
    left = text % {"span": words.span(span)}
    if stands is None:
        return left
    paused = _("%(left)s, paused since %(since)s while we wait for the customer")
    return paused % {"left": left, "since": words.stamp(stands)}


def _stands_since(row: ClockRow, terms: Terms) -> datetime | None:
    """Return since when the clock stands, as its policy lets it; a late one gets no later meanwhile."""
    return row.paused_at if terms.pauses else None


def how(row: ClockRow, terms: Terms) -> str:
    """Return how the clock is counted, in a sentence."""
    if terms.promise is None:
        return ""
    length = words.span(timedelta(minutes=terms.promise.minutes))
    if terms.counted_by is None:
        counted = _("%(length)s by the clock on the wall, since %(since)s")
        return counted % {"length": length, "since": words.stamp(row.started_at)}
    counted = _("%(length)s of business time (%(zone)s), since %(since)s")
    return counted % {"length": length, "zone": terms.counted_by.zone, "since": words.stamp(row.started_at)}


def promise_state(row: PromiseRow) -> str:
    """Return how a promise stands, in words."""
    if row.state == "open" and row.made_at is None:
        return _("with the next answer")
    if row.late:
        return _("kept, late")
    return {"open": _("promised"), "kept": _("kept"), "broken": _("broken"), "withdrawn": _("withdrawn")}[row.state]
