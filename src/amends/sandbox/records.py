"""What the sandbox networks hold: accounts and posts, in one shape for all networks.

Place in the path: before it. A post here is what the public would see; the collectors of Amends meet it only as JSON over HTTP.
"""

from dataclasses import dataclass
from enum import StrEnum


class Network(StrEnum):
    """The networks that the sandbox plays."""

    X = "x"
    REDDIT = "reddit"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"


class Temper(StrEnum):
    """What an author does after the company answered."""

    THANKS = "thanks"
    SILENT = "silent"
    AGAIN = "again"


class Origin(StrEnum):
    """Who caused a post to exist."""

    SCENARIO = "scenario"
    REACTION = "reaction"
    FLOOD = "flood"
    CONTROL = "control"
    API = "api"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Somebody on one network. `person` is the same for one human's accounts on all networks; `brand` is empty for customers."""

    network: Network
    id: str
    handle: str
    name: str
    person: str = ""
    brand: str = ""
    followers: int = 0
    language: str = "en"
    temper: Temper = Temper.SILENT
    about: str = ""
    joined_at: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A post that is about to be published; ids are ids of the same network, `key` is that of its record where its author chose one."""

    author: Account
    text: str
    title: str = ""
    subreddit: str = ""
    parent_id: str = ""
    quoted_id: str = ""
    shared_id: str = ""
    media: str = ""
    language: str = "en"
    mood: str = ""
    kind: str = ""
    origin: Origin = Origin.CONTROL
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One wording of a post on X: each has its own id."""

    number: int
    post_id: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicPost:
    """A post as the public sees it now.

    `id` is the id it was born with, `head` the number of its newest version (X) or its own (Reddit, Mastodon); `seq` rises with every
    publication on any network. Times are seconds since 1970. `deleted` is empty, `author` or `moderator`. `words` is the text for
    searching, `mentions` the lower-case handles it names, `watched` the brands whose default watches must find it.
    """

    seq: int
    network: Network
    id: str
    head: int
    author: Account
    text: str
    title: str
    subreddit: str
    parent_id: str
    root_id: str
    quoted_id: str
    shared_id: str
    media: str
    language: str
    mood: str
    kind: str
    origin: Origin
    published_at: float
    edited_at: float | None
    deleted: str
    deleted_at: float | None
    locked: bool
    words: str
    mentions: tuple[str, ...]
    watched: tuple[str, ...]
    likes: int
    shares: int
    replies: int

    @property
    def is_submission(self) -> bool:
        """Tell whether this opens a Reddit thread."""
        return self.id.startswith("t3_")
