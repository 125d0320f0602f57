"""What the sources of each brand watch by default, and which posts these watches must therefore find."""

from collections.abc import Callable
from dataclasses import dataclass

from amends.core.watching import WatchKind
from amends.sandbox import ids, query
from amends.sandbox.people import handle_on
from amends.sandbox.records import Network, PublicPost
from amends.sandbox.script import Brand, Scenario
from amends.sandbox.words import HASHTAG


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One brand's account on one network: the credentials the sandbox accepts and what to watch."""

    brand: Brand
    network: Network
    handle: str
    user_id: str
    credentials: dict[str, str]
    watches: tuple[tuple[WatchKind, str], ...]


def sources(scenario: Scenario) -> list[Source]:
    """Return the sources that a demo enters: one on each network where a brand has an account."""
    makers = {Network.X: _x_source, Network.REDDIT: _reddit_source, Network.MASTODON: _mastodon_source, Network.BLUESKY: _bluesky_source}
    return [makers[network](brand) for brand in scenario.brands.values() for network in Network if handle_on(brand, network)]


def _x_source(brand: Brand) -> Source:
    names = ("bearer_token", "consumer_key", "consumer_secret", "access_token", "access_token_secret")
    return Source(
        brand=brand,
        network=Network.X,
        handle=brand.x,
        user_id=ids.x_user_id(brand.x),
        credentials={name: f"sandbox-{brand.key}-{name.replace('_', '-')}" for name in names},
        watches=((WatchKind.MENTIONS, ""), *_search(brand.x_query), (WatchKind.INBOX, "")),
    )


def _reddit_source(brand: Brand) -> Source:
    names = ("client_id", "client_secret", "password", "refresh_token")
    return Source(
        brand=brand,
        network=Network.REDDIT,
        handle=brand.reddit,
        user_id=ids.reddit_user_id(brand.reddit),
        credentials={name: f"sandbox-{brand.key}-{name.replace('_', '-')}" for name in names} | {"username": brand.reddit},
        watches=(
            (WatchKind.SUBREDDIT_POSTS, brand.subreddit),
            (WatchKind.SUBREDDIT_COMMENTS, brand.subreddit),
            (WatchKind.MENTIONS, ""),
            *_search(brand.reddit_query),
        ),
    )


def _mastodon_source(brand: Brand) -> Source:
    return Source(
        brand=brand,
        network=Network.MASTODON,
        handle=brand.x,
        user_id=ids.mastodon_user_id(brand.x),
        credentials={"access_token": f"sandbox-{brand.key}-access-token"},
        watches=((WatchKind.MENTIONS, ""), (WatchKind.HASHTAG, brand.x)),
    )


def _bluesky_source(brand: Brand) -> Source:
    return Source(
        brand=brand,
        network=Network.BLUESKY,
        handle=brand.bluesky,
        user_id=ids.did(brand.bluesky),
        credentials={"app_password": f"sandbox-{brand.key}-app-password"},
        watches=((WatchKind.MENTIONS, ""), *_search(brand.bluesky_query)),
    )


def _search(wanted: str) -> tuple[tuple[WatchKind, str], ...]:
    return ((WatchKind.SEARCH, wanted),) if wanted else ()


def watching(scenario: Scenario) -> Callable[[PublicPost], tuple[str, ...]]:
    """Return the function that names the brands of which at least one default watch finds a post."""
    finders = [(source.network, source.brand.key, finder(source, *watch)) for source in sources(scenario) for watch in source.watches]

    def brands(post: PublicPost) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for network, key, finds in finders if network is post.network and finds(post)))

    return brands


def finder(source: Source, kind: WatchKind, wanted: str) -> query.Predicate:
    """Return whether one watch finds a post, as the network's own endpoint would answer it."""
    if source.network is Network.BLUESKY:
        return _on_bluesky(source, kind, wanted)
    if kind is WatchKind.SEARCH:
        found = query.parse(wanted, query.x_term if source.network is Network.X else query.reddit_term)
        return found if source.network is Network.X else lambda post: post.is_submission and found(post)
    if kind in {WatchKind.MENTIONS, WatchKind.INBOX}:
        # No public post is a message of the inbox.
        return lambda post: kind is WatchKind.MENTIONS and mentions(post, source.handle)
    if kind is WatchKind.HASHTAG:
        return lambda post: tagged(post, wanted)
    is_posts = kind is WatchKind.SUBREDDIT_POSTS
    return lambda post: post.subreddit.lower() == wanted.lower() and post.is_submission is is_posts


def _on_bluesky(source: Source, kind: WatchKind, wanted: str) -> query.Predicate:
    if kind is WatchKind.MENTIONS:
        return lambda post: bool(sky_reason(post, source.handle, source.user_id))
    found = query.parse(wanted, query.sky_term)
    return lambda post: not post.shared_id and found(post)


def sky_reason(post: PublicPost, handle: str, account_id: str) -> str:
    """Return why Bluesky tells an account of `post` (mention, reply, quote), nothing where it does not."""
    if post.shared_id or post.author.id == account_id:
        return ""
    if post.parent_id.startswith(f"at://{account_id}/"):
        return "reply"
    if post.quoted_id.startswith(f"at://{account_id}/"):
        return "quote"
    return "mention" if handle.lower() in post.mentions else ""


def mentions(post: PublicPost, handle: str) -> bool:
    """Tell whether the network tells the owner of `handle` that `post` calls them; nobody is told of their own posts."""
    called = handle.lower() in post.mentions and post.author.handle.lower() != handle.lower()
    if post.network is Network.X:
        return called and not post.shared_id
    return called and not post.is_submission


def tagged(post: PublicPost, tag: str) -> bool:
    """Tell whether Mastodon's timeline of a hashtag shows `post`."""
    return tag.lower() in (found.lower() for found in HASHTAG.findall(post.text))
