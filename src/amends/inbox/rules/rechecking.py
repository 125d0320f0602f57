"""Which posts are asked for again though nobody works on them: each when it is a day old, then 2, 4, 8 days …, so ever more rarely.

A network that tells of thousands at once for little is asked for all of them, every round. What is blanked never comes back, so a network
that calls most of a batch gone (an app that was suspended, an index that is down) is asked again for hours before that is believed. A
case has few posts: where all of them are said to be gone, posts of others are asked for as witnesses.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.post import Post

EVERY = timedelta(days=1)
USUAL_DAYS = 30.0
FEW = 20
BELIEVED_AFTER = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """A walk over a source's posts that began at `began_at`; the one before began at `before_at`."""

    began_at: datetime
    before_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Posts that were first seen after `since`, and no later than `until`."""

    since: datetime
    until: datetime


def window(round_: Round, span: int, *, days: float, thorough: bool) -> Window | None:
    """Return the posts of the round's part `span`, None where it is past its last; none are older than `days`."""
    if thorough:
        whole = Window(since=round_.began_at - timedelta(days=days), until=round_.began_at)
        return whole if span == 0 and days > 0 else None
    age = 2**span
    if age > days:
        return None
    since, until = round_.before_at - timedelta(days=age), round_.began_at - timedelta(days=age)
    # After a long pause the parts would overlap: what has reached the next age too is asked for there.
    if 2 * age <= days:
        since = max(since, round_.began_at - timedelta(days=2 * age))
    return Window(since=since, until=until)


def is_mass(asked: int, gone: int) -> bool:
    """Tell whether so many of the posts asked for are said to be gone that the network may be the one that fails."""
    return gone > FEW and 2 * gone > asked


def is_all_gone(posts: Collection[Post]) -> bool:
    """Tell whether a network says of posts that were asked for that they are gone, and shows none of them."""
    return bool(posts) and all(post.deleted for post in posts)


def is_believed(doubted_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a network has said for long enough that all or most of what is asked for is gone."""
    return doubted_at is not None and now >= doubted_at + BELIEVED_AFTER
