"""The one error tree of Amends.

AmendsError
├── SettingsWrong             the installation is set up wrongly; the message says how to mend it
├── NotFound                  no such row, or not for this agent
├── NotAllowed                the agent's role does not permit it
├── Refused                   the input breaks a rule; nothing was changed
│   ├── Conflict              somebody else was first
│   └── Unsuited              this one does not take it; another may
├── ModelMissing              the triage model's files are absent or damaged
├── HookRefused               a webhook is forged, too old, too large or no such thing; nothing was changed
├── TranslationFailed         the translator did not translate a text; the original stands
├── DeliveryError             an alert did not reach its channel (`permanent` says whether to try again)
└── NetworkError              a social network did not do what was asked
    ├── RateLimited           come back at `until`
    ├── Unreachable           time-out, 5xx, half a JSON, HTML where JSON was due: try again later
    ├── CredentialsRefused    401: stop and ask for new credentials
    ├── AccessDenied          403: stop and ask for the missing right
    ├── QueryRefused          400, 404: the network does not know this query or place; mend the watch
    ├── PaymentRequired       402: stop until the plan or the balance is mended
    ├── SourceUnfit           we set the source up wrongly (an option that is no number); the network was not asked
    └── ReplyRefused          the network will never take this reply

The class docstring is the message where none is given, in the language that is spoken. What is kept beside a case or a rule is told to
other readers in theirs: such a message is marked with `N_` and given its values apart. Only `api/errors.py` knows HTTP status codes.
"""

from datetime import datetime

from typing_extensions import override

from amends.core.kept import Value, filled, keep
from amends.core.translating import _


class AmendsError(Exception):
    """Something went wrong in Amends."""

    def __init__(self, message: str = "", **values: Value) -> None:
        super().__init__(message)
        self.values = values

    @override
    def __str__(self) -> str:
        said = super().__str__() or _((type(self).__doc__ or "").strip())
        return filled(said, self.values) if self.values else said

    @property
    def kept(self) -> str:
        """The message as it is kept for readers of other languages, by `core.kept`."""
        return keep(super().__str__() or (type(self).__doc__ or "").strip(), **self.values)


class SettingsWrong(AmendsError):
    """The settings are not usable; `./amends doctor` says what to mend."""


class NotFound(AmendsError):
    """There is nothing here, or it is not yours to see."""


class NotAllowed(AmendsError):
    """Your role does not permit this."""


class Refused(AmendsError):
    """This cannot be done; nothing was changed."""


class Conflict(Refused):
    """Somebody else was first; look again before you go on."""


class Unsuited(Refused):
    """This cannot be done; nothing was changed."""


class ModelMissing(AmendsError):
    """The triage model's files are absent or damaged; `./amends doctor` says which."""


class HookRefused(AmendsError):
    """The call is not signed as agreed, or too old."""


class TranslationFailed(AmendsError):
    """The text was not translated; the original stands."""


class DeliveryError(AmendsError):
    """The alert did not reach its channel."""

    def __init__(self, message: str = "", *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class NetworkError(AmendsError):
    """The social network did not do what was asked."""


class RateLimited(NetworkError):
    """The network asks us to come back later."""

    def __init__(self, message: str = "", *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Unreachable(NetworkError):
    """The network does not answer properly; we try again by ourselves."""


class CredentialsRefused(NetworkError):
    """The network refuses our credentials (401); enter new ones on the source's page."""


class AccessDenied(NetworkError):
    """The network denies us this (403); the app lacks a right, or the account is suspended."""


class QueryRefused(NetworkError):
    """The network does not accept this query or has no such place (400, 404); mend the watch."""


class PaymentRequired(NetworkError):
    """The network wants to be paid first (402); check the plan and the balance there."""


class SourceUnfit(NetworkError):
    """The source is set up wrongly, so the network was not asked; mend it on the source's page."""


class ReplyRefused(NetworkError):
    """The network will not publish this reply."""
