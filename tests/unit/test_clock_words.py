"""What the head of a case says of a clock: what is left, by how much it is late, and since when it stands."""

from datetime import timedelta

import pytest

from amends.api.clock_words import shown
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.sla import Promise, Terms
from amends.inbox.store.clocks import ClockRow
from tests.cast import NOON
from tests.desk import HOUR, MINUTE


@pytest.mark.parametrize(
    ("answered_after", "pauses", "state", "left"),
    [
        (None, True, "late", "late by 5 h"),
        (20 * MINUTE, True, "stands", "40 min left, paused since 2 Mar 2026, 12:20 UTC while we wait for the customer"),
        (2 * HOUR, True, "late", "late by 1 h, paused since 2 Mar 2026, 14:00 UTC while we wait for the customer"),
        (2 * HOUR, False, "late", "late by 5 h"),
    ],
)
def test_a_clock_that_stands_says_so_and_gets_no_later_meanwhile(
    answered_after: timedelta | None, pauses: bool, state: str, left: str
) -> None:
    row = ClockRow(
        case_id=CaseId(1),
        episode_id=1,
        kind="resolution",
        number=1,
        created_at=NOON,
        started_at=NOON,
        paused_at=None if answered_after is None else NOON + answered_after,
    )
    found = shown(row, Terms(promise=Promise(minutes=60), pauses=pauses), "Fast", NOON + 6 * HOUR)
    assert found is not None
    assert (found.state, found.left) == (state, left)
