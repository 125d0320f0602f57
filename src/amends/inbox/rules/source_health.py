"""How a watch is after a good page or a trouble, and when it is visited next. Place in the path: `collector.fetch` -> here -> watch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, PaymentRequired, QueryRefused, RateLimited, SourceUnfit
from amends.core.translating import N_
from amends.inbox.rules.words import WatchState

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=15)
SOONEST = timedelta(seconds=1)
LONGEST_WAIT = timedelta(days=1)
"""No network limits for longer; a header that says so is wrong, and believing it would be silence for ever."""
REFUSALS = 3
"""How often in a row a query is refused before we believe it: networks refuse good ones on bad days."""

_REMEDIES = (
    (CredentialsRefused, N_("The network refuses our credentials: enter new ones.")),
    (AccessDenied, N_("The network denies access: give the app the missing right, or check whether the account is suspended; then retry.")),
    (PaymentRequired, N_("The network wants to be paid: check the plan and the balance there; then retry.")),
    (SourceUnfit, N_("The source is set up wrongly: mend it, then retry.")),
    (QueryRefused, N_("The network does not know this query or place: mend the watch, or retry if it is there again.")),
)

UNFIT = N_("%(remedy)s What is wrong: %(said)s")
SAID = N_("%(remedy)s It said: %(said)s")
MORE = N_("Not everything could be read: %(first)s (and %(n)s more)")
ONE = N_("Not everything could be read: %(first)s")
CALL_REFUSED = N_("A call was refused at %(at)s UTC: %(why)s")
TEXTS = (CALL_REFUSED, MORE, ONE, UNFIT, SAID)
"""What notes are made of, the outer before what may stand in it; they are kept in English, and screens recognise them."""


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


def call_refused(why: str, *, now: datetime) -> str:
    """Return the note of a watch whose caller was turned away."""
    return CALL_REFUSED % {"at": f"{now:%Y-%m-%d %H:%M}", "why": why}


def back_off(failures: int) -> timedelta:
    """Return the pause after one more failure: 5 s doubled each time, at most 15 minutes."""
    return min(FIRST_RETRY * 2 ** min(failures, 20), LONGEST_RETRY)


def _with_detail(remedy: str, error: NetworkError) -> str:
    said = str(error) if any(error.args) else ""
    if isinstance(error, SourceUnfit):
        return UNFIT % {"remedy": remedy, "said": said or N_("unknown")}
    return SAID % {"remedy": remedy, "said": said} if said else remedy


def _summary(troubles: tuple[str, ...]) -> str:
    if not troubles:
        return ""
    first, *others = troubles
    return MORE % {"first": first, "n": len(others)} if others else ONE % {"first": first}
