"""What a source can be told to watch."""

from dataclasses import dataclass
from enum import StrEnum


class WatchKind(StrEnum):
    """What a watch looks at on its source; `calls` is what the network tells us by itself."""

    MENTIONS = "mentions"
    SEARCH = "search"
    HASHTAG = "hashtag"
    QUOTES = "quotes"
    OWN_POSTS = "own_posts"
    INBOX = "inbox"
    SUBREDDIT_POSTS = "subreddit_posts"
    SUBREDDIT_COMMENTS = "subreddit_comments"
    REVIEWS = "reviews"
    COMMENTS = "comments"
    ISSUES = "issues"
    DISCUSSIONS = "discussions"
    TOPICS = "topics"
    QUESTIONS = "questions"
    FEED = "feed"
    MAILBOX = "mailbox"
    FOLDER = "folder"
    CALLS = "calls"

    @property
    def takes_words(self) -> bool:
        """Whether a watch of this kind is told what to look for; the others look at what concerns our account."""
        return self not in ABOUT_US


ABOUT_US = frozenset(
    {
        WatchKind.MENTIONS,
        WatchKind.QUOTES,
        WatchKind.OWN_POSTS,
        WatchKind.INBOX,
        WatchKind.COMMENTS,
        WatchKind.MAILBOX,
        WatchKind.CALLS,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One thing to fetch again and again: `query` is the search text or the subreddit, empty for mentions."""

    kind: WatchKind
    query: str = ""
