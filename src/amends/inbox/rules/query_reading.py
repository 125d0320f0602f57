"""Reads the text of a query, by hand and from left to right; what cannot be read is told with its place and the nearest that can.

query  = some { "OR" some }          some  = single { single }
single = ( "-" | "NOT" ) single | "(" query ")" | field ":" match { "," match } | "#17" | "@handle" | word | "quoted words"
match  = [ ">" | ">=" | "<" | "<=" ] value | value ".." value

Quotes may be the curly ones that phones write. `NOT` is a word like any other before a word: who writes "DO NOT FLY" means no condition.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.query import (
    DEEPEST,
    LONGEST,
    MOST_TERMS,
    Match,
    Node,
    Not,
    NotAQuery,
    Query,
    Term,
    Word,
    all_of,
    either_of,
    query_of,
)
from amends.inbox.rules.query_fields import ATTRIBUTE, FIELDS, SIGNS, Field, Fields, field_of
from amends.inbox.rules.query_values import checked

_SPACE = re.compile(r"\s*")
_FIELD = re.compile(r"([^\W\d_][\w-]*):(?!//)")
_WORD = re.compile(r'[^\s"()]+')
_VALUE = re.compile(r'[^\s"(),]+')
_OR = re.compile(r"OR(?![^\s()])")
_AND = re.compile(r"AND(?![^\s()])")
_OPERATOR = re.compile(r">=|<=|>|<")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|[“„]([^“”"]*)[“”]', re.DOTALL)
_MINUS = re.compile(r"-(?=[^\s)])|NOT(?=\s*\(|\s+[^\W\d_][\w-]*:(?!//))\s*")


def parse(text: str, fields: Fields = FIELDS) -> Query:
    """Return the query of cases, or of what has these `fields`, that `text` says; `NotAQuery` tells what in it cannot be read."""
    if len(text) > LONGEST:
        raise NotAQuery(_("This query is too long: at most %(most)s characters.") % {"most": LONGEST}, at=LONGEST)
    reader = _Reader(text.replace("\x00", " "), fields)
    node = reader.either()
    if reader.ahead(")"):
        raise NotAQuery(_("The bracket “)” closes nothing; put words with brackets into quotes."), at=reader.at)
    return query_of(node)


class _Reader:
    """Where we are in the text, how deep, and how many terms there were."""

    def __init__(self, text: str, fields: Fields) -> None:
        self.text = text
        self.fields = fields
        self.at = 0
        self.depth = 0
        self.terms = 0

    def ahead(self, sign: str) -> bool:
        """Tell whether `sign` comes next, after any space."""
        self.at = _end(_SPACE.match(self.text, self.at))
        return self.text.startswith(sign, self.at)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what fits `pattern` and return it."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def either(self) -> Node:
        parts = [self.some()]
        while self.take(_OR):
            parts.append(self.some())
        if len(parts) > 1 and not all(str(part) for part in parts):
            raise NotAQuery(_("Something is missing beside “OR”."), at=self.at)
        return either_of(parts)

    def some(self) -> Node:
        parts: list[Node] = []
        while not self.ahead(")") and self.at < len(self.text) and not _OR.match(self.text, self.at):
            if not self.take(_AND):
                parts.append(self.single())
        return all_of(parts)

    def single(self) -> Node:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise NotAQuery(_("This query has too many conditions: at most %(most)s.") % {"most": MOST_TERMS}, at=self.at)
        if self.take(_MINUS):
            return Not(self.deeper(self.single))
        if self.ahead("("):
            return self.deeper(self.bracket)
        return self.quotation() or self.term() or self.signed() or self.word()

    def deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotAQuery(_("The brackets of this query are too deep: at most %(most)s.") % {"most": DEEPEST}, at=self.at)
        found = read()
        self.depth -= 1
        return found

    def bracket(self) -> Node:
        began = self.at
        self.at += 1
        node = self.either()
        if not self.ahead(")"):
            raise NotAQuery(_("The bracket “(” is never closed."), at=began)
        self.at += 1
        if not str(node):
            raise NotAQuery(_("There is nothing between the brackets."), at=began)
        return node

    def quotation(self) -> Node | None:
        if not self.quotes():
            return None
        began, text = self.at, self.quoted()
        if not text.strip():
            raise NotAQuery(_("There is nothing between the quotes."), at=began)
        return Word(text)

    def quotes(self) -> bool:
        """Tell whether something in quotes comes next; a curly one that nothing closes is a sign like others."""
        return self.text.startswith('"', self.at) or _QUOTED.match(self.text, self.at) is not None

    def quoted(self) -> str:
        found = self.take(_QUOTED)
        if not found:
            raise NotAQuery(_('The quote “"” is never closed.'), at=self.at)
        return found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)

    def term(self) -> Node | None:
        began, found = self.at, self.take(_FIELD)
        if not found:
            return None
        name = found[1].lower()
        field = field_of(self.fields, name)
        if field is None:
            raise NotAQuery(_no_field(found[1], self.fields), at=began)
        matches = [self.match(name, field)]
        while self.text.startswith(",", self.at):
            self.at += 1
            matches.append(self.match(name, field))
        return Term(name, tuple(dict.fromkeys(matches)))

    def match(self, name: str, field: Field) -> Match:
        began = self.at
        self.terms += 1
        if self.quotes():
            return self.checked(name, field, Match(self.quoted()), began)
        operator = self.take(_OPERATOR)
        found = self.take(_VALUE)
        if not found:
            raise NotAQuery(_("A value is missing after “%(field)s:”.") % {"field": name}, at=began)
        comparable = field.kind.compares
        return self.checked(name, field, _compared(operator[0] if operator else "", found[0], comparable=comparable), began)

    def checked(self, name: str, field: Field, match: Match, at: int) -> Match:
        try:
            return checked(name, field, match)
        except Refused as error:
            raise NotAQuery(str(error), at=at) from error

    def signed(self) -> Node | None:
        """Read `@handle`; `#17`, while `#word` is a word like any other."""
        name, began = SIGNS.get(self.text[self.at], ""), self.at
        found = name and _VALUE.match(self.text, self.at + 1)
        if not found or name not in self.fields or (name == "case" and not re.fullmatch(r"[0-9]{1,15}", found[0])):
            return None
        self.at = found.end()
        return Term(name, (self.checked(name, self.fields[name], Match(found[0]), began),))

    def word(self) -> Node:
        found = self.take(_WORD)
        if not found:
            raise NotAQuery(_("This cannot be read."), at=self.at)
        return Word(found[0])


def _end(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def _compared(operator: str, value: str, *, comparable: bool) -> Match:
    """Return the match of a value that may be a range, also one that is open to one side: `70..`, `..3d`."""
    least, dots, most = value.partition("..")
    if not dots or operator or not comparable:
        return Match(value, operator)
    if least and most:
        return Match(least, "..", most)
    return Match(least, ">=") if least else Match(most, "<=")


_MEANT = {
    "unread": "is:unread",
    "language": "lang:",
    "id": "#17",
    "author": "@",
    "account": "source:",
    "sentiment": "mood:",
    "agent": "assignee:",
    "member": "is:member",
    "company": "organisation:",
    "birthdate": "birthday:",
}


def _no_field(name: str, fields: Fields) -> str:
    meant = _meant(name.lower(), fields)
    if meant:
        return _("“%(name)s:” is not a field; do you mean “%(meant)s”?") % {"name": name, "meant": meant}
    return _("“%(name)s:” is not a field; put it into quotes to search for it as words.") % {"name": name}


def _meant(name: str, fields: Fields) -> str:
    """Return what somebody who wrote `name` may mean: another word of ours, an attribute called so, or the nearest field."""
    said = _MEANT.get(name, "")
    if said and said.partition(":")[0] in {*fields, "#17", "@"}:
        return said
    near = [ATTRIBUTE + name] if ATTRIBUTE + name in fields else get_close_matches(name, list(fields), n=1, cutoff=0.6)
    return f"{near[0]}:" if near else ""
