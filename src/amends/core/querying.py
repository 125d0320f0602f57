"""A search put together from words, for people who do not know a network's query language.

Place in the path: the form of a source -> `Words` -> the network's `compose` -> `Composed`, whose query becomes a watch. A network with a
query language worth the name has `compose(Words) -> Composed` in its file, and `wrong_with(query)`: what is wrong, in sentences, with a
query that somebody wrote by hand.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What a post must or must not have: words (or phrases), who wrote it, whom it answers, its language ("en"; empty: any)."""

    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    answers_to: tuple[str, ...] = ()
    language: str = ""
    without_shares: bool = False
    with_links: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """The network's `query`, what it finds in plain words, and what is wrong with it in sentences; without `troubles` it may be used."""

    query: str
    says: str
    troubles: tuple[str, ...] = ()
