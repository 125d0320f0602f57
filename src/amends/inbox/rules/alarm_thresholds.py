"""From when on a single negative post rings, and what other thresholds would have done with last week's posts. Pure.

Place in the path: the setting of the desk -> here -> `alerting` as posts come, `alarm_quality` as they are looked at again.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

NEVER = 101
"""The urgency that no post reaches."""
MOST_FOLLOWERS = 1_000_000_000
LONGEST_COOLDOWN = timedelta(days=7)
Ground = Literal["urgent", "reach"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """A negative post rings from `urgency` (0 to 100) or from `followers` of its author on, at most once a case within `cooldown`.

    Where the case becomes critical within it, it rings once more.
    """

    urgency: int = 60
    followers: int = 10_000
    cooldown: timedelta = timedelta(minutes=30)

    def ground(self, *, urgency: int, followers: int | None) -> Ground | None:
        """Return why a negative post rings, None where it does not."""
        if urgency >= self.urgency:
            return "urgent"
        return "reach" if followers is not None and followers >= self.followers else None


FIRST = Thresholds()
Part = Literal["urgency", "followers", "cooldown"]


def wrong_in(entered: Thresholds) -> list[Part]:
    """Return what does not fit."""
    fits: dict[Part, bool] = {
        "urgency": 0 <= entered.urgency <= NEVER,
        "followers": 0 <= entered.followers <= MOST_FOLLOWERS,
        "cooldown": timedelta(0) <= entered.cooldown <= LONGEST_COOLDOWN,
    }
    return [name for name, fine in fits.items() if not fine]
