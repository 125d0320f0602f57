"""Which look the headline of the numbers tells of."""

import pytest

from amends.api.pages._numbers_view import days_of_headline
from amends.inbox.rules.measuring import Outcomes


@pytest.mark.parametrize(
    ("seven", "thirty", "days"), [((0, 0), (0, 0), 7), ((6, 8), (0, 8), 7), ((6, 8), (5, 9), 30), ((0, 0), (1, 0), 30)]
)
def test_relapses_that_are_known_early_are_not_taken_for_a_month(seven: tuple[int, int], thirty: tuple[int, int], days: int) -> None:
    looks = [Outcomes(held=held, relapsed=relapsed, silent=0, unknown=0) for held, relapsed in (seven, thirty)]
    assert days_of_headline(*looks) == days
