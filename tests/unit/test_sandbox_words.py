"""How the sandbox reads a text."""

import pytest

from amends.sandbox import ids, words


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("hello", 5),
        ("තාම නෑ", 6),
        ("ሰላም", 6),
        ("👍", 2),
        ("👩🏽‍🚀", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("see https://a.example/very/long/path?with=query ok", 4 + 23 + 3),
    ],
)
def test_x_weighs_a_text(text: str, length: int) -> None:
    assert words.weighted_length(text) == length


def test_words_keep_the_signs_of_their_script_together() -> None:
    assert words.words_of("ශ්‍රී ලංකා, සිංහල!") == " ශ්රී ලංකා සිංහල "
    assert " வெலோரியா " in words.words_of("(வெலோரியா)")


def test_mentions_are_handles_and_not_addresses() -> None:
    assert words.x_mentions("@VeloriaAir a@b.example @veloriaair @dee, @averyveryverylongname") == ("veloriaair", "dee")
    assert words.reddit_mentions("u/VeloriaAir and /u/dee-1 but not menu/card") == ("veloriaair", "dee-1")


def test_a_snowflake_carries_its_time_and_always_rises() -> None:
    first = ids.snowflake(1_760_000_000.123, 0)
    assert ids.snowflake_time(first) == pytest.approx(1_760_000_000.123, abs=0.001)
    assert ids.snowflake(1_760_000_000.123, first) == first + 1
    assert ids.snowflake(1_759_999_999.0, first) == first + 1


def test_base36_is_what_python_reads_back() -> None:
    assert [int(ids.base36(number), 36) for number in (0, 35, 36, 10**12)] == [0, 35, 36, 10**12]
