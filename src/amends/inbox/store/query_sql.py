"""A query as SQL: put together from literals only (the type checker sees to it), every value a parameter with a number.

Place in the path: `rules.query` -> `condition` -> the list, `matching`. A status at the top of the query says which stretches of the
list's indices are walked; `strong` is what an index of its own answers, `weak` what has to be looked at row by row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, LiteralString

from amends.core.database import Connection
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import All, Either, Match, Node, Not, Query, Term, Word
from amends.inbox.rules.query_values import day, number, span
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import query_pieces as pieces
from amends.inbox.store import scopes
from amends.inbox.store.query_names import Names, names_of
from amends.inbox.store.query_words import Holders, escaped, holders_of, holds_words, is_of_handle, is_rare

_DIGITS: tuple[LiteralString, ...] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
_STRONG = frozenset({"case", "handle", "assignee", "team", "needs", "mentions"})
_ONLY_OPEN = {("due", "past"), ("is", "late")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What the rows `c` of cases must fulfil: one of `statuses`, and `strong` and `weak`, each empty or beginning with ` and `."""

    statuses: tuple[str, ...]
    strong: LiteralString
    weak: LiteralString
    params: dict[str, Any]

    @property
    def whole(self) -> LiteralString:
        """All of it in one."""
        return "c.status = any(%(statuses)s::text[])" + self.strong + self.weak


def condition(conn: Connection, query: Query, asker: Asker) -> Condition:
    """Return the query as SQL for who asks; `NotAQuery` where it names what nobody knows."""
    writer = _Writer(asker=asker, names=names_of(conn, query), holders=holders_of(conn, query))
    strong: LiteralString = ""
    weak: LiteralString = writer.scope()
    for node in query.parts:
        if _statuses(node) is not None:
            continue
        if _is_strong(node) or (isinstance(node, Word) and is_rare(node, writer.holders)):
            strong += " and " + writer.node(node)
        else:
            weak += " and " + writer.node(node)
    statuses = statuses_of(query)
    return Condition(statuses=statuses, strong=strong, weak=weak, params=writer.params | {"statuses": list(statuses)})


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


def _is_strong(node: Node) -> bool:
    if not isinstance(node, Term):
        return False
    return (node.field in _STRONG and not any(match.op for match in node.matches)) or node.matches == (Match("due"),)


@dataclass(kw_only=True)
class _Writer:
    """Writes nodes as SQL and keeps their values."""

    asker: Asker
    names: Names
    holders: Holders
    params: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self.params |= {"me": self.asker.agent_id, "now": self.asker.now}

    def hold(self, value: object) -> LiteralString:
        """Keep a value and return its place."""
        place = len(self.params)
        name: LiteralString = "v" + _DIGITS[place // 100 % 10] + _DIGITS[place // 10 % 10] + _DIGITS[place % 10]
        self.params[name] = value
        return "%(" + name + ")s"

    def scope(self) -> LiteralString:
        """Return what holds for every case that the asker may see."""
        self.params |= scopes.params(self.asker.scope)
        return scopes.within(self.asker.scope)

    def node(self, node: Node) -> LiteralString:
        """Return one condition, true, false or null."""
        match node:
            case Word():
                return holds_words(self.hold, node, self.holders)
            case Term():
                return self.term(node)
            case Not():
                return "(" + self.node(node.node) + ") is not true"
            case All():
                return _joined(" and ", (self.node(part) for part in node.parts))
            case Either():
                return _joined(" or ", (self.node(part) for part in node.parts))

    def term(self, term: Term) -> LiteralString:
        """Return a field's condition: the plain values together, each of the others by itself."""
        plain = [match.value for match in term.matches if term.field in pieces.ONE_OF and (term.field, match.value) not in pieces.SAID]
        parts: list[LiteralString] = [self.match(term.field, match) for match in term.matches if match.value not in plain or match.op]
        if plain:
            parts.append(pieces.ONE_OF[term.field].format(self.hold(self.values(term.field, plain))))
        return _joined(" or ", parts)

    def values(self, name: str, plain: list[str]) -> list[int] | list[str]:
        """Return what a field's column is compared with."""
        if name == "customer":
            return [f"%{escaped(value).lower()}%" for value in plain]
        if name == "network":
            return [value.lower() for value in plain]
        if (name, plain[0]) in self.names:
            return [found for value in plain for found in self.names[name, value]]
        return plain

    def match(self, name: str, match: Match) -> LiteralString:
        """Return the condition of one value that is no plain one."""
        if not match.op and (name, match.value) in pieces.SAID:
            return pieces.SAID[name, match.value]
        if name in pieces.NUMBERS:
            return self.number(pieces.NUMBERS[name], match)
        if name in pieces.DAYS:
            return self.day(pieces.DAYS[name], match)
        if name == "handle":
            return is_of_handle(self.hold, match.value)
        return self.moment(name, match) if match.op else self.listed(name, match.value)

    def listed(self, name: str, value: str) -> LiteralString:
        """Return the condition of a choice that lies in a list or a table of its own."""
        if name == "follow-up":
            return pieces.OUTCOME.format(self.hold(value))
        if value == "waiting time":
            return pieces.WAITING_REASON
        return pieces.REASON.format(self.hold(value))

    def number(self, column: LiteralString, match: Match) -> LiteralString:
        least = self.hold(number(match.value)) + "::bigint"
        if match.op == "..":
            return column + " between " + least + " and " + self.hold(number(match.upto)) + "::bigint"
        return column + pieces.SIDES[match.op] + least

    def day(self, column: LiteralString, match: Match) -> LiteralString:
        """Return the condition on a day, which lasts until the next one begins."""
        begins = day(match.value, self.asker.now)
        ends = day(match.upto or match.value, self.asker.now) + timedelta(days=1)
        after, before = column + " >= ", column + " < "
        match match.op:
            case ">":
                return after + self.hold(ends)
            case ">=":
                return after + self.hold(begins)
            case "<":
                return before + self.hold(begins)
            case "<=":
                return before + self.hold(ends)
            case _:
                return "(" + after + self.hold(begins) + " and " + before + self.hold(ends) + ")"

    def moment(self, name: str, match: Match) -> LiteralString:
        """Return the condition on a length of time, as one on the moment from which, or up to which, it is measured."""
        now, column = self.asker.now, (pieces.PASSED if name in pieces.PASSED else pieces.LEFT)[name]
        sign, sides = (-1, pieces.MIRRORED) if name in pieces.PASSED else (1, pieces.SIDES)
        if match.op != "..":
            return column + sides[match.op] + self.hold(now + sign * span(match.value))
        least, most = sorted((now + sign * span(match.value), now + sign * span(match.upto)))
        return column + " between " + self.hold(least) + " and " + self.hold(most)


def _joined(between: LiteralString, parts: Iterable[LiteralString]) -> LiteralString:
    """Return the parts in brackets, with what stands between them."""
    return "(" + between.join(parts) + ")"
