"""Which of Reddit's listings a watch looks at. Pure."""

import re

from amends.core import reading
from amends.core.errors import QueryRefused, Unreachable
from amends.core.network import NOT_WATCHED, UNEXPECTED
from amends.core.network_words import Said
from amends.core.watching import Watch, WatchKind

WATCHES = (
    WatchKind.MENTIONS,
    WatchKind.INBOX,
    WatchKind.SEARCH,
    WatchKind.SUBREDDIT_POSTS,
    WatchKind.SUBREDDIT_COMMENTS,
    WatchKind.OWN_POSTS,
)
SUBREDDIT = re.compile(r"\A/?(?:r/)?([A-Za-z0-9_+-]{2,})/?\Z")


def listing(watch: Watch, name: str) -> tuple[str, dict[str, str]]:
    """Return the path and the parameters of the listing that a watch looks at; `name` is that of our account."""
    about_us = {
        WatchKind.MENTIONS: ("message/mentions", {}),
        WatchKind.INBOX: ("message/inbox", {}),
        WatchKind.OWN_POSTS: (f"user/{name}/overview", {"sort": "new"}),
    }
    if watch.kind not in WATCHES:
        raise QueryRefused(NOT_WATCHED % {"title": "Reddit"})
    if watch.kind in about_us:
        return about_us[watch.kind]
    if watch.kind is WatchKind.SEARCH:
        return "r/all/search", {"q": watch.query, "sort": "new", "t": "month", "type": "link"}
    found = SUBREDDIT.match(watch.query)
    if not found:
        raise QueryRefused(Said.NO_SUBREDDIT, query=watch.query[:100])
    return f"r/{found[1]}/{'new' if watch.kind is WatchKind.SUBREDDIT_POSTS else 'comments'}", {}


def listing_of(body: object) -> dict[str, object]:
    """Return `body` where it is a listing; anything else would end a walk too early."""
    told = reading.mapping(body)
    if not isinstance(reading.mapping(told.get("data")).get("children"), list):
        raise Unreachable(UNEXPECTED % {"title": "Reddit"})
    return told
