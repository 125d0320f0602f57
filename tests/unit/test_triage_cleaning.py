"""Any text becomes one line that a model can read, and what carries meaning stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.triage.cleaning import LONGEST, clean, has_words

ANY_TEXT = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("my  bag\n\tis gone", "my bag is gone"),
        ("bro\x00ken\x07", "bro ken"),
        ("t\u200be\u200dr\ufeffr\u2060ible", "terrible"),
        ("\u202eesrever\u202c", "esrever"),
        ("z\u0337\u0321\u0322\u031b\u0357o", "zo"),
        ("see https://a.example/x?y=1 and www.b.example", "see http and http"),
        ("@Acme_Air and @bob@mast.example help", "@user and @user help"),
        ("asked /u/some_body in r/travel", "asked @user in r/travel"),
        ("mail me@b.example", "mail me@b.example"),
        ("\ud83d\ude21 late again", "\U0001f621 late again"),
        ("half \ud83d gone", "half gone"),
        ("ශ්\u200dරී ලංකා", "ශ්\u200dරී ලංකා"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("", ""),
    ],
)
def test_a_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_of_a_huge_text_the_beginning_and_the_end_stay() -> None:
    cleaned = clean("begin " + "x" * 100_000 + " end")
    assert len(cleaned) <= LONGEST + 1
    assert cleaned.startswith("begin")
    assert cleaned.endswith("end")


@given(ANY_TEXT)
def test_whatever_comes_the_result_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


@given(ANY_TEXT)
def test_cleaning_twice_masks_no_more_than_once(text: str) -> None:
    once = clean(text)
    assert len(clean(once)) <= len(once)


@pytest.mark.parametrize(
    ("text", "says"), [("", False), ("@user http", False), ("?!... 123", False), ("ok", True), ("\U0001f621", True), ("ቢ", True)]
)
def test_words_and_emoji_can_be_read_masks_and_signs_cannot(text: str, says: bool) -> None:
    assert has_words(text) is says
