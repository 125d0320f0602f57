"""What other weights would have made of last week's posts. Pure. Place in the path: page Urgency -> stored shares -> here -> the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Sentiment
from amends.inbox.rules.ids import CaseId, PostId
from amends.triage.urgency_weights import MOST, Reason, UrgencyWeights

BINS = 10
SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighable:
    """A post on the desk with the shares of its verdict; `waited` is the stretch of waiting that its open case is in, 0 to 5."""

    post_id: PostId
    case_id: CaseId
    sentiment: str
    shares: Sequence[float]
    waited: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A post whose urgency would be another."""

    post_id: PostId
    case_id: CaseId
    before: int
    after: int

    @property
    def by(self) -> int:
        """The difference."""
        return self.after - self.before


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """How urgencies lie: `bins` count them by tens (the last takes 100 too); `alarms` would wake somebody."""

    bins: tuple[int, ...]
    alarms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """`posts` under the weights in force and under those tried; `risen` and `fallen` moved most, the farthest first."""

    posts: int
    moved: int
    before: Spread
    after: Spread
    risen: tuple[Moved, ...]
    fallen: tuple[Moved, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Weighed:
    """What weights make of posts, in their order: the points as the desk shows them, and which posts would raise an alarm."""

    scores: NDArray[np.int64]
    alarming: NDArray[np.bool_]


def preview(posts: Sequence[Weighable], *, now: UrgencyWeights, tried: UrgencyWeights, alarm_from: int) -> Preview:
    """Return what the weights `tried` would change against those in force `now`; an alarm wants a negative post of `alarm_from` or more."""
    before, after = _weighed(posts, now, alarm_from), _weighed(posts, tried, alarm_from)
    moved = [
        Moved(post_id=post.post_id, case_id=post.case_id, before=was, after=would)
        for post, was, would in zip(posts, before.scores.tolist(), after.scores.tolist(), strict=True)
        if was != would
    ]
    moved.sort(key=attrgetter("by"))
    return Preview(
        posts=len(posts),
        moved=len(moved),
        before=_spread(before),
        after=_spread(after),
        risen=tuple(one for one in reversed(moved) if one.by > 0)[:SHOWN],
        fallen=tuple(one for one in moved if one.by < 0)[:SHOWN],
    )


def _weighed(posts: Sequence[Weighable], weights: UrgencyWeights, alarm_from: int) -> _Weighed:
    """Return what `triage.urgency.score` would, for all posts at once; an alarm goes by the post alone, whatever its case waits."""
    shares = np.array([post.shares for post in posts], dtype=float).reshape(len(posts), len(Reason))
    said = np.rint(shares * weights.row).sum(axis=1).astype(int)
    waiting = np.array(weights.waiting_points)[np.array([post.waited for post in posts], dtype=int)]
    negative = np.array([post.sentiment == Sentiment.NEGATIVE for post in posts], dtype=bool)
    return _Weighed(scores=np.minimum(said + waiting, MOST), alarming=(said >= alarm_from) & negative)


def _spread(weighed: _Weighed) -> Spread:
    places = np.minimum(weighed.scores * BINS // MOST, BINS - 1)
    return Spread(bins=tuple(np.bincount(places, minlength=BINS).tolist()), alarms=int(weighed.alarming.sum()))
