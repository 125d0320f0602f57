"""Until when we should have answered, by urgency: what the company promises itself, and how much of that time is left, in words.

The database itself keeps `cases.due_at` (migration 0019), since a dozen statements write what it follows from; here is what may be
promised. Urgency is what the posts say: the points for waiting would shorten the time that they come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from amends.core.errors import Refused
from amends.core.translating import _

LONGEST = timedelta(days=30)
MOST_STEPS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """From this urgency on, an answer is due so many minutes after the customer began to wait."""

    least_urgency: int
    minutes: int


SHIPPED = (
    Target(least_urgency=70, minutes=60),
    Target(least_urgency=40, minutes=240),
    Target(least_urgency=0, minutes=1440),
)


def checked(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets, the most urgent first; `Refused` where they are no promise for every case."""
    steps = tuple(sorted(targets, key=lambda target: -target.least_urgency))
    if not 1 <= len(steps) <= MOST_STEPS or len({step.least_urgency for step in steps}) < len(steps):
        raise Refused(_("Name each urgency once."))
    if steps[-1].least_urgency != 0 or steps[0].least_urgency > 100:  # noqa: PLR2004
        raise Refused(_("Urgency goes from 0 to 100, and one deadline must begin at 0."))
    if any(not 1 <= step.minutes <= LONGEST / timedelta(minutes=1) for step in steps):
        raise Refused(_("A deadline lies between a minute and 30 days."))
    if any(more.minutes > less.minutes for more, less in pairwise(steps)):
        raise Refused(_("What is more urgent cannot be due later than what is less so."))
    return steps
