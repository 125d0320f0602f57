"""A day's budget comes in evenly, more of it for what concerns us, and a watch that must wait is told until when."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.core.watching import WatchKind
from amends.inbox.rules.budgeting import SPENT, Budget, Part, Purse, Turn, Unit, note, part_of, turn

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
BOTH = frozenset({Part.US, Part.SEARCH})


def purse(a_day: float = 2400, *, share: int = 70, parts: frozenset[Part] = BOTH, **spent: int) -> Purse:
    return Purse(
        budget=Budget(a_day=a_day, share=share), a_day=a_day, spent={Part(name): reads for name, reads in spent.items()}, parts=parts
    )


def at(hours: float, given: Purse, part: Part = Part.US, *, page: int = 100) -> Turn:
    return turn(given, part, page=page, now=MIDNIGHT + hours * HOUR, poll_every=MINUTE)


def test_money_is_reads_at_their_price() -> None:
    assert Budget(unit=Unit.MONEY, a_day=10).reads(0.005) == 2000
    assert Budget(unit=Unit.MONEY, a_day=10).reads(0) is None
    assert Budget(unit=Unit.READS, a_day=10).reads(0.005) == 10
    assert Budget().reads(0.005) is None


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("mentions", Part.US),
        ("inbox", Part.US),
        ("calls", Part.US),
        ("search", Part.SEARCH),
        ("hashtag", Part.SEARCH),
        ("looks", Part.LOOKS),
    ],
)
def test_what_concerns_us_is_one_part_and_what_is_searched_the_other(kind: str, part: Part) -> None:
    assert part_of(kind) is part


def test_every_kind_of_watch_belongs_to_a_part() -> None:
    assert {part_of(kind) for kind in WatchKind} == BOTH


def test_by_noon_half_the_budget_and_an_hours_worth_have_come_in() -> None:
    assert at(12, purse(us=0), page=10_000) == Turn(posts=910)
    assert at(12, purse(us=901)).posts == 0
    assert at(12, purse(search=381), Part.SEARCH).posts == 0


def test_a_page_is_no_larger_than_what_is_left() -> None:
    assert at(12, purse(us=850)) == Turn(posts=60)


def test_a_source_that_watches_only_one_part_gives_it_all() -> None:
    assert at(12, purse(parts=frozenset({Part.SEARCH})), Part.SEARCH, page=10_000) == Turn(posts=1300)


def test_looking_again_at_posts_of_cases_goes_off_the_top() -> None:
    assert at(12, purse(looks=300), page=10_000) == Turn(posts=700)
    assert at(12, purse(looks=3000)).posts == 0


def test_who_must_wait_is_told_the_minute_in_which_a_page_has_come_in() -> None:
    waits = at(12, purse(us=980))
    assert waits.again_at is not None
    assert waits.again_at == MIDNIGHT + timedelta(hours=13, minutes=9)
    assert note(waits.again_at, now=MIDNIGHT + 12 * HOUR) == f"{SPENT}; the next reading is at 13:09 (UTC)"


def test_who_has_nothing_left_today_goes_on_after_midnight() -> None:
    waits = at(23, purse(us=1680))
    assert waits.again_at is not None
    assert waits.again_at == MIDNIGHT + 24 * HOUR
    assert note(waits.again_at, now=MIDNIGHT + 23 * HOUR) == f"{SPENT}; the next reading is at {waits.again_at:%Y-%m-%d} 00:00 (UTC)"


def test_a_tiny_budget_is_one_small_page_a_day() -> None:
    tiny = purse(4, parts=frozenset({Part.US}))
    waits = at(0, tiny)
    assert waits.again_at == MIDNIGHT + 23 * HOUR
    assert at(23, tiny).posts == 4
    assert at(23.5, purse(4, parts=frozenset({Part.US}), us=4)).again_at == MIDNIGHT + 47 * HOUR


def test_a_budget_below_one_read_waits_for_ever_a_day_at_a_time() -> None:
    assert at(12, purse(0.5)).again_at == MIDNIGHT + 47 * HOUR
