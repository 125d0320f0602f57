"""Queries as texts: whatever is said in the language is read back as the same, and whatever one types is read or refused in words."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.regions import region_of
from amends.inbox.rules.query import LONGEST, All, Either, Match, Node, Not, NotAQuery, Query, Term, Word, all_of, either_of, query_of
from amends.inbox.rules.query_fields import FIELDS, Field, Kind
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.query_values import day, number, span
from tests.cast import NOON

SPEAKABLE = st.characters(codec="utf-8", exclude_characters="\x00")
TEXTS = st.text(SPEAKABLE, min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
NUMBERS = st.integers(0, 10**9).map(str) | st.sampled_from(["10k", "2m"])
SPANS = st.builds("{}{}".format, st.integers(0, 999), st.sampled_from(["s", "min", "h", "d", "w"]))
DAYS = st.dates(date(1970, 1, 1), date(2999, 12, 31)).map(str) | st.sampled_from(["today", "yesterday"])
COMPARED = {Kind.NUMBER: NUMBERS, Kind.SPAN: SPANS, Kind.DATE: DAYS}
READ: Mapping[Kind, Callable[[str], Any]] = {Kind.NUMBER: number, Kind.SPAN: span, Kind.DATE: lambda text: day(text, NOON)}


def _values(name: str, field: Field) -> st.SearchStrategy[Match]:
    if field.kind is Kind.CHOICE:
        return st.sampled_from(field.values).map(Match)
    if name == "lang":
        return st.sampled_from(["en", "ta", "zh-Hant"]).map(Match)
    if not field.kind.compares:
        texts = TEXTS.map(region_of) if name == "region" else TEXTS
        return texts.filter(lambda text: bool(text.strip()) and text.lower() not in field.values).map(Match)
    value = COMPARED[field.kind]
    sides = st.builds(Match, value, st.sampled_from([">", ">=", "<", "<="]))
    plain = sides if field.kind is Kind.SPAN else st.builds(Match, value)
    ends = st.lists(value, min_size=2, max_size=2).map(lambda two: sorted(two, key=READ[field.kind]))
    return plain | sides | ends.map(lambda two: Match(two[0], "..", two[1]))


def _terms(name: str) -> st.SearchStrategy[Node]:
    matches = st.lists(_values(name, FIELDS[name]), min_size=1, max_size=3, unique=True)
    return matches.map(lambda some: Term(name, tuple(some)))


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(inner, min_size=2, max_size=3)
    return inner.map(Not) | some.map(all_of) | some.map(either_of)


LEAVES: st.SearchStrategy[Node] = st.sampled_from(list(FIELDS)).flatmap(_terms) | TEXTS.map(Word)
NODES = st.recursive(LEAVES, _grown, max_leaves=6)


@given(NODES)
def test_what_a_query_says_is_read_back_as_the_same_query(node: Node) -> None:
    query = query_of(node)
    assert parse(str(query)) == query


@given(st.text(SPEAKABLE | st.sampled_from('"“”():,-<>#@. ORNTmod'), max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    query = understood(text)
    assert parse(str(query)) == query


def understood(text: str) -> Query:
    """Return what `text` asks; the empty query where it is refused as it should be."""
    try:
        return parse(text)
    except NotAQuery as error:
        if not str(error) or not 0 <= error.at <= len(text):
            raise
        return Query()


def test_the_example_of_the_guide_is_read_as_meant() -> None:
    query = parse('status:open mood:negative lang:ta -topic:billing "late refund" urgency:>=70 age:>2d')
    assert query.parts == (
        Term("status", (Match("open"),)),
        Term("mood", (Match("negative"),)),
        Term("lang", (Match("ta"),)),
        Not(Term("topic", (Match("billing"),))),
        Word("late refund"),
        Term("urgency", (Match("70", ">="),)),
        Term("age", (Match("2d", ">"),)),
    )


def test_alternatives_brackets_and_signs_are_read_as_meant() -> None:
    assert parse("network:x,reddit").parts == (Term("network", (Match("x"), Match("reddit"))),)
    assert parse("bag OR (lost AND found)").parts == (Either((Word("bag"), All((Word("lost"), Word("found"))))),)
    assert parse("#17 @cy #lka https://a.example/b 10:30 -").parts == (
        Term("case", (Match("17"),)),
        Term("handle", (Match("cy"),)),
        *(Word(text) for text in ("#lka", "https://a.example/b", "10:30", "-")),
    )
    assert parse("followers:10k..2m").parts == (Term("followers", (Match("10k", "..", "2m"),)),)
    assert parse("urgency:70.. age:..3d").parts == (Term("urgency", (Match("70", ">="),)), Term("age", (Match("3d", "<="),)))
    assert parse("urgency:80..40 age:3d..1h") == parse("urgency:40..80 age:1h..3d")
    assert parse("opened:2026-05-01..today").parts == (Term("opened", (Match("2026-05-01", "..", "today"),)),)
    assert parse("NOT topic:“Lost bags” NOT (mood:neutral)") == parse('-topic:"Lost bags" -(mood:neutral)')
    assert parse("“my bag” DO NOT „FLY“ “to").parts == tuple(map(Word, ("my bag", "DO", "NOT", "FLY", "“to")))
    assert parse("   ") == Query()


@pytest.mark.parametrize(
    ("text", "says", "at"),
    [
        ("lost mod:negative", "“mod:” is not a field; do you mean “mood:”?", 5),
        ("mood:negativ", "mood: has no “negativ”; do you mean “negative”?", 5),
        ("status:zzz", "there are: open, waiting", 7),
        ("unread:yes", "do you mean “is:unread”?", 0),
        ("qqqqzz:1", "put it into quotes", 0),
        ("mood:>negative", "cannot be compared", 5),
        ("urgency:high", "is no number", 8),
        ("age:>soon", "is no length of time", 4),
        ("age:2d", "Say on which side: age:>2d or age:<2d", 4),
        ("opened:9999-12-31", "is no day", 7),
        ("opened:2026-13-01", "is no day", 7),
        ("lang:Tamil!", "is no code of a language", 5),
        ("urgency:", "A value is missing", 8),
        ("topic:a,", "A value is missing", 8),
        ('lost "bag', "is never closed", 5),
        ("(lost", "is never closed", 0),
        ("lost)", "closes nothing", 4),
        ("()", "nothing between the brackets", 0),
        ('""', "nothing between the quotes", 0),
        ("lost OR", "missing beside", 7),
        ("(" * 40 + "a" + ")" * 40, "too deep", 12),
        ("a " * 900, "too many conditions", 120),
        ("a" * 10_240, "too long", LONGEST),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place_and_what_to_do(text: str, says: str, at: int) -> None:
    with pytest.raises(NotAQuery) as refused:
        parse(text)
    assert says in str(refused.value)
    assert refused.value.at == at
