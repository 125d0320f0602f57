"""Which of X's listings a watch looks at. Pure."""

from dataclasses import dataclass

from amends.core.errors import QueryRefused
from amends.core.network import NOT_WATCHED
from amends.core.translating import N_
from amends.core.watching import Watch, WatchKind

WATCHES = (WatchKind.MENTIONS, WatchKind.SEARCH, WatchKind.QUOTES, WatchKind.OWN_POSTS, WatchKind.INBOX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """How tweepy asks for a listing: its method, the name of the next page's token, the shortest page; the query where it is a search."""

    method: str
    onward: str
    least: int
    query: str = ""


def listing(watch: Watch, handle: str) -> Listing:
    """Return the listing that a watch looks at."""
    if watch.kind is WatchKind.MENTIONS:
        return Listing(method="get_users_mentions", onward="pagination_token", least=5)
    if watch.kind is WatchKind.OWN_POSTS:
        return Listing(method="get_users_tweets", onward="pagination_token", least=5)
    if watch.kind is WatchKind.QUOTES:
        return _search(quotes_of(handle))
    if watch.kind is WatchKind.SEARCH:
        return _search(watch.query)
    raise QueryRefused(NOT_WATCHED % {"title": "X"})


def quotes_of(handle: str) -> str:
    """Return the query for who quotes us: a quote carries the address of what it quotes, whichever of X's two names is in it.

    X lists the quotes of one post at a time, each list a request and without a mark to begin at; one search finds those of all our posts.
    """
    name = handle.lstrip("@")
    return f'is:quote (url:"x.com/{name}/status" OR url:"twitter.com/{name}/status") -is:retweet -from:{name}'


def _search(query: str) -> Listing:
    if not query.strip():
        raise QueryRefused(N_("Say what to search for."))
    return Listing(method="search_recent_tweets", onward="next_token", least=10, query=query)
