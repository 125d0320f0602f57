"""What the ledger gains from a visit: what is covered now, what is lost, and where the long way back goes on.

Place in the path: `collector.fetch` -> here -> stretches and gaps, in the transaction of the page. A walk reads from the newest post back
to where covered time ends; so what it covers ends where it began, and it covers nothing before it has come to its end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, PaymentRequired, QueryRefused, RateLimited, SourceUnfit
from amends.core.ports import Missed, Page

SETTLING = timedelta(seconds=15)
"""Networks show posts a little late; the overlap of the next walk reads those, so until then they are not called covered."""
FEW_POLLS = 3
"""How many visits may be missed before it is called a gap."""
LONG_WALK = 3
"""How many pages a walk may take before its way back goes into a lane of its own."""


class GapKind(StrEnum):
    """Why nobody looked, or nothing was shown."""

    OUTAGE = "outage"
    RATE_LIMIT = "rate_limit"
    REFUSED = "refused"
    UNPAID = "unpaid"
    UNFIT = "unfit"
    PAUSED = "paused"
    BUDGET = "budget"
    LATE = "late"
    BACKLOG = "backlog"
    UNSEEN = "unseen"


_KINDS: tuple[tuple[type[NetworkError], GapKind], ...] = (
    (RateLimited, GapKind.RATE_LIMIT),
    (CredentialsRefused, GapKind.REFUSED),
    (AccessDenied, GapKind.REFUSED),
    (PaymentRequired, GapKind.UNPAID),
    (SourceUnfit, GapKind.UNFIT),
    (QueryRefused, GapKind.UNFIT),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A stretch of time; `since` None where nobody knows its beginning."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a watch has come: where its covered (or lost) time ends, and the walk that is under way."""

    floor: datetime | None
    began_at: datetime | None = None
    pages: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What the ledger gains from a page: `covered` where a walk came to its end, `behind` what a backfill has to read."""

    progress: Progress
    covered: Stretch | None = None
    lost: Stretch | None = None
    behind: Stretch | None = None


def after_page(progress: Progress, *, asked_at: datetime, more: bool, missed: Missed | None, parted: bool) -> Entry:
    """Return what a page that was asked for at `asked_at` adds; `parted`: its walk was split and begins anew at the newest post."""
    began_at = progress.began_at or asked_at
    end = seen_until(began_at)
    lost = lost_of(missed, progress.floor)
    floor = lost.until if lost else progress.floor
    if parted:
        here, behind = Stretch(since=end, until=end), Stretch(since=floor, until=max(end, floor or end))
        return Entry(progress=Progress(floor=end), covered=here, lost=lost, behind=behind)
    if more:
        return Entry(progress=Progress(floor=floor, began_at=began_at, pages=progress.pages + 1), lost=lost)
    covered = Stretch(since=end if floor is None else floor, until=max(end, floor or end))
    return Entry(progress=Progress(floor=covered.until), covered=covered, lost=lost)


def after_way_back(behind: Stretch, missed: Missed | None, *, more: bool) -> Entry:
    """Return what a page of a backfill adds; `behind` is what it still has to read, and covers nothing before it is all read."""
    lost = lost_of(missed, behind.since)
    left = Stretch(since=min(lost.until, behind.until), until=behind.until) if lost else behind
    covered = left if left.since is not None and not more else None
    return Entry(progress=Progress(floor=left.since), covered=covered, lost=lost, behind=left)


def seen_until(asked_at: datetime) -> datetime:
    """Return up to when a network shows everything at `asked_at`."""
    return asked_at - SETTLING


def lost_of(missed: Missed | None, floor: datetime | None) -> Stretch | None:
    """Return what of `missed` is above `floor`; None where all of it had been read before."""
    if missed is None or (floor is not None and missed.until <= floor):
        return None
    return Stretch(since=floor or missed.since, until=missed.until)


def is_long(*, more: bool, pages: int) -> bool:
    """Tell whether a walk with `pages` before this one should be parted, so that what is new need not wait for its end."""
    return more and pages + 1 >= LONG_WALK


def is_worth_parting(page: Page, floor: datetime | None) -> bool:
    """Tell whether a walk is still in time that nobody has read: below it there is only its overlap with the walk before."""
    oldest = min((post.published_at for post in page.posts), default=None)
    return oldest is not None and (floor is None or oldest > floor)


def patience(poll_every: timedelta) -> timedelta:
    """Return from which length on a time without a look is a gap."""
    return FEW_POLLS * poll_every


def kind_of(error: NetworkError) -> GapKind:
    """Return why nothing can be read."""
    return next((kind for each, kind in _KINDS if isinstance(error, each)), GapKind.OUTAGE)
