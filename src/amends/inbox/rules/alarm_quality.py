"""Whether the alarms of single posts were right, and what another threshold would have done. Pure.

A rule's precision is what was of use among what somebody judged: an alarm is of use where somebody saw to it and did not call it no
reason to ring; one that nobody saw to is judged by nobody. A missed alarm is a post of which somebody here said that it should have rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.inbox.rules.alarm_thresholds import Thresholds
from amends.inbox.rules.alerting import SILENT, Rung, severity_of
from amends.inbox.rules.ids import CaseId, PostId

THRESHOLDS = (40, 50, 60, 70, 80, 90)
SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Bad:
    """A negative post of a customer that was fresh when it was read, and how the alarm of its case was judged, if it rang."""

    post_id: PostId
    case_id: CaseId
    published_at: datetime
    urgency: int
    followers: int | None
    rang: bool
    useless: bool
    missed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WouldHave:
    """What thresholds would have done: alarms in all, by reach alone, of use and of none among those judged, missed ones caught."""

    urgency: int
    alarms: int
    by_reach: int
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """Negative `posts` under the thresholds in force and under those tried; `added` would ring then, `gone` no more, loudest first."""

    posts: int
    before: WouldHave
    after: WouldHave
    added: tuple[Bad, ...]
    gone: tuple[Bad, ...]


def would_have(posts: Sequence[Bad], thresholds: Thresholds) -> WouldHave:
    """Return what thresholds would have done on posts in order of time."""
    return _counted(_rung(posts, thresholds), thresholds)


def preview(posts: Sequence[Bad], *, now: Thresholds, tried: Thresholds) -> Preview:
    """Return what other thresholds would change on posts in order of time."""
    before, after = _rung(posts, now), _rung(posts, tried)
    return Preview(
        posts=len(posts),
        before=_counted(before, now),
        after=_counted(after, tried),
        added=_loudest(after, besides=before),
        gone=_loudest(before, besides=after),
    )


def _rung(posts: Sequence[Bad], thresholds: Thresholds) -> list[Bad]:
    """Return the posts that would have rung, once a case within the cool-down, and once more where it became critical."""
    last: dict[CaseId, Rung] = {}
    rung: list[Bad] = []
    for post in posts:
        ground, before = thresholds.ground(urgency=post.urgency, followers=post.followers), last.get(post.case_id, SILENT)
        if ground is None:
            continue
        severity = severity_of(ground, post.urgency)
        if not before.holds_back(severity, cooldown=thresholds.cooldown, now=post.published_at):
            last[post.case_id] = before.again(severity, post.published_at)
            rung.append(post)
    return rung


def _counted(rung: Sequence[Bad], thresholds: Thresholds) -> WouldHave:
    return WouldHave(
        urgency=thresholds.urgency,
        alarms=len(rung),
        by_reach=sum(one.urgency < thresholds.urgency for one in rung),
        useful=sum(one.rang and not one.useless for one in rung),
        useless=sum(one.useless for one in rung),
        caught=sum(one.missed for one in rung),
    )


def _loudest(rung: Sequence[Bad], *, besides: Sequence[Bad]) -> tuple[Bad, ...]:
    known = {one.post_id for one in besides}
    found = (one for one in rung if one.post_id not in known)
    return tuple(sorted(found, key=lambda one: (-one.urgency, -(one.followers or 0), one.post_id))[:SHOWN])
