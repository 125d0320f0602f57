"""Which step a case may take from where it stands."""

from datetime import datetime
from enum import StrEnum

from amends.core.errors import Conflict
from amends.core.translating import N_, _
from amends.inbox.rules.words import CaseStatus

OPEN, WAITING, SNOOZED = CaseStatus.OPEN, CaseStatus.WAITING, CaseStatus.SNOOZED
RESOLVED, DISMISSED = CaseStatus.RESOLVED, CaseStatus.DISMISSED
GOING_ON = frozenset({OPEN, WAITING, SNOOZED})


class Step(StrEnum):
    """What an agent can do to a case as a whole."""

    RESOLVE = "resolve"
    UNDO_RESOLVE = "undo_resolve"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    SNOOZE = "snooze"


_LEADS_TO = {
    (OPEN, Step.RESOLVE): RESOLVED,
    (WAITING, Step.RESOLVE): RESOLVED,
    (SNOOZED, Step.RESOLVE): RESOLVED,
    (RESOLVED, Step.UNDO_RESOLVE): OPEN,
    (OPEN, Step.DISMISS): DISMISSED,
    (WAITING, Step.DISMISS): DISMISSED,
    (SNOOZED, Step.DISMISS): DISMISSED,
    (OPEN, Step.SNOOZE): SNOOZED,
    (WAITING, Step.SNOOZE): SNOOZED,
    (SNOOZED, Step.SNOOZE): SNOOZED,
    (RESOLVED, Step.REOPEN): OPEN,
    (DISMISSED, Step.REOPEN): OPEN,
}

_WHY_NOT = {
    OPEN: N_("This case is open already."),
    WAITING: N_("This case is still going on: it waits for the customer."),
    SNOOZED: N_("This case is still going on: it sleeps."),
    RESOLVED: N_("This case is resolved already."),
    DISMISSED: N_("This case was dismissed; reopen it first."),
}


def after(status: str, step: Step) -> CaseStatus:
    """Return where `step` leads from `status`; `Conflict` where it cannot be taken (mostly because a colleague was first)."""
    before = CaseStatus(status)
    status_after = _LEADS_TO.get((before, step))
    if status_after is None:
        raise Conflict(_(_WHY_NOT[before]))
    return status_after


def awake(waiting_since: datetime | None) -> CaseStatus:
    """Return where a case stands that does not sleep and is not over: open while its customer waits for us."""
    return OPEN if waiting_since else WAITING
