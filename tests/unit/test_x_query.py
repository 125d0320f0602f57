"""A search of X built from words: what it says, what it means, and what X would not take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.collectors._x_query import compose, troubles_of
from amends.core.querying import Words

word = st.text(min_size=1, max_size=20).filter(lambda text: text.replace('"', "").strip() != "")
some = st.lists(word, max_size=3).map(tuple)


def test_words_become_a_search_and_a_sentence() -> None:
    found = compose(
        Words(
            any_of=("northpier", "north pier"),
            all_of=("ferry",),
            none_of=("#jobs",),
            authors=("@cy_waits", "dee"),
            answers_to=("NorthPier",),
            language="en",
            without_shares=True,
            with_links=True,
        )
    )
    assert found.query == (
        'ferry (northpier OR "north pier") (from:cy_waits OR from:dee) to:NorthPier -#jobs lang:en -is:retweet has:links'
    )
    assert found.says == (
        "Posts with “ferry”, with any of “northpier” or “north pier”, without “#jobs”, written by @cy_waits or @dee,"
        " in answer to @NorthPier, in the language en, with a link, shares left out."
    )
    assert found.troubles == ()


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ("ferry", "ferry"),
        ("#pier", "#pier"),
        ("don't", "don't"),
        ("ሰላም", "ሰላም"),
        ("OR", '"OR"'),
        ("lang:en", '"lang:en"'),
        ("-ferry", '"-ferry"'),
        ("a(b", '"a(b"'),
        ('say "hi"  now', '"say hi now"'),
    ],
)
def test_a_word_never_becomes_an_operator(given: str, query: str) -> None:
    assert compose(Words(all_of=(given,))).query == query


@pytest.mark.parametrize(
    ("query", "trouble"),
    [
        ("", "at least one word"),
        ("-is:retweet lang:en", "at least one word"),
        ("has:links OR is:quote", "at least one word"),
        ("-ferry", "at least one word"),
        ('"north pier', "quotation mark"),
        ("(ferry OR pier", "brackets"),
        ("ferry) (pier", "brackets"),
        ("x" * 513, "513 characters"),
    ],
)
def test_what_x_would_not_take_is_said(query: str, trouble: str) -> None:
    assert any(trouble in told for told in troubles_of(query))


@pytest.mark.parametrize(
    "query", ["ferry", '("north pier" OR northpier) -is:retweet', 'url:"x.com/(" is:quote', "from:cy", '"a ) b"', "x" * 512]
)
def test_what_x_takes_is_left_alone(query: str) -> None:
    assert troubles_of(query) == ()


@pytest.mark.parametrize(
    "words", [Words(authors=("a b",)), Words(answers_to=("sixteen_letters__",)), Words(all_of=("a",), language="English")]
)
def test_a_name_that_is_none_on_x_is_said(words: Words) -> None:
    assert len(compose(words).troubles) == 1


@given(any_of=some, all_of=some, none_of=some)
def test_whatever_is_entered_the_search_is_balanced(any_of: tuple[str, ...], all_of: tuple[str, ...], none_of: tuple[str, ...]) -> None:
    found = compose(Words(any_of=any_of, all_of=("pier", *all_of), none_of=none_of))
    assert not any("bracket" in told or "quotation" in told or "at least" in told for told in found.troubles)
