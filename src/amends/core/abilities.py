"""What a network can do for us, said by its own file, so that doors, budgets and tests need no list of networks.

Place in the path: `collectors/<network>.py` has `ABILITIES` and `OPTIONS` -> the form of a source, the worker's lanes, the contract suite.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from amends.core.translating import N_
from amends.core.watching import WatchKind


class Group(StrEnum):
    """What people take a network for; where they look for it in a long list, in this order."""

    SOCIAL = "social"
    REVIEWS = "reviews"
    FORUMS = "forums"
    MESSAGES = "messages"
    FEEDS = "feeds"


class Script(StrEnum):
    """How a network reads what is sent: letter by letter, or as Markdown, where a single end of a line goes away or stays."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    MARKDOWN_WITH_LINES = "markdown with lines"


@dataclass(frozen=True, kw_only=True, slots=True)
class Abilities:
    """What a network allows and asks.

    `title` is its name as people write it, `mark` one or two letters that stand for it in lists, `group` where people look for it. `at` is
    what stands before a handle there, `handle` what our own account is asked by where it has no handle. `keyless`: it can be read without
    credentials. `replies`: our answer can be published there; where not, agents open the post on the network. `finds_replies`: an answer
    of which we do not know whether it went out can be looked for. `refreshes`: the present state of known posts can be asked for.
    `threads`: what stands around a post can be asked for. `private`: an answer may go to the author alone. `confides`: people can write to
    us alone there, so that they may be asked to. `attachments`: how many pictures an answer may carry. `message_length` and
    `message_pictures`: how many characters and pictures a private message may have, None where it is an answer like any other. `streams`:
    the kinds of watch that can be listened to beside being fetched. `hooks`: it calls us. `grants`: our account's owner can say yes on the
    network itself (`grant` of its file). `polls`: it has something to fetch (a network that only calls us has not). `price`: US dollars for
    one read, at the network's list price. `at_once`: how many requests may be under way there at the same time, over all our accounts.
    `reach`: how far back a watch can look, None for as far as there is anything.
    `script`: how it reads the words of an answer.
    `over_http`: requests go through `core.network.Wire`.
    """

    title: str
    mark: str
    group: Group = Group.SOCIAL
    at: str = "@"
    handle: str = N_("Our handle there")
    keyless: bool = False
    replies: bool = True
    finds_replies: bool = True
    refreshes: bool = True
    threads: bool = True
    private: bool = False
    confides: bool = False
    attachments: int = 0
    message_length: int | None = None
    message_pictures: int | None = None
    streams: frozenset[WatchKind] = frozenset()
    hooks: bool = False
    grants: bool = False
    polls: bool = True
    price: float = 0.0
    at_once: int = 4
    reach: timedelta | None = None
    script: Script = Script.PLAIN
    over_http: bool = True

    def pictures(self, *, private: bool) -> int:
        """Return how many pictures an answer may carry, in public or as a private message."""
        return self.message_pictures if private and self.message_pictures is not None else self.attachments


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One setting of a source that is no secret: `label` and `hint` as the form shows them, `default` where it may stay empty.

    It is a number where its default is one, or `number` says so.
    """

    name: str
    label: str
    hint: str = ""
    default: str = ""
    required: bool = False
    number: bool = False


PRICE_PER_READ = Option(
    name="price_per_read",
    label=N_("Price of one read, in US dollars"),
    hint=N_("Where your plan has another price than the network's list; money budgets and the forecast count with it."),
    number=True,
)
"""An option of every source, beside those of its network."""
