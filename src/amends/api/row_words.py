"""What a row of the list tells at a glance: its mood as a bar, and its deadline in words (`2 h left`, `late by 20 min`). No I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.api import words
from amends.core.translating import gettext as _
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store.inbox_list import CaseRow

SOON = timedelta(minutes=30)
NEARLY = 0.75
"""From this share of the time on, an answer is due soon, however long the time was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """When an answer is due: `state` is fine, soon or late, `used` the percent of the time that has passed."""

    at: datetime
    state: str
    text: str
    used: int

    @property
    def exact(self) -> str:
        """Return the moment itself."""
        return _("An answer is due by %(moment)s") % {"moment": words.stamp(self.at)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """All of a row that time alone changes: how old its newest post is, and how its deadline, or its wait for us, stands."""

    newest: str
    due: Due | None
    waits: str


def times(row: CaseRow, now: datetime) -> Times:
    """Return what a row says of its times now."""
    is_open = row.status == CaseStatus.OPEN
    return Times(
        newest=words.span(now - row.last_post_at),
        due=due(row.due_at, row.waiting_since, now) if is_open and row.due_at else None,
        waits=words.span(now - row.waiting_since) if is_open and row.waiting_since and not row.due_at else "",
    )


def mood_bar(sentiment: str, urgency: int) -> str:
    """Return the colour class of a row's bar: its mood, a bad one deeper where it is urgent too."""
    if sentiment == "negative":
        return "hot" if words.heat(urgency) == "hot" else "warm"
    return "good" if sentiment == "positive" else "cool"


def due(at: datetime, since: datetime | None, now: datetime) -> Due:
    """Return the deadline `at` of an answer that has been waited for `since`."""
    left = at - now
    used = _used(at, since, now)
    late, soon = left < timedelta(0), left <= SOON or used >= NEARLY
    return Due(
        at=at,
        state="late" if late else "soon" if soon else "fine",
        text=(_("late by {}") if late else _("{} left")).replace("{}", words.span(abs(left))),
        used=round(used * 100),
    )


def _used(at: datetime, since: datetime | None, now: datetime) -> float:
    """Return which share of the time from `since` to `at` has passed, between 0 and 1."""
    if at <= now:
        return 1.0
    whole = (at - since).total_seconds() if since else 0.0
    return min(1.0, max(0.0, (now - since).total_seconds() / whole)) if since and whole > 0 else 0.0
