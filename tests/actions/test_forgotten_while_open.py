"""Somebody is forgotten while their case is open: it is over, and nothing that is counted says that anybody answered or resolved it."""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Refused
from amends.core.post import Author
from amends.inbox.actions import facts
from amends.inbox.actions.clocks import keep_due
from amends.inbox.actions.erase import erase
from amends.inbox.actions.resolve import reopen, undo_resolve
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.columns import Column
from amends.inbox.rules.figures import Figure
from amends.inbox.rules.grouping import Group, Grouping
from amends.inbox.rules.paces import PACED
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import Span, period_of
from amends.inbox.store import numbers
from amends.inbox.store.fact_export import page as exported
from amends.inbox.store.fact_rows import Behind, count
from amends.inbox.store.numbers import Asked, Found
from tests.cast import a_post, an_answer_to
from tests.desk import DAY, HOUR, MINUTE, Desk

WHO = Author(external_id="m9", handle="mara", name="Mara")
FIRST = a_post("My bag is lost", author=WHO)
AGAIN = an_answer_to(FIRST, "Still lost!")


def forget(desk: Desk) -> None:
    [customer_id] = fetch_values(desk.conn, "select customer_id from cases")
    erase(desk.conn, customer_id=customer_id, agent_id=desk.agent_id, now=desk.now)


def asked(desk: Desk) -> Asked:
    asker = Asker(agent_id=desk.agent_id, now=desk.now + MINUTE)
    return Asked(period=period_of(Span.WEEK, asker.now), query=parse(""), asker=asker, zone=ZoneInfo("Asia/Colombo"))


def found(desk: Desk) -> Found:
    while facts.fold(desk.conn):
        pass
    return numbers.find(desk.conn, asked(desk), {*PACED, Column.NETWORK})


def nothing(_desk: Desk) -> None:
    pass


def answered(desk: Desk) -> None:
    desk.answer()


def answered_and_waits(desk: Desk) -> None:
    desk.answer()
    desk.now += HOUR
    desk.hear(replace(AGAIN, published_at=desk.now))


def answered_twice_and_waits(desk: Desk) -> None:
    answered_and_waits(desk)
    desk.answer()
    desk.now += HOUR
    desk.hear(replace(AGAIN, external_id="third", published_at=desk.now))


def late(desk: Desk) -> None:
    desk.now += 2 * DAY
    keep_due(desk.conn, now=desk.now)


@pytest.mark.parametrize("before", [nothing, answered, answered_and_waits, answered_twice_and_waits, late])
def test_every_figure_stays_as_it_was_and_the_case_leaves_the_backlog(desk: Desk, before: Callable[[Desk], None]) -> None:
    desk.hear(FIRST)
    before(desk)
    was = found(desk).figures(asked(desk))

    forget(desk)

    now = found(desk)
    assert was.pop(Figure.BACKLOG) == 1
    assert now.figures(asked(desk)) == was | {Figure.BACKLOG: 0}
    assert {figure: count(desk.conn, _behind(desk, figure)) for figure in Figure} == was | {Figure.BACKLOG: 0}
    assert now.measures(asked(desk)).ending.median is None
    rows = exported(desk.conn, asked(desk).period, parse(""), asked(desk).asker, after=None, limit=9)
    assert [row.resolved_at for row in rows] == [None]
    desk.now += 3 * DAY
    assert found(desk).figures(asked(desk)) == was | {Figure.BACKLOG: 0}


def _behind(desk: Desk, figure: Figure) -> Behind:
    return Behind(figure=figure, period=asked(desk).period, query=parse(""), asker=asked(desk).asker)


def test_the_backlog_of_the_past_and_its_age_stay(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.now += DAY
    then = asked(desk)
    while facts.fold(desk.conn):
        pass
    was = numbers.find(desk.conn, then)
    desk.now += DAY

    forget(desk)

    while facts.fold(desk.conn):
        pass
    later = replace(then, asker=asked(desk).asker)
    now = numbers.find(desk.conn, later)
    assert (now.backlog, now.ages) == (was.backlog, was.ages)
    assert now.backlog == 1


def test_who_was_forgotten_makes_no_group_of_those_resolved(desk: Desk) -> None:
    desk.hear(replace(FIRST, published_at=desk.now - 20 * DAY))
    forget(desk)
    seen = found(desk)
    groups: list[Group] = Grouping(facts=seen.facts, before=seen.before, now=asked(desk).now, worktimes={}).by_value(Column.NETWORK)
    assert len(seen.facts.resolved) == 1
    assert groups == []


def test_the_clocks_are_void_and_what_was_late_stays_late(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.now += MINUTE
    forget(desk)
    assert fetch_values(desk.conn, "select voided_at is not null and stopped_at is null from clocks") == [True, True]
    assert fetch_values(desk.conn, "select resolved_at is null and erased_at is not null from episodes") == [True]
    assert desk.events().count("case_resolved") == 0


def test_nobody_answers_it_or_opens_it_again(desk: Desk) -> None:
    desk.hear(FIRST)
    forget(desk)
    [case] = desk.cases()
    given = {"case_id": case.id, "agent_id": desk.agent_id, "now": desk.now}
    for step in (lambda: desk.write("Dear Mara"), lambda: reopen(desk.conn, **given), lambda: undo_resolve(desk.conn, **given)):
        with pytest.raises(Refused, match="was erased"):
            step()
