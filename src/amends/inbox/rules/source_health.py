"""How a watch is after a good page or a trouble, and when it is visited next. Place in the path: `collector.fetch` -> here -> watch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, PaymentRequired, QueryRefused, RateLimited, SourceUnfit
from amends.inbox.rules.words import WatchState

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=15)
SOONEST = timedelta(seconds=1)
LONGEST_WAIT = timedelta(days=1)
"""No network limits for longer; a header that says so is wrong, and believing it would be silence for ever."""
REFUSALS = 3
"""How often in a row a query is refused before we believe it: networks refuse good ones on bad days."""

_REMEDIES = (
    (CredentialsRefused, "The network refuses our credentials: enter new ones."),
    (AccessDenied, "The network denies access: give the app the missing right, or check whether the account is suspended; then retry."),
    (PaymentRequired, "The network wants to be paid: check the plan and the balance there; then retry."),
    (SourceUnfit, "The source is set up wrongly: mend it, then retry."),
    (QueryRefused, "The network does not know this query or place: mend the watch, or retry if it is there again."),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """A watch's state with its sentence, the failures in a row, and the time of the next visit."""

    state: WatchState
    note: str
    failures: int
    next_at: datetime


def after_page(*, more: bool, troubles: tuple[str, ...], come_back_at: datetime | None, now: datetime, poll_every: timedelta) -> Health:
    """Return the health after a page: at once where more is waiting, else when the network said, else after `poll_every`."""
    next_at = come_back_at or (now if more else now + poll_every)
    return Health(
        state=WatchState.OK, note=_summary(troubles), failures=0, next_at=min(max(next_at, now), now + max(LONGEST_WAIT, poll_every))
    )


def after_trouble(error: NetworkError, *, failures: int, now: datetime) -> Health:
    """Return the health after `error`; `failures` is how many went before it in a row."""
    if isinstance(error, RateLimited):
        until = min(max(error.until, now + SOONEST), now + LONGEST_WAIT)
        return Health(state=WatchState.WAITING, note=str(error), failures=failures, next_at=until)
    for kind, remedy in _REMEDIES:
        if isinstance(error, kind) and not (kind is QueryRefused and failures + 1 < REFUSALS):
            return Health(state=WatchState.STOPPED, note=_with_detail(remedy, error), failures=failures + 1, next_at=now)
    return Health(state=WatchState.RETRYING, note=str(error), failures=failures + 1, next_at=now + back_off(failures))


def back_off(failures: int) -> timedelta:
    """Return the pause after one more failure: 5 s doubled each time, at most 15 minutes."""
    return min(FIRST_RETRY * 2 ** min(failures, 20), LONGEST_RETRY)


def _with_detail(remedy: str, error: NetworkError) -> str:
    said = " ".join(str(part) for part in error.args)
    if isinstance(error, SourceUnfit):
        return f"{remedy} What is wrong: {said or 'unknown'}."
    return f"{remedy} It said: {said}" if said else remedy


def _summary(troubles: tuple[str, ...]) -> str:
    if not troubles:
        return ""
    first, *others = troubles
    return f"Not everything could be read: {first}" + (f" (and {len(others)} more)" if others else "")
