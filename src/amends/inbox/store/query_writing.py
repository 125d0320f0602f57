"""Writes a query as SQL from the pieces of its kind, cases or customers: literals only, every value a parameter with a number.

Place in the path: `query_sql` (cases) and `customer_sql` say what is their own: names, words, and the fields that lie elsewhere.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString

from amends.inbox.rules.query import All, Either, Match, Node, Not, Term, Word
from amends.inbox.rules.query_values import day, number, span

_DIGITS: tuple[LiteralString, ...] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
SIDES: Mapping[str, LiteralString] = {">": " > ", ">=": " >= ", "<": " < ", "<=": " <= ", "": " = "}
MIRRORED: Mapping[str, str] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pieces:
    """The pieces of SQL of one kind of query.

    `one_of`: a place for the list of values; `said`: what a value says by itself; `numbers`, `days` and `passed` and `left` (lengths of
    time that have passed since, or are left until): the column that is compared. `reached`: of what is the highest of several, that one of
    them is so high, which an index answers; its places are for how it is compared, and with what.
    """

    one_of: Mapping[str, LiteralString]
    said: Mapping[tuple[str, str], LiteralString]
    numbers: Mapping[str, LiteralString]
    days: Mapping[str, LiteralString]
    passed: Mapping[str, LiteralString]
    left: Mapping[str, LiteralString]
    reached: Mapping[str, LiteralString] = field(default_factory=dict[str, LiteralString])


@dataclass(kw_only=True)
class Writer:
    """Writes nodes as SQL and keeps their values; `word`, `values` and `otherwise` are what a kind of query says for itself."""

    pieces: Pieces
    now: datetime
    params: dict[str, Any] = field(default_factory=dict[str, Any])

    def hold(self, value: object) -> LiteralString:
        """Keep a value and return its place."""
        place = len(self.params)
        name: LiteralString = (
            "v" + _DIGITS[place // 1000 % 10] + _DIGITS[place // 100 % 10] + _DIGITS[place // 10 % 10] + _DIGITS[place % 10]
        )
        self.params[name] = value
        return "%(" + name + ")s"

    def word(self, word: Word) -> LiteralString:
        """Return the condition that something holds a word."""
        raise NotImplementedError(word)

    def values(self, name: str, plain: list[str]) -> list[int] | list[str]:
        """Return what a field's column is compared with."""
        raise NotImplementedError(name, plain)

    def otherwise(self, name: str, match: Match) -> LiteralString:
        """Return the condition of a field that none of the pieces has."""
        raise NotImplementedError(name, match)

    def node(self, node: Node) -> LiteralString:
        """Return one condition, true, false or null."""
        match node:
            case Word():
                return self.word(node)
            case Term():
                return self.term(node)
            case Not():
                return "(" + self.node(node.node) + ") is not true"
            case All():
                return joined(" and ", (self.node(part) for part in node.parts))
            case Either():
                return joined(" or ", (self.node(part) for part in node.parts))

    def term(self, term: Term) -> LiteralString:
        """Return a field's condition: the plain values together, each of the others by itself."""
        one_of, said = self.pieces.one_of, self.pieces.said
        plain = [match.value for match in term.matches if term.field in one_of and (term.field, match.value) not in said]
        parts: list[LiteralString] = [self.match(term.field, match) for match in term.matches if match.value not in plain or match.op]
        if plain:
            parts.append(one_of[term.field].format(self.hold(self.values(term.field, plain))))
        return joined(" or ", parts)

    def match(self, name: str, match: Match) -> LiteralString:
        """Return the condition of one value that is no plain one."""
        if not match.op and (name, match.value) in self.pieces.said:
            return self.pieces.said[name, match.value]
        if name in self.pieces.numbers:
            return self.number(self.pieces.numbers[name], match, self.pieces.reached.get(name, ""))
        if name in self.pieces.days:
            return self.day(self.pieces.days[name], match)
        if match.op and (name in self.pieces.passed or name in self.pieces.left):
            return self.moment(name, match)
        return self.otherwise(name, match)

    def number(self, column: LiteralString, match: Match, reached: LiteralString = "") -> LiteralString:
        """Return the condition on a number; `reached` as the pieces have it."""
        least = self.hold(number(match.value)) + "::bigint"
        if match.op == "..":
            return column + " between " + least + " and " + self.hold(number(match.upto)) + "::bigint"
        return _compared(column, match.op, least, reached)

    def day(self, column: LiteralString, match: Match, kept: Callable[[datetime], object] = lambda moment: moment) -> LiteralString:
        """Return the condition on a day, which lasts until the next one begins; `kept` is a moment as the column has it."""
        begins = kept(day(match.value, self.now))
        ends = kept(day(match.upto or match.value, self.now) + timedelta(days=1))
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
        has_passed = name in self.pieces.passed
        column = (self.pieces.passed if has_passed else self.pieces.left)[name]
        sign = -1 if has_passed else 1
        if match.op != "..":
            op = MIRRORED[match.op] if has_passed else match.op
            return _compared(column, op, self.hold(self.now + sign * span(match.value)), self.pieces.reached.get(name, ""))
        least, most = sorted((self.now + sign * span(match.value), self.now + sign * span(match.upto)))
        return column + " between " + self.hold(least) + " and " + self.hold(most)


def _compared(column: LiteralString, op: str, value: LiteralString, reached: LiteralString) -> LiteralString:
    return reached.format(SIDES[op], value) if reached and op in {">", ">="} else column + SIDES[op] + value


def joined(between: LiteralString, parts: Iterable[LiteralString]) -> LiteralString:
    """Return the parts in brackets, with what stands between them."""
    return "(" + between.join(parts) + ")"
