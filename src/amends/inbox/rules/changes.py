"""What changed about a post that we have. Place in the path: `actions.ingest`, for each post that is met again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from amends.core.post import Author, Metrics, Post, Visibility
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.routing import NOBODY
from amends.inbox.rules.text import storable, without_heaps
from amends.inbox.rules.ways import Way

LONGEST_NAME = 500
MOST_FOLLOWERS = 2**31 - 1
AHEAD = timedelta(days=1)
BEGINNING = datetime(1971, 1, 1, tzinfo=UTC)
"""No network is older; what is dated before is the zero of some program's clock (of 1970, 1900, the year 1), and says nothing."""
OPEN = frozenset({Visibility.PUBLIC, Visibility.UNLISTED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A post as we have it, with its author."""

    id: PostId
    external_id: str
    text: str
    edited_at: datetime | None
    edit_undated: bool
    is_deleted: bool
    beside: bool
    metrics: Mapping[str, int]
    visibility: str
    can_reply: bool
    why_no_reply: str
    seen_by: Sequence[Way]
    author_external_id: str
    handle: str
    name: str
    followers: int | None
    verified: bool
    avatar_url: str


def is_withdrawn(post: Post, stored: Stored) -> bool:
    """Whether the network has deleted the post since, or its author hid it from the public; what is gone once stays gone here."""
    return not stored.is_deleted and (post.deleted or is_hidden(post, stored))


def is_hidden(post: Post, stored: Stored) -> bool:
    """Whether the post was public, and is for a chosen few now."""
    return stored.visibility in OPEN and post.visibility not in OPEN


def is_present(post: Post, stored: Stored) -> bool:
    """Whether the post stands on its network as far as we know, so that what it says may be believed and kept."""
    return not (post.deleted or stored.is_deleted or is_hidden(post, stored))


def is_edited(post: Post, stored: Stored) -> bool:
    """Whether a post that is present has a newer version; an older one that comes late is no edit.

    Where a network dates its edits, a version without a date is the first one.
    """
    if stored.edited_at and not post.edited_at and not stored.edit_undated:
        return False
    if post.edited_at and stored.edited_at and post.edited_at <= stored.edited_at:
        return False
    return bool(post.edited_at) or storable(post.text) != stored.text


def is_refreshed(post: Post, stored: Stored) -> bool:
    """Whether something changed that is no edit: counters, visibility, whether we may reply (which stays once it is so)."""
    if post.visibility != stored.visibility or counters(post.metrics) != stored.metrics:
        return True
    return not stored.can_reply and (post.can_reply or post.why_no_reply != stored.why_no_reply)


def is_author_changed(author: Author, stored: Stored) -> bool:
    """Whether the author goes by another name, or reaches more or fewer people."""
    if author.external_id != stored.author_external_id or author.external_id == NOBODY:
        return False
    now = storable_author(author)
    reach = stored.followers if now.followers is None else now.followers
    known = (stored.handle, stored.name, stored.followers, stored.verified, stored.avatar_url)
    return (now.handle, now.name, reach, now.verified, now.avatar_url) != known


def published_at(post: Post, *, now: datetime) -> datetime:
    """Return when the post was published: now, where the network dates it so far ahead that it would lead every list, or too early."""
    return post.published_at if BEGINNING <= post.published_at <= now + AHEAD else now


def believable(post: Post, *, now: datetime) -> Post:
    """Return the post without the date of an edit that lies ahead: believed, it would hide every later edit for ever."""
    return replace(post, edited_at=None) if post.edited_at and post.edited_at > now + AHEAD else post


def storable_author(author: Author) -> Author:
    """Return the author in words that PostgreSQL takes, no longer than its indexes take, with a reach that it can count."""
    handle, name = (without_heaps(storable(told))[:LONGEST_NAME] for told in (author.handle, author.name))
    avatar_url = storable(author.avatar_url)
    followers = None if author.followers is None else min(max(author.followers, 0), MOST_FOLLOWERS)
    if (handle, name, avatar_url, followers) == (author.handle, author.name, author.avatar_url, author.followers):
        return author
    return replace(author, handle=handle, name=name, avatar_url=avatar_url, followers=followers)


def counters(metrics: Metrics) -> dict[str, int]:
    """Return the counters that the network tells."""
    named = (("likes", metrics.likes), ("shares", metrics.shares), ("replies", metrics.replies), ("views", metrics.views))
    return {name: value for name, value in named if value is not None}
