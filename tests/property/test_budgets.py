"""Whatever budget, shares and hunger: no more is read than has come in, whoever waits is served when it was told, and both parts live."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amends.inbox.rules.budgeting import AHEAD, DAY, Budget, Part, Purse, turn

MINUTE = timedelta(minutes=1)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
BOTH = frozenset({Part.US, Part.SEARCH})
budgets = st.floats(1, 1_000_000)
shares = st.integers(1, 99)
moments = st.timedeltas(timedelta(0), DAY - timedelta(seconds=1)).map(lambda gone: MIDNIGHT + gone)
parts = st.sampled_from([Part.US, Part.SEARCH])


def purse(a_day: float, share: int, spent: dict[Part, int]) -> Purse:
    return Purse(budget=Budget(a_day=a_day, share=share), a_day=a_day, spent=spent, parts=BOTH)


@given(budgets, shares, st.lists(st.tuples(st.integers(0, 1439), parts, st.floats(0, 1)), max_size=40))
def test_no_more_is_read_than_has_come_in(a_day: float, share: int, visits: list[tuple[int, Part, float]]) -> None:
    spent = dict.fromkeys(Part, 0)
    for minute, part, hunger in sorted(visits):
        now = MIDNIGHT + minute * MINUTE
        granted = turn(purse(a_day, share, spent), part, page=100, now=now, poll_every=MINUTE)
        assert 0 <= granted.posts <= 100
        spent[part] += round(granted.posts * hunger)
        assert sum(spent.values()) <= a_day * min(1.0, (now - MIDNIGHT + AHEAD) / DAY) + 1e-6


@given(budgets, shares, parts, moments, st.integers(0, 1_000_000), st.integers(0, 1000))
def test_whoever_waits_is_served_when_it_was_told(a_day: float, share: int, part: Part, now: datetime, mine: int, looks: int) -> None:
    spent = {part: mine, Part.LOOKS: looks}
    waits = turn(purse(a_day, share, spent), part, page=100, now=now, poll_every=MINUTE)
    if waits.again_at is None:
        return
    assert waits.posts == 0
    assert now < waits.again_at <= MIDNIGHT + 2 * DAY
    left = spent if waits.again_at < MIDNIGHT + DAY else {}
    least = a_day * (share if part is Part.US else 100 - share) / 100
    assert least < 1 or turn(purse(a_day, share, left), part, page=100, now=waits.again_at, poll_every=MINUTE).posts > 0


@given(st.floats(100, 1_000_000), shares, parts)
def test_one_part_cannot_eat_the_others(a_day: float, share: int, part: Part) -> None:
    hungry = {part: 10_000_000}
    other = Part.SEARCH if part is Part.US else Part.US
    assert turn(purse(a_day, share, hungry), other, page=100, now=MIDNIGHT + DAY - MINUTE, poll_every=MINUTE).posts > 0
