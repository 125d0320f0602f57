"""What customers do is counted from their cases; signals and segments follow, and counting again changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions.customer_facts import count_batch, signals_now
from amends.inbox.actions.promises import end, promise, ring_due
from amends.inbox.actions.resolve import resolve
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import NotAQuery
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.signals import LATE, RULES, Risk, Signal, Standing, risk_of, signals_of, stale_at
from amends.inbox.store import customer_facts, customer_sql, matching, segment_members
from tests.cast import NOON, POLICY, a_post, an_answer_to
from tests.desk import HOUR, Desk

DAY = timedelta(days=1)


def facts(conn: Connection, customer_id: int) -> dict[str, Any]:
    """Return what is kept of a customer, empty where nothing is."""
    found = fetch_values(conn, "select to_jsonb(f) from customer_facts f where customer_id = %(id)s", {"id": customer_id})
    return found[0] if found else {}


def customer_of(desk: Desk) -> int:
    return fetch_values(desk.conn, "select customer_id from cases order by id limit 1")[0]


def found(desk: Desk, text: str) -> list[int]:
    asked = customer_sql.condition(customer_sql.read(desk.conn, text), Asker(agent_id=0, now=desk.now))
    return [one.id for one in segment_members.page(desk.conn, asked).members]


def count_all(desk: Desk) -> int:
    n = 0
    while done := count_batch(desk.conn, now=desk.now):
        n += done
    return n


def test_a_complaint_is_counted_with_its_signals_and_counting_again_changes_nothing(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost and nobody answers, I cancel!"))
    cy = customer_of(desk)
    assert count_all(desk) == 1
    first = facts(desk.conn, cy)
    assert (first["cases"], first["open_cases"], first["mood"], first["outcome"]) == (1, 1, "negative", "")
    assert first["waiting_since"] is not None
    assert "unanswered" in first["signals"]
    assert count_all(desk) == 0
    customer_facts.count_everybody_again(desk.conn)
    count_all(desk)
    assert facts(desk.conn, cy) == first


def test_an_answer_that_did_not_hold_is_one_however_often_it_was_to_be_looked_at(desk: Desk) -> None:
    lost = a_post()
    desk.hear(lost)
    for times in (1, 2):
        desk.now += HOUR
        desk.answer("Here it is, Cy.")
        desk.resolve()
        desk.now += DAY
        desk.hear(an_answer_to(lost, "It is lost again, this is a fraud!", published_at=desk.now))
        count_all(desk)
        assert facts(desk.conn, customer_of(desk))["relapses"] == times
    told = customer_facts.count(desk.conn, [customer_of(desk)], now=desk.now)
    assert [one.relapses_of_late for one in told] == [2]


def test_an_answer_a_day_and_a_purchase_each_bring_the_facts_up_to_date(desk: Desk) -> None:
    desk.hear(a_post())
    cy = customer_of(desk)
    count_all(desk)
    assert found(desk, "open:1 is:waiting") == [cy]
    desk.now += 3 * DAY
    assert count_all(desk) == 1
    assert Signal.WAITS in facts(desk.conn, cy)["signals"]
    desk.answer("Sorry, Cy. We look for it now.")
    count_all(desk)
    assert found(desk, "is:waiting") == []
    assert not {Signal.WAITS, Signal.UNANSWERED} & set(facts(desk.conn, cy)["signals"])
    execute(
        desk.conn,
        """
        insert into purchases (customer_id, kind, name, bought_at, ended_at, created_at)
        values (%(cy)s, 'subscription', 'Fibre', %(now)s, %(now)s, %(now)s)
        """,
        {"cy": cy, "now": desk.now},
    )
    count_all(desk)
    assert Signal.CANCELLED in facts(desk.conn, cy)["signals"]
    assert found(desk, "risk:some,high signal:cancelled") == [cy]
    assert [one.signal for one in signals_now(desk.conn, cy, EVERYTHING, now=desk.now)] == facts(desk.conn, cy)["signals"]


def test_who_is_erased_or_merged_has_no_facts_any_more(desk: Desk) -> None:
    desk.hear(a_post())
    cy = customer_of(desk)
    count_all(desk)
    execute(desk.conn, "update customers set erased_at = now() where id = %(cy)s", {"cy": cy})
    count_all(desk)
    assert facts(desk.conn, cy) == {}
    assert found(desk, "") == []
    assert signals_now(desk.conn, cy, EVERYTHING, now=desk.now) == []


def test_a_case_that_changes_hands_counts_for_both_customers(desk: Desk) -> None:
    desk.hear(a_post())
    cy = customer_of(desk)
    other = fetch_values(desk.conn, "insert into customers (name, created_at) values ('Dee', now()) returning id")[0]
    count_all(desk)
    execute(desk.conn, "update cases set customer_id = %(other)s", {"other": other})
    count_all(desk)
    assert (facts(desk.conn, cy)["cases"], facts(desk.conn, other)["cases"]) == (0, 1)


def test_purchases_that_change_hands_together_are_counted_once_for_each_customer_and_a_new_name_for_none(desk: Desk) -> None:
    one, other = (fetch_values(desk.conn, "insert into customers (name, created_at) values ('Dee', now()) returning id")[0] for _ in "ab")
    ids = {"one": one, "other": other}
    execute(
        desk.conn,
        """
        insert into purchases (customer_id, kind, name, order_number, bought_at, created_at)
        select %(one)s, 'purchase', 'Flight', 'AB-' || n, now(), now() from generate_series(1, 20) n
        """,
        ids,
    )
    assert queued(desk) == ([one], [one])
    execute(desk.conn, "update purchases set customer_id = %(other)s", ids)
    assert queued(desk) == ([one, other], [other])
    execute(desk.conn, "update purchases set name = 'Flight home', customer_id = customer_id, order_number = order_number")
    assert queued(desk) == ([], [])
    execute(desk.conn, "update purchases set renews_on = now()")
    assert queued(desk) == ([other], [])
    execute(desk.conn, "delete from purchases")
    assert queued(desk) == ([other], [])


def queued(desk: Desk) -> tuple[list[int], list[int]]:
    """Return whose figures are to be counted, who is to be looked for elsewhere, and forget both."""
    counted = fetch_values(desk.conn, "delete from customer_facts_backlog returning customer_id")
    sought = fetch_values(desk.conn, "delete from identity_backlog returning customer_id")
    return sorted(counted), sorted(sought)


def share(desk: Desk, name: str, query: str, *, shared: bool = True) -> None:
    execute(
        desk.conn,
        "insert into segments (agent_id, name, query, shared, created_at) values (%(ada)s, %(name)s, %(query)s, %(shared)s, now())",
        {"ada": desk.agent_id, "name": name, "query": query, "shared": shared},
    )


def cases_found(desk: Desk, text: str) -> int:
    return matching.count_of(desk.conn, parse(text), Asker(agent_id=0, now=desk.now))


def test_a_shared_segment_is_asked_of_cases_as_any_field_is(desk: Desk) -> None:
    desk.hear(a_post())
    execute(desk.conn, "update customers set tags = '{vip}'")
    count_all(desk)
    share(desk, "VIP", "tag:vip purchases:0 since:2020-01-01..2999-01-01")
    share(desk, "Calm", "open:0 contact:>1d")
    share(desk, "Mine", "tag:vip", shared=False)
    assert cases_found(desk, "segment:vip status:open") == 1
    assert cases_found(desk, "segment:VIP,Calm mood:negative -segment:calm age:<400d") == 1
    assert cases_found(desk, "-segment:vip") == cases_found(desk, "segment:calm") == 0
    resolve(desk.conn, case_id=fetch_values(desk.conn, "select id from cases")[0], agent_id=desk.agent_id, policy=POLICY, now=desk.now)
    count_all(desk)
    desk.now += 2 * DAY
    assert cases_found(desk, "segment:calm") == 1
    with pytest.raises(NotAQuery, match="has no “Mine”"):
        cases_found(desk, "segment:Mine")


def test_a_segment_that_cannot_be_read_any_more_says_so_where_it_is_used(desk: Desk) -> None:
    share(desk, "Lost", "attr-gone:yes")
    with pytest.raises(NotAQuery, match="The segment “lost” cannot be read any more: “attr-gone:” is not a field"):
        cases_found(desk, "segment:lost")


def test_each_signal_says_why_and_only_those_of_leaving_weigh() -> None:
    everything = Standing(
        open_cases=2,
        complaints=3,
        negative_of_five=4,
        unanswered=2,
        waiting_since=NOON - 3 * DAY,
        relapses_of_late=1,
        cancelled_at=NOON - DAY,
        says_leaving=True,
        promise_due_at=NOON - DAY,
        question_since=NOON - DAY,
        renews_on=(NOON + 3 * DAY).date(),
        birthday_on=(NOON + 2 * DAY).date(),
        languages=("ta",),
        owner_languages=("en", "si"),
    )
    told = signals_of(everything, NOON)
    assert [one.signal for one in told] == [*dict.fromkeys(one.signal for one in told)]
    assert len(told) == len(RULES) == len(Signal)
    assert all(one.says.endswith(".") for one in told)
    assert sum(one.weight for one in told) == 14
    assert risk_of(told) is Risk.HIGH
    assert signals_of(Standing(), NOON) == []
    assert risk_of([]) is Risk.NONE


def test_a_promise_that_is_past_its_day_is_a_signal_until_it_is_kept(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    case_id, who, now = desk.case().id, customer_of(desk), desk.now
    due = now + timedelta(hours=3)
    made = promise(desk.conn, case_id=case_id, text="Call", due_at=due, said=True, agent_id=desk.agent_id, now=now)
    count_all(desk)
    assert found(desk, "signal:promise-overdue") == []
    desk.now = due + timedelta(minutes=1)
    ring_due(desk.conn, now=desk.now)
    count_all(desk)
    assert found(desk, "signal:promise-overdue") == [who]
    end(desk.conn, case_id=case_id, promise_id=made, state="kept", agent_id=desk.agent_id, now=desk.now)
    count_all(desk)
    assert found(desk, "signal:promise-overdue") == []


def test_what_time_alone_changes_is_counted_again_when_it_does() -> None:
    waits = Standing(waiting_since=NOON)
    assert stale_at(waits, NOON) == NOON + 2 * DAY
    assert [one.signal for one in signals_of(waits, NOON + 2 * DAY)] == [Signal.WAITS]
    ended = Standing(cancelled_at=NOON)
    assert stale_at(ended, NOON) == NOON + LATE
    assert signals_of(ended, NOON + LATE + DAY) == []
    assert stale_at(Standing(), NOON) is None
    assert stale_at(Standing(complaints=1), NOON) == NOON + DAY
