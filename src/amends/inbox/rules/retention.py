"""How long we keep what: the kinds, what is settled for each, and what that means today. Nothing here does I/O.

A night's work goes through the kinds in their order, and takes words away; what is counted (cases, episodes, verdicts) stays, so that the
numbers of the past do not change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from amends.core.errors import Refused
from amends.core.translating import N_, Table, _

LONGEST = 36_500
NIGHT = 2
MORNING = 5


class Kept(StrEnum):
    """A kind of what we hold."""

    CONTEXT = "context"
    CLOSED_POSTS = "closed_posts"
    ANSWERS = "answers"
    NOTES = "notes"
    FILES = "files"
    CHANGES = "changes"
    OPENINGS = "openings"
    CUSTOMERS = "customers"


NAMES = Table(
    {
        Kept.CONTEXT: N_("Posts that were no work"),
        Kept.CLOSED_POSTS: N_("Posts of closed cases"),
        Kept.ANSWERS: N_("Our answers in closed cases"),
        Kept.NOTES: N_("Notes on closed cases, and on customers"),
        Kept.FILES: N_("Files of customers"),
        Kept.CHANGES: N_("The history of customers' fields"),
        Kept.OPENINGS: N_("Who opened whose record"),
        Kept.CUSTOMERS: N_("Customers of whom nothing was heard"),
    }
)
MEANINGS = Table(
    {
        Kept.CONTEXT: N_("The words of posts that opened no case, so many days after they were published."),
        Kept.CLOSED_POSTS: N_("The words of a case's posts, so many days after it was resolved."),
        Kept.ANSWERS: N_("The words of our answers, so many days after the case was resolved. Where and when we answered stays."),
        Kept.NOTES: N_("What colleagues noted, so many days after the case was resolved or, on a customer, after it was written."),
        Kept.FILES: N_("Files that colleagues put to a customer, so many days later."),
        Kept.CHANGES: N_("Who changed which field from what to what, so many days later."),
        Kept.OPENINGS: N_("Which colleague opened which record, so many days later."),
        Kept.CUSTOMERS: N_("Everything we hold on somebody without an open case who wrote, bought and was noted nothing for so many days."),
    }
)
BY_SOURCE = frozenset({Kept.CONTEXT, Kept.CLOSED_POSTS, Kept.ANSWERS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How many days a kind is kept, for one source or for all others (None); `days` None: for ever."""

    kind: Kept
    source_id: int | None
    days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """What is older than `before` goes: of this source, or (None) of every source that is not among `others`."""

    kind: Kept
    source_id: int | None
    others: tuple[int, ...]
    before: datetime


def checked(setting: Setting) -> Setting:
    """Return the setting; `Refused` where it makes no sense."""
    if setting.days is not None and not 1 <= setting.days <= LONGEST:
        raise Refused(_("Keep it between 1 and %(n)s days, or for ever.") % {"n": LONGEST})
    if setting.source_id is not None and setting.kind not in BY_SOURCE:
        raise Refused(_("This belongs to no source; settle it for all."))
    return setting


def terms(settings: Sequence[Setting], now: datetime) -> list[Term]:
    """Return what goes today, in the order of the kinds."""
    return [
        Term(kind=kind, source_id=one.source_id, others=_others(one, settings), before=now - timedelta(days=one.days))
        for kind in Kept
        for one in settings
        if one.kind == kind and one.days is not None
    ]


def is_night(now: datetime) -> bool:
    """Tell whether few people work now, by the clock of the server's zone (UTC)."""
    return NIGHT <= now.hour < MORNING


def _others(setting: Setting, settings: Sequence[Setting]) -> tuple[int, ...]:
    """Return the sources that have a term of their own."""
    if setting.source_id is not None:
        return ()
    return tuple(one.source_id for one in settings if one.kind == setting.kind and one.source_id is not None)
