"""How a company tuned triage: what its managers set and its agents taught. Place in the path: stored rows -> `Tuning` -> `judge`.

Each part lives in a file of its own beside this one; where a company has set nothing, the defaults speak.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuning:
    """All that makes a verdict beside the model.

    `order_shapes` are how the company's order numbers look (`core.personal.orders`).
    """

    order_shapes: tuple[str, ...] = ()


SHIPPED = Tuning()
