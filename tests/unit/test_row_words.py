"""A deadline in words, and how it is coloured."""

from datetime import timedelta

import pytest

from amends.api.row_words import due, mood_bar
from tests.cast import NOON

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("left", "state", "text", "used"),
    [
        (3 * HOUR, "fine", "3 h left", 25),
        (HOUR, "soon", "1 h left", 75),
        (20 * MINUTE, "soon", "20 min left", 92),
        (timedelta(0), "soon", "0 s left", 100),
        (-20 * MINUTE, "late", "late by 20 min", 100),
        (timedelta(days=-2), "late", "late by 2 d", 100),
    ],
)
def test_an_answer_is_due_in_words(left: timedelta, state: str, text: str, used: int) -> None:
    told = due(NOON + left, NOON + left - 4 * HOUR, NOON)
    assert (told.state, told.text, told.used) == (state, text, used)


def test_what_nobody_waits_for_has_used_nothing_up() -> None:
    assert due(NOON + HOUR, None, NOON).used == 0


def test_a_deadline_before_its_beginning_is_not_divided_by() -> None:
    assert due(NOON + HOUR, NOON + 2 * HOUR, NOON).used == 0


@pytest.mark.parametrize(
    ("sentiment", "urgency", "colour"),
    [("negative", 90, "hot"), ("negative", 30, "warm"), ("neutral", 90, "cool"), ("positive", 90, "good"), ("", 0, "cool")],
)
def test_the_bar_of_a_row_is_its_mood(sentiment: str, urgency: int, colour: str) -> None:
    assert mood_bar(sentiment, urgency) == colour
