"""How a company tuned triage: what its managers set and its agents taught. Place in the path: stored rows -> `Tuning` -> `judge`.

Each part lives in a file of its own beside this one; where a company has set nothing, the defaults speak.
"""

from dataclasses import dataclass, field

from amends.core.ports import Reading
from amends.triage.head import Head
from amends.triage.noise import Sieve
from amends.triage.topics import Topics
from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuning:
    """All that makes a verdict beside the model.

    `head` is what agents taught (None: the shipped model speaks for itself); `order_shapes` are how the company's order numbers look
    (`core.personal.orders`); `urgency` is what its managers give each reason; `topics` and `noise` are learnt
    from its examples.
    """

    head: Head | None = None
    order_shapes: tuple[str, ...] = ()
    urgency: UrgencyWeights = SHIPPED_WEIGHTS
    topics: Topics = field(default_factory=Topics)
    noise: Sieve = field(default_factory=Sieve)

    def head_of(self, encoder: str) -> Head | None:
        """Return the head in force if it belongs to the weights `encoder`; that of others says nothing."""
        return self.head if self.head and self.head.encoder == encoder else None

    def refined(self, reading: Reading | None, encoder: str) -> Reading | None:
        """Return what the head makes of a reading by `encoder`."""
        head = self.head_of(encoder)
        return head.apply(reading) if head and reading else reading


SHIPPED = Tuning()
