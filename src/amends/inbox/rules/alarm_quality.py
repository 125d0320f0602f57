"""Whether the alarms of single posts were right, and what another threshold would have done. Pure.

A rule's precision is what was of use among what somebody judged: an alarm is of use where somebody saw to it and did not call it no
reason to ring; one that nobody saw to is judged by nobody. A missed alarm is a post of which somebody here said that it should have rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

THRESHOLDS = (40, 50, 60, 70, 80, 90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bad:
    """A negative post of a customer that was fresh when it was read, and how the alarm of its case was judged, if it rang."""

    case_id: int
    published_at: datetime
    urgency: int
    followers: int | None
    rang: bool
    useless: bool
    missed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WouldHave:
    """What a threshold would have done: alarms in all, of use among those judged, no reason to ring, and missed ones that it catches."""

    urgency: int
    alarms: int
    useful: int
    useless: int
    caught: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """How the alarms of a rule were judged; `open` are those that nobody has seen to."""

    rule: str
    raised: int
    useful: int
    useless: int
    open: int

    @property
    def precision(self) -> float | None:
        """The share of use among those that somebody judged; None where nobody did."""
        return self.useful / (self.useful + self.useless) if self.useful + self.useless else None


def would_have(posts: Sequence[Bad], *, urgency: int, followers: int, cooldown: timedelta) -> WouldHave:
    """Return what a threshold of urgency would have done on posts in order of time, once a case within the cool-down."""
    last: dict[int, datetime] = {}
    rung: list[Bad] = []
    for post in posts:
        loud = post.urgency >= urgency or (post.followers or 0) >= followers
        rested = post.case_id not in last or post.published_at - last[post.case_id] >= cooldown
        if loud and rested:
            last[post.case_id] = post.published_at
            rung.append(post)
    return WouldHave(
        urgency=urgency,
        alarms=len(rung),
        useful=sum(one.rang and not one.useless for one in rung),
        useless=sum(one.useless for one in rung),
        caught=sum(one.missed for one in rung),
    )
