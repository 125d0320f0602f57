"""What is asked of all cases, or of all customers, as a tree: `status:open mood:negative -topic:billing "late refund" urgency:>=70`.

Place in the path: URL, saved view or rule -> `query_reading.parse` -> this tree -> `inbox.store.query_sql` -> rows. `str` of a tree is the
text that is read as the same tree, so that the text stays the one truth. Nothing here does I/O.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from typing_extensions import override

from amends.core.errors import Refused
from amends.inbox.rules.query_fields import SIGNS

LONGEST = 2_000
DEEPEST = 12
MOST_TERMS = 60

_SIGN_OF = {name: sign for sign, name in SIGNS.items()}
_PLAIN = re.compile(r'[^\s"“„(),:<>=#@\\-][^\s"(),:\\]*')
_PLAIN_VALUE = re.compile(r'[^\s"“„(),<>=\\][^\s"(),\\]*')


class NotAQuery(Refused):
    """This query cannot be read."""

    def __init__(self, text: str, *, at: int) -> None:
        """Say what is wrong and how to mend it; `at` is the place in the query's text, from 0."""
        super().__init__(text)
        self.at = at


@dataclass(frozen=True, slots=True)
class Match:
    """One value of a field: equal to it, or on one side of it (`op` is >, >=, <, <=), or from it up to `upto` (`op` is ..)."""

    value: str
    op: str = ""
    upto: str = ""

    @override
    def __str__(self) -> str:
        if self.op == "..":
            return f"{self.value}..{self.upto}"
        return self.op + (self.value if _PLAIN_VALUE.fullmatch(self.value) else quoted(self.value))


@dataclass(frozen=True, slots=True)
class Term:
    """A field with one of these values."""

    field: str
    matches: tuple[Match, ...]

    @override
    def __str__(self) -> str:
        sign = _SIGN_OF.get(self.field, "")
        if sign and len(self.matches) == 1 and not self.matches[0].op and _PLAIN_VALUE.fullmatch(self.matches[0].value):
            return sign + self.matches[0].value
        return f"{self.field}:{','.join(str(match) for match in self.matches)}"


@dataclass(frozen=True, slots=True)
class Word:
    """Words that must stand in the case as they are."""

    text: str

    @override
    def __str__(self) -> str:
        plain = _PLAIN.fullmatch(self.text) and self.text not in {"OR", "AND", "NOT"}
        return self.text if plain else quoted(self.text)


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    node: "Node"

    @override
    def __str__(self) -> str:
        return f"-({self.node})" if isinstance(self.node, All | Either) else f"-{self.node}"


@dataclass(frozen=True, slots=True)
class All:
    """What must all hold; without a part it always does."""

    parts: tuple["Node", ...] = ()

    @override
    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """Of what at least one must hold."""

    parts: tuple["Node", ...]

    @override
    def __str__(self) -> str:
        return " OR ".join(str(part) for part in self.parts)


Node = Term | Word | Not | All | Either


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query as the conditions that must all hold; the empty one holds for every case."""

    parts: tuple[Node, ...] = ()

    @override
    def __str__(self) -> str:
        return str(All(self.parts))

    def and_(self, other: "Query") -> "Query":
        """Return what holds for both; a condition that both have stands once."""
        return Query(self.parts + tuple(part for part in other.parts if part not in self.parts))

    def without(self, field: str) -> "Query":
        """Return the query without the conditions on `field` that stand at its top."""
        return Query(tuple(part for part in self.parts if not (isinstance(part, Term) and part.field == field)))

    def value_of(self, field: str) -> str:
        """Return the one value that the top of the query asks of `field`, empty where it asks none, several or a comparison."""
        found = [part for part in self.parts if isinstance(part, Term) and part.field == field]
        plain = len(found) == 1 and len(found[0].matches) == 1 and not found[0].matches[0].op
        return found[0].matches[0].value if plain else ""

    def holds(self, other: "Query") -> bool:
        """Tell whether every condition of `other` is one of this query's."""
        return set(other.parts) <= set(self.parts)


def quoted(text: str) -> str:
    """Return `text` in quotes, as `parse` reads it back."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def all_of(parts: Iterable[Node]) -> Node:
    """Return one node for what must all hold: flat, and a single part stays itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,)))
    return flat[0] if len(flat) == 1 else All(flat)


def either_of(parts: Iterable[Node]) -> Node:
    """Return one node for what may each hold: flat, and a single part stays itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Either) else (part,)))
    return flat[0] if len(flat) == 1 else Either(flat)


def query_of(node: Node) -> Query:
    """Return the query whose whole condition is `node`."""
    return Query(node.parts if isinstance(node, All) else (node,))


def terms_of(query: Query) -> Iterable[Term]:
    """Yield every term of the query, wherever it stands."""
    return (leaf for leaf in _leaves(query) if isinstance(leaf, Term))


def words_of(query: Query) -> Iterable[Word]:
    """Yield all free words of the query, wherever they stand."""
    return (leaf for leaf in _leaves(query) if isinstance(leaf, Word))


def renamed(query: Query, field: str, old: str, new: str) -> Query:
    """Return the query with the value `new` of a field in place of `old`, however that is capitalised."""

    def value(match: Match) -> Match:
        return Match(new) if match == Match(match.value) and match.value.casefold() == old.casefold() else match

    def anew(node: Node) -> Node:
        if isinstance(node, Term):
            return Term(field, tuple(map(value, node.matches))) if node.field == field else node
        if isinstance(node, Not):
            return Not(anew(node.node))
        return type(node)(tuple(map(anew, node.parts))) if isinstance(node, All | Either) else node

    return Query(tuple(map(anew, query.parts)))


def _leaves(query: Query) -> Iterable[Term | Word]:
    waiting: list[Node] = list(query.parts)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Term | Word):
            yield node
        elif isinstance(node, Not):
            waiting.append(node.node)
        else:
            waiting.extend(node.parts)
