"""An answer that is too long becomes numbered posts: nothing lost, none too long, ends where people would end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.collectors import build
from amends.core.errors import Refused
from amends.core.ports import Account
from amends.inbox.rules.parts_of_reply import MOST_PARTS, parts_of

X = build("x", Account(handle="us"))


def words_of(parts: tuple[str, ...]) -> str:
    """Return what the posts say without their numbers, white space aside."""
    bare = [part.rsplit(" ", 1)[0] for part in parts] if len(parts) > 1 else list(parts)
    return "".join("".join(bare).split())


def test_what_fits_stays_one_post_without_a_number() -> None:
    assert parts_of(" It is on its way. ", most=280, length=len) == ("It is on its way.",)


def test_a_post_ends_after_a_sentence_and_carries_its_number() -> None:
    text = "We found your bag in Doha. It flies to you tonight. Please keep your phone near."
    assert parts_of(text, most=60, length=len) == (
        "We found your bag in Doha. It flies to you tonight. 1/2",
        "Please keep your phone near. 2/2",
    )


def test_a_sentence_that_would_leave_half_a_post_empty_is_not_waited_for() -> None:
    parts = parts_of("Sorry. " + "we look for it everywhere and " * 6, most=60, length=len)
    assert parts[0] == "Sorry. we look for it everywhere and we look for it 1/4"


def test_a_word_longer_than_a_post_is_cut_and_no_character_is_torn() -> None:
    family, flag, tone = "👨\u200d👩\u200d👧", "🇱🇰", "👍🏽"
    for symbol in (family, flag, tone, "é", "க்ஷ"):
        parts = parts_of(symbol * 40, most=32, length=len)
        assert words_of(parts) == symbol * 40
        assert all(part.rsplit(" ", 1)[0].startswith(symbol[0]) for part in parts)


def test_the_networks_own_count_decides() -> None:
    text = "https://example.com/" + "a" * 300 + " is where it says so. " + "ඔබේ බෑගය අද රාත්‍රියේ එනවා. " * 20
    parts = parts_of(text, most=280, length=X.reply_length)
    assert all(X.reply_length(part) <= 280 for part in parts)
    assert len(parts) < 6
    assert words_of(parts) == "".join(text.split())


def test_more_posts_than_anybody_reads_are_refused() -> None:
    assert len(parts_of("word " * 600, most=140, length=len)) <= MOST_PARTS
    with pytest.raises(Refused, match="25 posts"):
        parts_of("word " * 5000, most=140, length=len)


def test_numbers_of_two_digits_are_counted_too() -> None:
    parts = parts_of("word " * 60, most=24, length=len)
    assert len(parts) > 9
    assert all(len(part) <= 24 for part in parts)
    assert parts[-1].endswith(f" {len(parts)}/{len(parts)}")


@given(st.text(max_size=600), st.integers(min_value=20, max_value=120))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, most: int) -> None:
    def utf_16(given: str) -> int:
        return len(given.encode("utf-16-le", "surrogatepass")) // 2

    try:
        parts = parts_of(text, most=most, length=utf_16)
    except Refused:
        return
    assert all(utf_16(part) <= most for part in parts)
    assert words_of(parts) == "".join(text.split())
