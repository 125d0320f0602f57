"""The numbers: every one of them opens its rows, and the rows recount to it."""

import re
from datetime import timedelta
from html import unescape
from itertools import pairwise

import pytest

from amends.core.database import Connection
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.resolve import dismiss, resolve
from amends.inbox.rules.figures import Figure, Period, Span, period_of
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import numbers
from tests.cast import NOON, POLICY
from tests.door import Door

WEEK = Period(since=NOON - timedelta(days=7), until=NOON + timedelta(days=30))


def work_through(conn: Connection, door: Door) -> None:
    """Resolve two cases, put one aside, and let the follow-ups come due."""
    for case_id in (door.who.talked, door.who.plain):
        resolve(conn, case_id=case_id, agent_id=door.who.ada, policy=POLICY, now=NOON)
    dismiss(conn, case_id=CaseId(door.who.plain + 1), agent_id=door.who.ada, now=NOON)
    conclude_due(conn, now=NOON + timedelta(days=8))


def recount(conn: Connection, figure: Figure, period: Period) -> int:
    """Count the rows of a figure a page at a time."""
    below, counted = None, 0
    while True:
        page = numbers.rows(conn, figure, period, brand="", network="", below=below, limit=3)
        counted += len(page)
        if len(page) < 3:
            return counted
        below = page[-1].id


def test_unanswered_episodes_stay_in_the_denominator(door: Door) -> None:
    with door.pool.transaction() as conn:
        work_through(conn, door)
        overall = numbers.speeds(conn, WEEK, "")[0]
    assert (overall.episodes, overall.answered, overall.ended) == (8, 1, 2)
    assert overall.first_median is None
    assert overall.first_p90 is None


def test_a_median_that_is_not_reached_says_what_is_missing(door: Door) -> None:
    page = door.visitor(door.who.mia).get("/numbers").text
    assert "fewer than half answered yet" in page
    assert "fewer than half resolved yet" in page


def test_a_median_that_is_reached_is_told_in_seconds(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update episodes set answered_at = published_at + interval '90 seconds'")
        overall = numbers.speeds(conn, WEEK, "")[0]
    assert (overall.first_median, overall.first_p90, overall.answered) == (90.0, 90.0, 9)


def test_what_was_put_aside_counts_as_neither_answered_nor_begun(door: Door) -> None:
    with door.pool.transaction() as conn:
        before = numbers.count(conn, Figure.BEGUN, WEEK, brand="", network="")
        dismiss(conn, case_id=door.who.plain, agent_id=door.who.ada, now=NOON)
        assert numbers.count(conn, Figure.BEGUN, WEEK, brand="", network="") == before - 1


@pytest.mark.parametrize("figure", list(Figure))
def test_the_rows_of_every_figure_recount_to_it(door: Door, figure: Figure) -> None:
    with door.pool.transaction() as conn:
        work_through(conn, door)
        assert recount(conn, figure, WEEK) == numbers.count(conn, figure, WEEK, brand="", network="")


def test_the_bars_add_up_to_the_figures(door: Door) -> None:
    period = Period(since=NOON - timedelta(days=6, hours=3), until=NOON + timedelta(hours=1))
    with door.pool.transaction() as conn:
        work_through(conn, door)
        bars = numbers.bars(conn, period, timedelta(days=1), "")
        assert sum(bar.begun for bar in bars) == numbers.count(conn, Figure.BEGUN, period, brand="", network="")
        assert sum(bar.resolved for bar in bars) == numbers.count(conn, Figure.RESOLVED, period, brand="", network="") == 2
    assert (bars[0].since, bars[-1].until) == (period.since, period.until)
    assert all(early.until == late.since for early, late in pairwise(bars))


def test_every_link_on_the_page_opens_as_many_rows_as_it_says(door: Door) -> None:
    with door.pool.transaction() as conn:
        work_through(conn, door)
    door.now = NOON + timedelta(days=9)
    mia = door.visitor(door.who.mia)
    page = mia.get("/numbers?span=30d").text
    links = re.findall(r'href="(/numbers/rows[^"]+)">([\d,]+)<', page)
    assert len(links) > 20
    for address, told in links:
        rows = mia.get(unescape(address)).text
        assert rows.count('<tr><td><a href="/inbox/') == int(told.replace(",", "")), address


def test_the_backlog_is_what_the_inbox_lists(door: Door) -> None:
    page = door.visitor(door.who.mia).get("/numbers").text
    assert re.search(r'<a href="/inbox\?view=open[^"]*">9</a>', page)


def test_each_period_and_brand_has_its_page(shared_door: Door) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    for span in Span:
        assert mia.get(f"/numbers?span={span}&brand=lanka-air").status_code == 200
    assert "No episode began in this period" in mia.get("/numbers?brand=nobody").text


def test_programs_of_managers_read_the_same_numbers(door: Door) -> None:
    door.now = NOON + timedelta(hours=1)
    told = door.program(door.who.mia).get("/api/v1/numbers?span=7d").json()
    with door.pool.transaction() as conn:
        begun = numbers.count(conn, Figure.BEGUN, period_of(Span.WEEK, door.now), brand="", network="")
    assert told["speeds"][0]["episodes"] == begun == 9
    assert told["backlog"][0]["open"] == 9
    assert told["definitions"]["unanswered"].endswith("They stay in the denominator.")
