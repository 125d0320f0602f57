"""How a company tuned triage: what its managers set and its agents taught. Place in the path: stored rows -> `Tuning` -> `judge`.

Each part lives in a file of its own beside this one; where a company has set nothing, the defaults speak.
"""

from dataclasses import dataclass

from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuning:
    """All that makes a verdict beside the model."""

    urgency: UrgencyWeights = SHIPPED_WEIGHTS


SHIPPED = Tuning()
