"""A case is due when the soonest of its running clocks is, whatever one statement does to the clocks of many."""

from amends.core.database import execute, fetch_values
from tests.cast import a_post
from tests.desk import Desk

FITS = """
select c.due_at is not distinct from (
  select min(k.due_at) from clocks k where k.case_id = c.id and k.stopped_at is null and k.voided_at is null and k.paused_at is null
) from cases c where c.status = 'open'
"""


def test_cases_are_due_when_the_soonest_of_their_clocks_is(desk: Desk) -> None:
    desk.hear(*(a_post() for _ in range(3)))
    assert fetch_values(desk.conn, "select count(*) from cases where due_at is not null") == [3]
    for change in (
        "update clocks set due_at = due_at + interval '1 hour' * case_id",
        "update clocks set paused_at = now() where case_id % 2 = 0",
        "update clocks set stopped_at = now() where case_id % 2 = 1",
        "update clocks set paused_at = null, stopped_at = null",
        "update clocks set voided_at = now()",
        "update clocks set voided_at = null, due_at = due_at - interval '1 year'",
        "delete from clocks where case_id % 2 = 0",
    ):
        before = fetch_values(desk.conn, "select due_at from cases order by id")
        execute(desk.conn, change)
        assert fetch_values(desk.conn, FITS) == [True] * 3, change
        assert fetch_values(desk.conn, "select due_at from cases order by id") != before, change


def test_a_case_that_is_not_open_is_due_at_no_time(desk: Desk) -> None:
    desk.hear(a_post("It came broken"))
    desk.answer()
    desk.resolve()
    execute(desk.conn, "update clocks set stopped_at = null, voided_at = null, paused_at = null, due_at = now()")
    assert fetch_values(desk.conn, "select due_at from cases") == [None]
