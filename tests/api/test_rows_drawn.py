"""What a row of the list tells of its deadline: how long is left until an answer is due."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from amends.api.screen import Screens
from amends.inbox.store import inbox_list
from tests.door import Door


def drawn(door: Door, **changes: Any) -> str:
    """Return the row of a case that is as `changes` say."""
    with door.pool.transaction() as conn:
        row = inbox_list.rows_of(conn, [door.who.plain])[0]
    return Screens(lambda: door.now).row(replace(row, **changes), door.now)


@pytest.mark.parametrize(
    ("left", "state", "said"),
    [
        (timedelta(hours=3), "fine", "3 h left"),
        (timedelta(minutes=9), "soon", "9 min left"),
        (timedelta(minutes=-20), "late", "late by 20 min"),
    ],
)
def test_a_row_says_how_long_is_left_or_how_late_an_answer_is(shared_door: Door, left: timedelta, state: str, said: str) -> None:
    row = drawn(shared_door, due_at=shared_door.now + left, waiting_since=shared_door.now - timedelta(hours=1))
    assert f'class="due {state}"' in row
    assert said in row
    assert "style=" not in row


def test_a_row_without_a_deadline_or_that_waits_for_the_customer_says_nothing_of_it(shared_door: Door) -> None:
    assert 'class="due' not in drawn(shared_door, due_at=None)
    assert 'class="due' not in drawn(shared_door, due_at=shared_door.now, status="waiting")
