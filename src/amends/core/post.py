"""What a collector hands over: one public post in the same shape for every network.

Place in the path: collector -> `Post` -> `inbox.actions.ingest`. Nothing here does I/O.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Visibility(StrEnum):
    """Who can see the post on its network."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    DIRECT = "direct"


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """A handle on a network at the moment its post was seen.

    `external_id` is the network's stable id, never the handle, which people change. Where the network hides the author (deleted
    account), `external_id` is `"deleted"` and `handle` what the network shows.
    """

    external_id: str
    handle: str
    name: str = ""
    followers: int | None = None
    avatar_url: str = ""
    verified: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A picture or clip that belongs to a post; never fetched by the server."""

    kind: str
    url: str
    alt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Metrics:
    """Public counters of a post; None where the network does not say."""

    likes: int | None = None
    shares: int | None = None
    replies: int | None = None
    views: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One public post, normalised.

    `external_id` is stable over edits. The ids of other posts (`parent_id`, `root_id`, `quoted_id`, `shared_id`) are external ids of
    the same network, also where that post was never collected; `root_id` equals `external_id` for the first post of a thread. `raw` is
    the network's body, bytes exactly as the ledger keeps them (JSON, UTF-8). `region` is what `core.regions` makes of what the network
    says of where it was written.
    """

    network: str
    external_id: str
    author: Author
    text: str
    published_at: datetime
    permalink: str
    root_id: str
    raw: bytes
    edited_at: datetime | None = None
    deleted: bool = False
    language_hint: str = ""
    region: str = ""
    parent_id: str | None = None
    quoted_id: str | None = None
    shared_id: str | None = None
    mentions: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    metrics: Metrics = field(default_factory=Metrics)
    visibility: Visibility = Visibility.PUBLIC
    is_own: bool = False
    can_reply: bool = True
    why_no_reply: str = ""
