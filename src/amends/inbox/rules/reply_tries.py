"""Whether and when a reply that did not go out is tried again, and what its agent does where it is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    NetworkError,
    PaymentRequired,
    QueryRefused,
    RateLimited,
    ReplyRefused,
    SourceUnfit,
    Unreachable,
)
from amends.core.translating import N_
from amends.inbox.rules.words import ReplyState

MOST_TRIES = 8
FIRST_RETRY = timedelta(seconds=10)
"""What a network took shows up in its lists some seconds late; who looks sooner does not find it and publishes it twice."""
LONGEST_RETRY = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=1)

ADVICE: dict[type[NetworkError], str] = {
    ReplyRefused: N_("Change the words and send them anew, or open the post on the network and answer there."),
    QueryRefused: N_("The post may be gone: open it on the network. If it is there, try again."),
    CredentialsRefused: N_("Ask an administrator to enter new credentials on the page Sources, then try again."),
    AccessDenied: N_("Ask an administrator whether the app has the right to write and the account is in good standing, then try again."),
    PaymentRequired: N_("Ask an administrator to mend the plan or the balance at the network, then try again."),
    SourceUnfit: N_("Ask an administrator to mend the source on the page Sources, then try again."),
    RateLimited: N_("The network has had enough of us for now: try again later, or answer there by hand."),
    Unreachable: N_("See on the network whether it is there. If not, try again: it is looked for first, so it does not go out twice."),
}
OTHERWISE = N_("Open the post on the network and answer there, or try again.")
GIVEN_UP = N_("Given up after %(n)s tries: %(why)s")


@dataclass(frozen=True, kw_only=True, slots=True)
class NextTry:
    """Where the reply stands now, with the reason for the screen; `at` is when it is tried again, `advice` what to do where it is not."""

    state: ReplyState
    reason: str
    at: datetime
    advice: str = ""


def after_trouble(error: NetworkError, *, attempts: int, now: datetime) -> NextTry:
    """Return what follows from `error` on try number `attempts`: later, or never where trying again is useless."""
    if not isinstance(error, RateLimited | Unreachable):
        return NextTry(state=ReplyState.FAILED, reason=str(error), at=now, advice=advice_on(error))
    if attempts >= MOST_TRIES:
        return NextTry(state=ReplyState.FAILED, reason=GIVEN_UP % {"n": attempts, "why": error}, at=now, advice=advice_on(error))
    if isinstance(error, RateLimited):
        return NextTry(state=ReplyState.QUEUED, reason=str(error), at=min(max(error.until, now + FIRST_RETRY), now + LONGEST_WAIT))
    return NextTry(state=ReplyState.QUEUED, reason=str(error), at=now + back_off(attempts))


def is_of_account(error: NetworkError) -> bool:
    """Tell whether the network refuses the account and not the one reply, so that it would refuse the next one too."""
    return isinstance(error, CredentialsRefused | PaymentRequired | SourceUnfit)


def advice_on(error: NetworkError) -> str:
    """Return what an agent does about a reply that will not be tried again by itself."""
    return next((ADVICE[kind] for kind in type(error).__mro__ if kind in ADVICE), OTHERWISE)


def back_off(attempts: int) -> timedelta:
    """Return the pause after try number `attempts`: 10 s doubled each time, at most 10 minutes."""
    return min(FIRST_RETRY * 2 ** (min(attempts, 20) - 1), LONGEST_RETRY)
