"""Whether we may write to somebody: what of the log of consent is in force for a way and a purpose. Nothing here does I/O.

Without a word from the customer there is no consent. What was said of one way (an address, a handle) outweighs what was said of all,
unless all was withdrawn since; "do not contact" outweighs everything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What a message is for."""

    CARE = "care"
    SURVEY = "survey"
    OCCASION = "occasion"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """For what consent is: a contact way, a handle, or with neither all there are."""

    contact_way_id: int | None = None
    author_id: int | None = None


EVERY_WAY = Target()
MERGED, LINK = "amends.merged", "amends.link"
"""The basis of what a merge itself revoked, and of what the link in a message did; each reader is told it in their language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """The newest word on a target and purpose; `number` tells apart what was said at one moment."""

    target: Target
    purpose: str
    given: bool
    at: datetime
    number: int

    @property
    def order(self) -> tuple[datetime, int]:
        """Where it stands in time."""
        return self.at, self.number


def permits(said: Iterable[Said], purpose: Purpose, target: Target, *, do_not_contact: bool) -> bool:
    """Tell whether we may write to this target for this purpose, by all that the customer said."""
    about = [one for one in said if one.purpose == purpose and not do_not_contact]
    every = _newest(about, EVERY_WAY)
    own = _newest(about, target) or every
    if own is None:
        return False
    return own.given and (every is None or every.given or own.order > every.order)


def _newest(said: Iterable[Said], target: Target) -> Said | None:
    return max((one for one in said if one.target == target), key=lambda one: one.order, default=None)
