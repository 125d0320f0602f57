"""Whether and how a customer may be asked whether it is solved, and what an answer says. Place in the path: survey due -> here -> sent."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from amends.inbox.rules.follow_up import Says

LASTS = timedelta(days=30)
"""How long a link can be answered."""
ONCE_IN = timedelta(days=14)
"""Nobody is asked more often, however many cases they have."""
TRIES = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
MARKS = (1, 2, 3, 4, 5)
LONGEST_WORD = 2_000


class Way(StrEnum):
    """How the question reaches the customer: by mail, or as an answer on the network that an agent approves first."""

    EMAIL = "email"
    NETWORK = "network"


class Skip(StrEnum):
    """Why the question does not go out."""

    GOES_ON = "goes_on"
    ERASED = "erased"
    DO_NOT_CONTACT = "do_not_contact"
    ASKED_LATELY = "asked_lately"
    NO_CONSENT = "no_consent"
    NO_MAIL_SERVER = "no_mail_server"
    NOT_DELIVERED = "not_delivered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What is known of a customer at the moment of asking; a way is agreed where there is one, and consent for it is in force."""

    going_on: bool = False
    erased: bool = False
    do_not_contact: bool = False
    asked_lately: bool = False
    email_agreed: bool = False
    network_agreed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the customer gave: marks, whether it is solved, a free word. Each may be missing, but not both of the first."""

    csat: int | None
    solved: bool | None
    word: str

    @property
    def says(self) -> Says | None:
        """What it says of the resolution; marks alone say nothing of that."""
        return None if self.solved is None else Says.HELD if self.solved else Says.RELAPSED


def way_of(standing: Standing, *, can_mail: bool) -> Way | Skip:
    """Return how to ask, or why not."""
    hindered = (
        (Skip.GOES_ON, standing.going_on),
        (Skip.ERASED, standing.erased),
        (Skip.DO_NOT_CONTACT, standing.do_not_contact),
        (Skip.ASKED_LATELY, standing.asked_lately),
    )
    skip = next((why for why, holds in hindered if holds), None)
    return skip or _open_way(standing, can_mail=can_mail)


def _open_way(standing: Standing, *, can_mail: bool) -> Way | Skip:
    if standing.email_agreed and can_mail:
        return Way.EMAIL
    if standing.network_agreed:
        return Way.NETWORK
    return Skip.NO_MAIL_SERVER if standing.email_agreed else Skip.NO_CONSENT


def next_try(attempts: int) -> timedelta | None:
    """Return after how long to try again what was tried so often, None for never."""
    return TRIES[attempts - 1] if attempts <= len(TRIES) else None
