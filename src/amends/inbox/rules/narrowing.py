"""A query over columns of facts: which episodes a scope and a query leave, where the query asks only for what the facts hold. Pure.

The same query as SQL is `store.query_sql`; a property test holds the two together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from amends.inbox.rules.asking import Asker
from amends.inbox.rules.columns import MOODS, Column, Columns, Mask, one_of
from amends.inbox.rules.query import Either, Node, Not, Query, Term, Word, terms_of, words_of
from amends.inbox.rules.rights import Scope

Names = Mapping[tuple[str, str], Sequence[int]]
_COLUMNS: Mapping[str, Column] = {
    "network": Column.NETWORK,
    "lang": Column.LANGUAGE,
    "mood": Column.MOOD,
    "brand": Column.BRAND,
    "source": Column.SOURCE,
    "team": Column.TEAM,
    "assignee": Column.AGENT,
    "topic": Column.TOPIC,
}
_CODED = {"network", "lang"}
_SQL_ALONE = {("team", "mine")}


def is_plain(query: Query) -> bool:
    """Tell whether the columns alone can answer the query."""
    if any(True for _ in words_of(query)):
        return False
    return all(
        term.field in _COLUMNS and not match.op and (term.field, match.value) not in _SQL_ALONE
        for term in terms_of(query)
        for match in term.matches
    )


def columns_of(query: Query, scope: Scope) -> set[Column]:
    """Return which columns a plain query and a scope look at."""
    found = {_COLUMNS[term.field] for term in terms_of(query)}
    if Column.TOPIC in found:
        found |= {Column.EPISODE, Column.TOPIC_EPISODE}
    found |= set() if scope.teams is None else {Column.TEAM}
    return found | (set() if scope.sources is None else {Column.SOURCE})


def seen(columns: Columns, scope: Scope) -> Mask:
    """Return which episodes the scope holds."""
    found = np.ones(len(columns), dtype=bool)
    if scope.teams is not None:
        found &= one_of(columns[Column.TEAM], [0, *scope.teams])
    if scope.sources is not None:
        found &= one_of(columns[Column.SOURCE], scope.sources)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrowing:
    """Answers plain queries: `names` are the ids of what the query names, `codes` the small numbers of words."""

    asker: Asker
    names: Names
    codes: Mapping[str, int]

    def fitting(self, columns: Columns, query: Query) -> Mask:
        """Return which episodes the query leaves."""
        masks = [self._node(columns, node) for node in query.parts]
        return reduce(np.logical_and, masks, np.ones(len(columns), dtype=bool))

    def _node(self, columns: Columns, node: Node) -> Mask:
        match node:
            case Term():
                return self._term(columns, node)
            case Not():
                return ~self._node(columns, node.node)
            case Word():
                raise ValueError(node)
            case _:
                joined = np.logical_or if isinstance(node, Either) else np.logical_and
                return reduce(joined, [self._node(columns, part) for part in node.parts])

    def _term(self, columns: Columns, term: Term) -> Mask:
        wanted = [number for match in term.matches for number in self._numbers(term.field, match.value)]
        if term.field != "topic":
            return one_of(columns[_COLUMNS[term.field]], wanted)
        found = columns.of_topic(wanted)
        if not any(match.value == "none" for match in term.matches):
            return found
        return found | columns.of_no_topic()

    def _numbers(self, field: str, value: str) -> Sequence[int]:
        """Return which numbers of the column a value of the field stands for."""
        if field in _CODED:
            code = self.codes.get(value.lower() if field == "network" else value)
            return [] if code is None else [code]
        if field == "mood":
            return [MOODS[value]]
        if value == "none":
            return [] if field == "topic" else [0]
        return [self.asker.agent_id] if value == "me" else self.names[field, value]
