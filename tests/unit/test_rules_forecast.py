"""What will have been spent by midnight and by the end of the month, and what another budget would change."""

from datetime import UTC, datetime, timedelta

from amends.inbox.rules.budgeting import Budget, Part, Unit
from amends.inbox.rules.forecast import Forecast, Usage, forecast

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOTH = frozenset({Part.US, Part.SEARCH})
USAGE = Usage(
    today={Part.US: 100, Part.SEARCH: 500, Part.LOOKS: 10},
    month={Part.US: 300, Part.SEARCH: 1500, Part.LOOKS: 30},
    usual={Part.US: 200.0, Part.SEARCH: 1000.0, Part.LOOKS: 20.0},
)


def under(budget: Budget, usage: Usage = USAGE, price: float = 0.005) -> Forecast:
    return forecast(usage, budget, price=price, parts=BOTH, poll_every=MINUTE, now=NOON)


def test_without_a_limit_days_go_on_as_last_week() -> None:
    free = under(Budget())
    assert free.today == 1220
    assert free.month == 300 + 1500 + 30 + 610 + 29 * 1220
    assert {part.every for part in free.parts} == {MINUTE}
    assert not any(part.behind for part in free.parts)


def test_a_limit_cuts_what_is_searched_and_says_how_far_it_falls_behind() -> None:
    us, searched, looks = under(Budget(a_day=1020, share=60)).parts
    assert (us.limit, us.today, us.behind) == (600, 200, timedelta(0))
    assert (searched.limit, searched.today) == (400, 500)
    assert searched.behind == timedelta(hours=24) * 0.6
    assert searched.every == timedelta(minutes=36)
    assert (looks.limit, looks.today) == (None, 20)


def test_money_becomes_reads_at_the_price() -> None:
    [_us, searched, _looks] = under(Budget(unit=Unit.MONEY, a_day=5.1, share=60)).parts
    assert searched.limit == 400


def test_a_first_day_is_told_by_its_own_pace() -> None:
    first = Usage(today={Part.US: 12}, month={Part.US: 12}, usual={})
    [us, searched] = under(Budget(), first).parts
    assert (us.need, us.today) == (24, 24)
    assert searched.need == 0


def test_where_nothing_comes_in_nothing_is_read() -> None:
    [_us, searched, _looks] = under(Budget(a_day=1, share=99)).parts
    assert (searched.limit, searched.every) == (0, timedelta(days=1))
