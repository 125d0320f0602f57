"""Whatever a source's history: a silence only gets more suspicious, chances are chances, and more posts make it no less so."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.inbox.rules.silence import HOUR, HOURS_A_WEEK, LEAST_HISTORY, habit, is_suspicious
from tests.often import few

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
UNTIL = BEGAN + timedelta(weeks=8)
histories = st.dictionaries(
    st.integers(0, 8 * HOURS_A_WEEK - 1).map(lambda place: BEGAN + place * HOUR), st.integers(1, 10_000), max_size=60
)
waits = st.timedeltas(timedelta(0), timedelta(days=200))


@settings(max_examples=few(100))
@given(histories, waits, waits)
def test_a_silence_only_gets_more_suspicious(posts: dict[datetime, int], one: timedelta, other: timedelta) -> None:
    sooner, later = sorted((one, other))
    if is_suspicious(posts, last_at=UNTIL, now=UNTIL + sooner):
        assert is_suspicious(posts, last_at=UNTIL, now=UNTIL + later)


@settings(max_examples=few(100))
@given(histories, waits)
def test_a_chance_is_a_chance(posts: dict[datetime, int], wait: timedelta) -> None:
    found = habit(posts, until=UNTIL)
    if found is None:
        assert not posts or UNTIL - min(posts) < LEAST_HISTORY
        return
    assert len(found.rates) == HOURS_A_WEEK
    assert all(rate >= 0 for rate in found.rates)
    assert found.scatter >= 1
    assert 0 <= found.chance_of_silence(UNTIL, UNTIL + wait) <= 1


@settings(max_examples=few(100))
@given(histories, waits, waits)
def test_what_is_expected_adds_up(posts: dict[datetime, int], one: timedelta, other: timedelta) -> None:
    found = habit(posts, until=UNTIL)
    if found is None:
        return
    between, until = UNTIL + one, UNTIL + one + other
    whole = found.expected(UNTIL, until)
    assert abs(whole - found.expected(UNTIL, between) - found.expected(between, until)) <= 1e-6 * max(1.0, whole)


@settings(max_examples=few(100))
@given(histories)
def test_a_habit_expects_no_more_than_there_was(posts: dict[datetime, int]) -> None:
    found = habit(posts, until=UNTIL)
    if found is not None:
        assert sum(found.rates) <= sum(posts.values()) + 1e-6
