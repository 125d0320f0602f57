"""What the ledger calls covered, lost or still to be read."""

from datetime import timedelta

import pytest

from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, PaymentRequired, QueryRefused, RateLimited, Unreachable
from amends.core.ports import Missed, Page
from amends.inbox.rules.coverage import (
    SETTLING,
    GapKind,
    Progress,
    Stretch,
    after_page,
    after_way_back,
    is_long,
    is_worth_parting,
    kind_of,
    lost_of,
)
from tests.cast import NOON, a_post

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def test_a_walk_covers_from_where_covered_time_ended_to_where_it_began() -> None:
    first = after_page(Progress(floor=NOON - HOUR), asked_at=NOON, more=True, missed=None, parted=False)
    assert first.covered is None
    last = after_page(first.progress, asked_at=NOON + MINUTE, more=False, missed=None, parted=False)
    assert last.covered == Stretch(since=NOON - HOUR, until=NOON - SETTLING)
    assert (last.progress.began_at, last.progress.pages) == (None, 0)


def test_a_first_walk_promises_nothing_from_before_it() -> None:
    entry = after_page(Progress(floor=None), asked_at=NOON, more=False, missed=None, parted=False)
    assert entry.covered == Stretch(since=NOON - SETTLING, until=NOON - SETTLING)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    entry = after_page(Progress(floor=NOON), asked_at=NOON - HOUR, more=False, missed=None, parted=False)
    assert entry.covered == Stretch(since=NOON, until=NOON)


def test_what_the_network_no_longer_shows_is_not_covered() -> None:
    missed = Missed(since=NOON - 9 * HOUR, until=NOON - 7 * HOUR, reason="too old")
    entry = after_page(Progress(floor=NOON - 8 * HOUR), asked_at=NOON, more=False, missed=missed, parted=False)
    assert entry.lost == Stretch(since=NOON - 8 * HOUR, until=NOON - 7 * HOUR)
    assert entry.covered == Stretch(since=NOON - 7 * HOUR, until=NOON - SETTLING)


def test_what_was_read_before_cannot_be_lost() -> None:
    assert lost_of(Missed(since=None, until=NOON - HOUR, reason="too old"), NOON) is None


def test_a_parted_walk_covers_nothing_and_leaves_its_way_back_behind() -> None:
    entry = after_page(Progress(floor=NOON - HOUR, began_at=NOON, pages=2), asked_at=NOON + MINUTE, more=True, missed=None, parted=True)
    end = NOON - SETTLING
    assert entry.behind == Stretch(since=NOON - HOUR, until=end)
    assert entry.covered == Stretch(since=end, until=end)
    assert entry.progress == Progress(floor=end)


def test_a_way_back_covers_when_it_is_all_read_and_what_it_lost_never() -> None:
    behind = Stretch(since=NOON - HOUR, until=NOON)
    assert after_way_back(behind, None, more=True).covered is None
    assert after_way_back(behind, None, more=False).covered == behind
    missed = Missed(since=None, until=NOON - MINUTE, reason="no more than a thousand")
    entry = after_way_back(behind, missed, more=False)
    assert entry.lost == Stretch(since=NOON - HOUR, until=NOON - MINUTE)
    assert entry.covered == Stretch(since=NOON - MINUTE, until=NOON)


def test_the_way_back_of_a_first_visit_covers_nothing_that_was_promised() -> None:
    assert after_way_back(Stretch(since=None, until=NOON), None, more=False).covered is None


def test_a_walk_is_long_from_its_third_page_on() -> None:
    assert [is_long(more=True, pages=pages) for pages in range(4)] == [False, False, True, True]
    assert not is_long(more=False, pages=9)


def test_a_walk_that_reads_only_what_was_read_before_is_not_parted() -> None:
    page = Page(posts=(a_post(published_at=NOON),), cursor={}, more=True)
    assert is_worth_parting(page, None)
    assert is_worth_parting(page, NOON - MINUTE)
    assert not is_worth_parting(page, NOON)
    assert not is_worth_parting(Page(posts=(), cursor={}, more=True), None)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Unreachable(), GapKind.OUTAGE),
        (RateLimited(until=NOON), GapKind.RATE_LIMIT),
        (CredentialsRefused(), GapKind.REFUSED),
        (AccessDenied(), GapKind.REFUSED),
        (PaymentRequired(), GapKind.UNPAID),
        (QueryRefused(), GapKind.UNFIT),
    ],
)
def test_every_trouble_is_a_reason(error: NetworkError, kind: GapKind) -> None:
    assert kind_of(error) is kind
