"""What a scenario says: brands, people, and entries that say who posts what, where and when."""

from dataclasses import dataclass, field
from enum import StrEnum

from amends.sandbox.faults import Fault
from amends.sandbox.records import Network, Temper

DAY = 24 * 60


class Deed(StrEnum):
    """What an entry of a scenario does; the word stands before the colon of the post it is done to."""

    POST = "post"
    REPLY = "reply"
    SHARE = "share"
    QUOTE = "quote"
    EDIT = "edit"
    DELETE = "delete"
    REMOVE = "remove"
    LOCK = "lock"
    FAULT = "fault"


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """One brand of the company with its accounts and what its sources watch."""

    key: str
    name: str
    x: str
    reddit: str
    subreddit: str
    x_query: str = ""
    reddit_query: str = ""
    about: str = ""
    bluesky: str = ""
    bluesky_query: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who posts, perhaps on several networks."""

    key: str
    x: str = ""
    reddit: str = ""
    name: str = ""
    language: str = "en"
    temper: Temper = Temper.SILENT
    followers: int = 120
    about: str = ""
    bluesky: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the scenario: at `minute` of the scenario's time, `who` does `deed`, or the network has a `fault`."""

    minute: int
    network: Network
    who: str
    deed: Deed = Deed.POST
    target: str = ""
    label: str = ""
    subreddit: str = ""
    title: str = ""
    text: str = ""
    media: str = ""
    language: str = "en"
    mood: str = ""
    kind: str = ""
    place: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A text for floods; `{words}` in braces are filled from the scenario's lists, `{n}` with a number."""

    brand: str
    language: str
    mood: str
    kind: str
    text: str


@dataclass(kw_only=True, slots=True)
class Scenario:
    """A whole scenario, entries in the order of their time."""

    brands: dict[str, Brand] = field(default_factory=dict[str, Brand])
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    entries: list[Entry] = field(default_factory=list[Entry])
    templates: list[Template] = field(default_factory=list[Template])
    lists: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    reactions: dict[tuple[str, Temper], list[str]] = field(default_factory=dict[tuple[str, Temper], list[str]])

    @property
    def begin(self) -> int:
        """Return the minute just before the first entry."""
        return max(min((entry.minute for entry in self.entries), default=0) - 1, 0)

    @property
    def length(self) -> int:
        """Return the scenario's length in minutes, whole days."""
        return (max((entry.minute for entry in self.entries), default=0) // DAY + 1) * DAY
