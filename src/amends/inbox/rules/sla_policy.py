"""What a policy says, and which of it can be kept: pure checks of what somebody writes.

Place in the path: the form or a program -> `checked` -> the next version of a policy -> `terms` of each kind of clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.sla import Promise, Step, Terms

APPLYING = "clocks"
"""The job that puts clocks that run under the policies as they stand."""
LONGEST_NAME = 80
LONGEST = 366 * 24 * 60
LATEST_STEP = 30 * 24 * 60
MOST_STEPS = 6
MOST_POINTS = 100
DEEDS: Mapping[str, str] = {
    "assignee": N_("tell whose case it is"),
    "lead": N_("tell the leads of the team"),
    "manager": N_("tell the managers"),
    "urgency": N_("raise the urgency"),
    "team": N_("give it to the team"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What a policy says, as it is written and kept: the length of each promise in minutes, None where nothing is promised."""

    name: str
    condition: str
    calendar_id: int | None
    first_minutes: int | None
    first_business: bool
    next_minutes: int | None
    next_business: bool
    resolution_minutes: int | None
    resolution_business: bool
    pauses: bool
    warn_percent: int | None
    warn_minutes: int | None
    steps: Sequence[Mapping[str, Any]]

    def promise(self, kind: ClockKind) -> Promise | None:
        """Return what is promised of one kind of clock."""
        minutes = getattr(self, f"{kind}_minutes")
        return Promise(minutes=minutes, business=getattr(self, f"{kind}_business")) if minutes else None

    def terms(self, kind: ClockKind, calendar: Calendar | None) -> Terms:
        """Return what holds for one kind of clock."""
        return Terms(
            promise=self.promise(kind),
            calendar=calendar,
            pauses=self.pauses,
            warn_percent=self.warn_percent,
            warn_minutes=self.warn_minutes,
            steps=tuple(Step(**step) for step in self.steps),
        )


def place_of_new(condition: str, before: Sequence[str]) -> int:
    """Return the place of a new policy among those with these conditions: the last, but one of some cases stands before that of every case.

    Behind a policy of every case it would never be asked.
    """
    return next((place for place, one in enumerate(before) if condition and not one), len(before))


def named(written: Written) -> Written:
    """Return the policy; `Refused` where its name is none to keep it under."""
    if not 0 < len(written.name) <= LONGEST_NAME:
        raise Refused(_("A policy needs a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    return written


def checked(written: Written) -> Written:
    """Return the policy as it may be tried; `Refused` says what is wrong with it. Only one that is kept needs a name."""
    promises = [promise for kind in ClockKind if (promise := written.promise(kind))]
    if not promises:
        raise Refused(_("A policy promises at least one thing: a first answer, the next ones, or the resolution."))
    if any(not 1 <= promise.minutes <= LONGEST for promise in promises):
        raise Refused(_("What is promised lies between a minute and a year."))
    if written.calendar_id is None and any(promise.business for promise in promises):
        raise Refused(_("Business time needs a calendar; choose one, or count by the clock on the wall."))
    _check_warnings(written)
    _check_steps([Step(**step) for step in written.steps])
    return written


def _check_warnings(written: Written) -> None:
    if written.warn_percent is not None and not 1 <= written.warn_percent <= 99:  # noqa: PLR2004 - percent
        raise Refused(_("Warn after 1 to 99 percent of the time."))
    if written.warn_minutes is not None and not 1 <= written.warn_minutes <= LONGEST:
        raise Refused(_("Warn at least a minute before."))


def _check_steps(steps: Sequence[Step]) -> None:
    if len(steps) > MOST_STEPS:
        raise Refused(_("At most %(most)s steps after a breach.") % {"most": MOST_STEPS})
    if any(step.deed not in DEEDS for step in steps):
        raise Refused(_("A step tells somebody, raises the urgency, or gives the case to a team."))
    if any(not 0 <= step.minutes <= LATEST_STEP for step in steps) or any(one.minutes > other.minutes for one, other in pairwise(steps)):
        raise Refused(_("Steps come one after the other, at most 30 days after the breach."))
    for step in steps:
        _check_step(step)


def _check_step(step: Step) -> None:
    if step.deed == "urgency" and not 1 <= step.points <= MOST_POINTS:
        raise Refused(_("Urgency is raised by 1 to 100 points."))
    if step.deed == "team" and step.team_id is None:
        raise Refused(_("Choose the team that gets the case."))
