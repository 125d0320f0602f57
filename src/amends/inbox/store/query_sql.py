"""A query as SQL: put together from literals only (the type checker sees to it), every value a parameter with a number.

Place in the path: `rules.query` -> `condition` -> the list, `matching`. A status at the top of the query says which stretches of the
list's indices are walked; `strong` is what an index of its own answers, `weak` what has to be looked at row by row.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

from typing_extensions import override

from amends.core.database import Connection
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Match, Node, Not, Query, Term, Word
from amends.inbox.rules.query_fields import ATTRIBUTE
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import query_people, scopes, segment_sql
from amends.inbox.store import query_pieces as pieces
from amends.inbox.store.query_names import Names, names_of
from amends.inbox.store.query_words import Holders, holders_of, holds_words, is_rare
from amends.inbox.store.query_writing import Writer
from amends.inbox.store.segment_sql import Meant

_STRONG = frozenset({"case", "assignee", "team", "needs", "mentions"})
_ONLY_OPEN = {("due", "past"), ("is", "late")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What the rows `c` of cases must fulfil: one of `statuses`, and `strong` and `weak`, each empty or beginning with ` and `.

    `is_bare` where nothing but statuses is asked, as the commonest views do.
    """

    statuses: tuple[str, ...]
    strong: LiteralString
    weak: LiteralString
    params: dict[str, Any]
    is_bare: bool

    @property
    def whole(self) -> LiteralString:
        """All of it in one."""
        return "c.status = any(%(statuses)s::text[])" + self.strong + self.weak


def condition(conn: Connection, query: Query, asker: Asker) -> Condition:
    """Return the query as SQL for who asks; `NotAQuery` where it names what nobody knows."""
    writer = _Writer(
        pieces=pieces.PIECES,
        now=asker.now,
        asker=asker,
        names=names_of(conn, query),
        holders=holders_of(conn, query),
        people=query_people.people_of(conn, query),
        segments=segment_sql.meant(conn, query),
        attributes=segment_sql.attributes(conn, query),
    )
    strong: LiteralString = ""
    weak: LiteralString = writer.scope()
    for node in query.parts:
        if _statuses(node) is not None:
            continue
        if writer.is_strong(node):
            strong += " and " + writer.node(node)
        else:
            weak += " and " + writer.node(node)
    statuses = statuses_of(query)
    return Condition(
        statuses=statuses,
        strong=strong,
        weak=weak,
        params=writer.params | {"statuses": list(statuses)},
        is_bare=all(_statuses(node) is not None for node in query.parts),
    )


def statuses_of(query: Query) -> tuple[str, ...]:
    """Return the statuses that the top of the query leaves, in the order of a case's life."""
    asked = [found for node in query.parts if (found := _statuses(node)) is not None]
    asked += [{"open"} for node in query.parts if _is_only_open(node)]
    return tuple(status.value for status in CaseStatus if all(status in some for some in asked))


def _statuses(node: Node) -> set[str] | None:
    """Return which statuses a condition at the top leaves; None where it is about something else."""
    if isinstance(node, Term) and node.field == "status":
        return {match.value for match in node.matches}
    if isinstance(node, Not) and isinstance(node.node, Term) and node.node.field == "status":
        return {status.value for status in CaseStatus} - {match.value for match in node.node.matches}
    return None


def _is_only_open(node: Node) -> bool:
    """Tell whether a condition holds for open cases alone, since no others have a deadline."""
    if not isinstance(node, Term):
        return False
    return all((node.field, match.value) in _ONLY_OPEN or (node.field == "due" and bool(match.op)) for match in node.matches)


@dataclass(kw_only=True)
class _Writer(Writer):
    """Writes what is asked of cases, for who asks."""

    asker: Asker
    names: Names
    holders: Holders
    people: query_people.People
    segments: Meant
    attributes: Meant

    def __post_init__(self) -> None:
        self.params |= {"me": self.asker.agent_id, "now": self.asker.now}

    def is_strong(self, node: Node) -> bool:
        """Tell whether an index of its own answers the condition."""
        if isinstance(node, Word):
            return is_rare(node, self.holders)
        if not isinstance(node, Term):
            return False
        plain = node.field in _STRONG and not any(match.op for match in node.matches)
        return plain or node.matches == (Match("due"),) or query_people.are_few(node, self.people)

    def scope(self) -> LiteralString:
        """Return what holds for every case that the asker may see."""
        self.params |= scopes.params(self.asker.scope)
        return scopes.within(self.asker.scope)

    @override
    def word(self, word: Word) -> LiteralString:
        return holds_words(self.hold, word, self.holders)

    @override
    def term(self, term: Term) -> LiteralString:
        if term.field.startswith(ATTRIBUTE):
            return segment_sql.holds_case(self.attributes[str(term)], self.asker, self.params)
        return super().term(term)

    @override
    def values(self, name: str, plain: list[str]) -> list[int] | list[str]:
        if name in {"network", "region"}:
            return [value.lower() for value in plain]
        if (name, plain[0]) in self.names:
            return [found for value in plain for found in self.names[name, value]]
        return plain

    @override
    def otherwise(self, name: str, match: Match) -> LiteralString:
        """Return the condition of what lies in a list or a table of its own."""
        if name in query_people.FIELDS:
            return query_people.is_of(self.hold, name, match.value, self.people)
        if name == "segment":
            return segment_sql.holds_case(self.segments[match.value], self.asker, self.params)
        if name == "follow-up":
            return pieces.OUTCOME.format(self.hold(match.value))
        if match.value == "waiting time":
            return pieces.WAITING_REASON
        return pieces.REASON.format(self.hold(match.value))
