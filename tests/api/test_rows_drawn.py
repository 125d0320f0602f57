"""What a row of the list tells of its deadline, how long is left until an answer is due, and when it is drawn anew."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import Markup

from amends.api.row_words import Times
from amends.api.rows_drawn import MOST, RowsDrawn
from amends.api.screen import Screens
from amends.core.translating import speaking
from amends.inbox.store import inbox_list
from amends.inbox.store.inbox_list import CaseRow
from tests.door import Door


def row_of(door: Door, **changes: Any) -> CaseRow:
    """Return the row of a case that is as `changes` say."""
    with door.pool.transaction() as conn:
        return replace(inbox_list.rows_of(conn, [door.who.plain])[0], **changes)


def drawn(door: Door, **changes: Any) -> str:
    """Return the HTML of that row."""
    return Screens(lambda: door.now).row(row_of(door, **changes), door.now)


def counting() -> tuple[RowsDrawn, list[Times]]:
    """Return what draws rows, and the list of what it was drawn for."""
    asked: list[Times] = []

    def macro(_row: CaseRow, times: Times) -> Markup:
        asked.append(times)
        return Markup("<b>%s</b>") % times.newest

    return RowsDrawn(macro), asked


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


def test_a_row_is_drawn_once_for_all_who_look_until_it_or_what_it_says_of_its_times_changes(shared_door: Door) -> None:
    row, second = row_of(shared_door, due_at=None, waiting_since=None), timedelta(seconds=1)
    now = row.last_post_at + timedelta(minutes=5)
    rows, asked = counting()
    assert [rows(row, now), rows(replace(row, reasons=list(row.reasons)), now + second)] == ["<b>5 min</b>"] * 2
    assert len(asked) == 1
    assert rows(row, now + timedelta(minutes=1)) == "<b>6 min</b>"
    assert rows(replace(row, unread=not row.unread), now) == "<b>5 min</b>"
    with speaking("es"):
        rows(row, now)
    assert len(asked) == 4


def test_a_row_that_is_kept_tells_how_its_deadline_passes(shared_door: Door) -> None:
    row = row_of(shared_door, due_at=shared_door.now + timedelta(hours=3), waiting_since=shared_door.now - timedelta(hours=1))
    screens = Screens(lambda: shared_door.now)
    assert "3 h left" in screens.row(row, shared_door.now)
    late = screens.row(row, shared_door.now + timedelta(hours=4))
    assert 'class="due late"' in late
    assert "late by 1 h" in late
    assert 'title="An answer is due by ' in late


def test_no_more_rows_are_kept_than_a_worker_has_room_for(shared_door: Door) -> None:
    row = row_of(shared_door)
    rows, asked = counting()
    for number in (*range(MOST), MOST, 0):
        rows(replace(row, id=number), shared_door.now)
    assert len(asked) == MOST + 2
