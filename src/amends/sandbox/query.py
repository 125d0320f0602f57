"""Search queries as the networks write them: words, "phrases", OR, -not, brackets and `operator:value`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from amends.sandbox.records import PublicPost
from amends.sandbox.words import LINK, words_of

Predicate = Callable[[PublicPost], bool]
_TOKEN = re.compile(r'\s*(-?\(|\)|-?"[^"]*"|-?[^\s()"]+(?:"[^"]*")?)')


class QueryWrong(Exception):
    """The query cannot be read."""


@dataclass
class _Reader:
    tokens: list[str]
    term: Callable[[str], Predicate]

    def either(self) -> Predicate:
        """Read `a b OR c`."""
        sides = [self.all()]
        while self.tokens and self.tokens[0] == "OR":
            self.tokens.pop(0)
            sides.append(self.all())
        return lambda post: any(side(post) for side in sides)

    def all(self) -> Predicate:
        """Read terms that must hold together; AND is silent."""
        parts = list(self._parts())
        if not parts:
            raise QueryWrong("an operand is missing")
        return lambda post: all(part(post) for part in parts)

    def _parts(self) -> Iterator[Predicate]:
        while self.tokens and self.tokens[0] not in {"OR", ")"}:
            word = self.tokens.pop(0)
            if word != "AND":
                yield _negated(self._one(word[1:])) if word.startswith("-") and len(word) > 1 else self._one(word)

    def _one(self, word: str) -> Predicate:
        if word != "(":
            return self.term(word)
        inner = self.either()
        if not self.tokens:
            raise QueryWrong("a bracket is not closed")
        self.tokens.pop(0)
        return inner


def _negated(inner: Predicate) -> Predicate:
    return lambda post: not inner(post)


def parse(text: str, term: Callable[[str], Predicate]) -> Predicate:
    """Return what `text` asks of a post; `term` reads one word, "phrase" or `operator:value`. Raises `QueryWrong`."""
    reader = _Reader(_TOKEN.findall(text), term)
    found = reader.either()
    if reader.tokens:
        raise QueryWrong(f"there is no start to the end at `{reader.tokens[0]}`")
    return found


def phrase(text: str) -> Predicate:
    """Return whether the words of `text` stand in the post, in order and side by side."""
    needle = words_of(text)
    return lambda post: needle in post.words


_KINDS: dict[str, Predicate] = {
    "retweet": lambda post: bool(post.shared_id),
    "reply": lambda post: bool(post.parent_id),
    "quote": lambda post: bool(post.quoted_id),
}


def x_term(token: str) -> Predicate:
    """Read one term of X's recent search."""
    operator, colon, value = token.partition(":")
    if token.startswith("@"):
        return lambda post: token[1:].lower() in post.mentions
    if token.startswith("#"):
        return phrase(token[1:])
    return _x_operator(operator, value.strip('"')) if colon and not token.startswith('"') else phrase(token)


def _x_operator(operator: str, value: str) -> Predicate:
    if operator in {"from", "to"}:
        handle = value.lower().lstrip("@")
        return (
            (lambda post: post.author.handle.lower() == handle)
            if operator == "from"
            else (lambda post: bool(post.parent_id) and post.mentions[:1] == (handle,))
        )
    if operator == "is" and value in _KINDS:
        return _KINDS[value]
    if operator == "has" and value == "links":
        return lambda post: bool(LINK.search(post.text))
    if operator == "conversation_id":
        return lambda post: post.root_id == value
    if operator == "lang":
        return lambda post: post.language.split("-")[0] == value
    raise QueryWrong(f"Reference to invalid operator '{operator}'")


def sky_term(token: str) -> Predicate:
    """Read one term of Bluesky's search: words, "phrases", #tags, from:, mentions: and lang:; all must hold, there is no OR."""
    operator, _, value = token.partition(":")
    handle = value.lower().lstrip("@")
    operators: dict[str, Predicate] = {
        "from": lambda post: post.author.handle.lower() == handle,
        "mentions": lambda post: handle in post.mentions,
        "lang": lambda post: post.language.split("-")[0] == value,
    }
    return operators.get(operator, phrase(token.lstrip("#")))


def reddit_term(token: str) -> Predicate:
    """Read one term of Reddit's search; an unknown field is searched as words, as Reddit does."""
    operator, colon, value = token.partition(":")
    value = value.strip('"')
    if not colon or token.startswith('"'):
        return phrase(token)
    fields: dict[str, Predicate] = {
        "author": lambda post: post.author.handle.lower() == value.lower(),
        "subreddit": lambda post: post.subreddit.lower() == value.lower(),
        "title": lambda post: words_of(value) in words_of(post.title),
        "selftext": lambda post: words_of(value) in words_of(post.text),
    }
    return fields.get(operator, phrase(token))
