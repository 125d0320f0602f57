"""The addresses in X's posts, as its search looks at them: those in the text, and that of the post which a quote quotes."""

from collections.abc import Callable

from amends.sandbox import words
from amends.sandbox.query import Predicate, x_term
from amends.sandbox.records import Network, PublicPost
from amends.sandbox.store import Store

HOMES = ("x.com", "twitter.com")


def terms_in(store: Store) -> Callable[[str], Predicate]:
    """Return what reads one term of X's search: `url:` needs the network, the rest only the post."""

    def term(token: str) -> Predicate:
        operator, _, value = token.partition(":")
        return _holds(store, value.strip('"').lower()) if operator == "url" else x_term(token)

    return term


def _holds(store: Store, part: str) -> Predicate:
    return lambda post: any(part in address.lower() for address in _addresses(store, post))


def _addresses(store: Store, post: PublicPost) -> list[str]:
    quoted = store.post(Network.X, post.quoted_id) if post.quoted_id else None
    own = [f"https://{home}/{quoted.author.handle}/status/{quoted.id}" for home in HOMES] if quoted else []
    return [*words.LINK.findall(post.text), *own]
