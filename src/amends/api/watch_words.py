"""The words of what is watched: what a watch looks at, and how it is. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from amends.api.words import label
from amends.core.translating import N_, Table, _
from amends.core.written import until
from amends.inbox.rules.budgeting import SPENT

WATCHES = Table(
    {
        "mentions": N_("Who mentions us"),
        "search": N_("Search"),
        "hashtag": N_("Hashtags"),
        "quotes": N_("Who quotes us"),
        "own_posts": N_("Our own posts and answers"),
        "inbox": N_("What is written to us"),
        "subreddit_posts": N_("New posts of subreddits"),
        "subreddit_comments": N_("New comments of subreddits"),
        "reviews": N_("Reviews of"),
        "comments": N_("Comments on what we publish"),
        "issues": N_("Issues of"),
        "discussions": N_("Discussions of"),
        "topics": N_("Topics of"),
        "questions": N_("Questions about"),
        "feed": N_("Feeds"),
        "mailbox": N_("The mailbox"),
        "folder": N_("Folders"),
        "calls": N_("What is sent to us"),
    }
)
SHORT = Table(
    {
        "mentions": N_("Mentions"),
        "search": N_("Search"),
        "hashtag": N_("Hashtag"),
        "quotes": N_("Quotes"),
        "own_posts": N_("Own posts"),
        "inbox": N_("Inbox"),
        "subreddit_posts": N_("Subreddit posts"),
        "subreddit_comments": N_("Subreddit comments"),
        "reviews": N_("Reviews"),
        "comments": N_("Comments"),
        "issues": N_("Issues"),
        "discussions": N_("Discussions"),
        "topics": N_("Topics"),
        "questions": N_("Questions"),
        "feed": N_("Feed"),
        "mailbox": N_("Mailbox"),
        "folder": N_("Folder"),
        "calls": N_("Calls"),
    }
)


def watch(kind: str, query: str) -> str:
    """Return what a watch looks at."""
    name = WATCHES.get(kind, label(kind))
    return f"{name}: {query}" if query else name


class Watched(Protocol):
    """A watch with its health."""

    @property
    def kind(self) -> str:
        """What it looks at."""
        ...

    @property
    def state(self) -> str:
        """New, ok, waiting, retrying or stopped."""
        ...

    @property
    def state_note(self) -> str:
        """Why it is so."""
        ...

    @property
    def next_at(self) -> datetime:
        """When it is visited next."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The state of something in words, and its colour: good, warn, bad or calm."""

    state: str
    mood: str


def health(watched: Watched, paused_at: datetime | None, now: datetime) -> Told:
    """Return how a watch is, and what we or a person will do about it."""
    if paused_at:
        return Told(state=_("paused by an administrator"), mood="calm")
    wait = {"when": until(watched.next_at, now)}
    if watched.state == "waiting" and watched.state_note.startswith(SPENT):
        return Told(state=_("waits for its share of the budget; we go on %(when)s") % wait, mood="warn")
    told = {
        "new": Told(state=_("nobody has called yet") if watched.kind == "calls" else _("not visited yet"), mood="calm"),
        "ok": Told(state=_("works"), mood="good"),
        "waiting": Told(state=_("the network asked us to wait; we go on %(when)s") % wait, mood="warn"),
        "retrying": Told(state=_("does not answer properly; we try again %(when)s") % wait, mood="warn"),
        "stopped": Told(state=_("stopped until somebody mends it"), mood="bad"),
    }
    return told.get(watched.state, Told(state=watched.state, mood="calm"))
