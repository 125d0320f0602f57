"""How much each reason weighs in urgency: the company's own numbers, or the shipped ones. Read by `urgency`, set on the page Urgency."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter

HEAVIEST = 50
MOST = 100

WAITS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=8), timedelta(hours=24), timedelta(hours=72))
"""The waits after which a case presses more; each adds the same part of the points for waiting time."""


class Reason(StrEnum):
    """What makes a post urgent; the value is the word on screen, the name in lower case the field of `UrgencyWeights`."""

    NEGATIVE = "negative"
    COMPLAINT = "complaint"
    SAFETY = "safety"
    VULNERABLE = "vulnerable person"
    LEGAL = "legal threat"
    MONEY = "money lost"
    OUTAGE = "outage"
    LEAVING = "threatens to leave"
    REPEAT = "wrote before"
    EARLIER = "repeat complaint"
    REACH = "wide reach"
    WAITING = "waiting time"

    @property
    def key(self) -> str:
        """The reason in stored weights and forms."""
        return self.name.lower()


REASONS = tuple(Reason)
_row = attrgetter(*(reason.key for reason in REASONS))


@dataclass(frozen=True, kw_only=True, slots=True)
class UrgencyWeights:
    """The most points (0 to 50) that each reason can add; they are summed, and the sum ends at 100.

    `negative` and `complaint` are the ground; what the words or the model say counts in full; `earlier` counts by thirds (one, two,
    three earlier complaints), `reach` too (10,000, 100,000, a million followers), `waiting` by fifths (see `WAITS`).
    """

    negative: int = 30
    complaint: int = 20
    safety: int = 40
    vulnerable: int = 20
    legal: int = 20
    money: int = 15
    outage: int = 15
    leaving: int = 15
    repeat: int = 12
    earlier: int = 15
    reach: int = 24
    waiting: int = 20

    def of(self, reason: Reason) -> int:
        """Return the weight of one reason."""
        return getattr(self, reason.key)

    @property
    def row(self) -> tuple[int, ...]:
        """The weights in the order of `Reason`."""
        return _row(self)

    @property
    def stored(self) -> dict[str, int]:
        """The weights by name, as they are stored."""
        return asdict(self)

    @property
    def waiting_points(self) -> tuple[int, ...]:
        """The points of a case that waits for us: none at first, then those after each of `WAITS`."""
        return tuple(round(self.waiting * step / len(WAITS)) for step in range(len(WAITS) + 1))


SHIPPED_WEIGHTS = UrgencyWeights()


def weights_from(stored: Mapping[str, int]) -> UrgencyWeights:
    """Return stored weights; a reason that is newer than they are weighs as shipped, one that is gone is passed over."""
    known = {field.name for field in fields(UrgencyWeights)}
    return UrgencyWeights(**{name: weight for name, weight in stored.items() if name in known})
