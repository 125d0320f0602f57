"""Alarms find who is told: the first route they fit, digests that lose nothing, and silence once somebody sees to them."""

from dataclasses import replace
from datetime import datetime

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import DeliveryError, Refused
from amends.core.ports import Message
from amends.inbox.actions import alarms, alert_calls, alert_routes, alert_routing, alerts, surges
from amends.inbox.actions.channels import add_channel, remove_channel
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.surges import Apart, Kind
from amends.inbox.rules.working_hours import read_night
from amends.inbox.store import alert_routing as store
from amends.inbox.store import undone
from amends.inbox.store.deliveries import DeliveryJob
from amends.inbox.store.surge_rules import NewRule
from tests.cast import DEE, NOON, SECRET_KEY, a_post
from tests.desk import HOUR, MINUTE, Desk, asked, claimed

NIGHTS = tuple(span for day in range(7) for span in read_night(day, "22:00-07:00"))


def channel(desk: Desk, label: str) -> int:
    return add_channel(desk.conn, target=f"json://127.0.0.1/{label}", label=label, secret_key=SECRET_KEY)


def route(desk: Desk, name: str, *channels: int, **settled: object) -> int:
    new = replace(NewRoute(name=name, channel_ids=channels), **settled)  # pyright: ignore[reportArgumentType]
    return alert_routes.save(desk.conn, new, route_id=None, agent_id=desk.agent_id, now=desk.now)


def ring(desk: Desk, n: int = 1, *, severity: str = "high") -> list[AlertId]:
    """Raise so many alarms on the case of a complaint."""
    desk.hear(a_post(f"The app is down, {desk.now}", external_id=f"p-{desk.now}", author=DEE, published_at=desk.now))
    execute(desk.conn, "delete from alerts where routed_at is null")
    return fetch_values(
        desk.conn,
        """
        insert into alerts (case_id, post_id, rule, severity, reason, raised_at)
        select p.case_id, p.id, 'rule ' || n, %(severity)s, 'Reason ' || n, %(now)s
        from generate_series(1, %(n)s) n, (select * from posts where case_id is not null order by id desc limit 1) p returning id
        """,
        {"n": n, "severity": severity, "now": desk.now},
    )


def told(desk: Desk) -> list[tuple[str, Message]]:
    """Deliver all that is due, and return what was said over which channel."""
    found: list[tuple[str, Message]] = []
    while job := claimed(desk.conn, now=desk.now):
        found.append((job.label, message(desk, job)))
        alerts.record_delivered(desk.conn, [job], now=desk.now)
    return found


def message(desk: Desk, job: DeliveryJob) -> Message:
    return alerts.messages_for(desk.conn, [job], public_url="http://desk.example", secret_key=SECRET_KEY, now=desk.now)[0]


def said(desk: Desk) -> list[str]:
    return [f"{label}: {one.title}" for label, one in told(desk)]


def at(desk: Desk, moment: datetime) -> None:
    desk.now = moment


def test_without_a_route_every_channel_of_the_house_is_told_and_nobodys_own(desk: Desk) -> None:
    channel(desk, "a")
    channel(desk, "b")
    execute(desk.conn, "update alert_channels set agent_id = %(id)s where label = 'b'", {"id": desk.agent_id})
    ring(desk)
    assert [label for label, _message in told(desk)] == ["a"]


def test_the_first_route_that_fits_takes_an_alarm(desk: Desk) -> None:
    loud, brand, rest = channel(desk, "loud"), channel(desk, "brand"), channel(desk, "rest")
    route(desk, "Critical", loud, severity="critical")
    route(desk, "Reddit", brand, condition="network:reddit")
    route(desk, "X", rest, condition="network:x mood:negative")
    ring(desk, severity="critical")
    assert [label for label, _message in told(desk)] == ["loud"]
    at(desk, desk.now + HOUR)
    ring(desk)
    assert [label for label, _message in told(desk)] == ["rest"]


def test_a_route_by_place_takes_alarms_of_sources_and_surges_too(desk: Desk) -> None:
    here, there = channel(desk, "here"), channel(desk, "there")
    route(desk, "Elsewhere", there, condition="network:reddit")
    route(desk, "Here", here, condition=f"source:{desk.source_id}")
    rule = NewRule(name="Any", kind=Kind.RATE, condition="", apart_by=Apart.SOURCE, minutes=60, least=1)
    surges.save(desk.conn, rule, rule_id=None, agent_id=desk.agent_id, now=desk.now)
    execute(
        desk.conn,
        """
        insert into alerts (source_id, key, rule, severity, reason, since, raised_at)
        values (%(s)s, 'k', 'stopped', 'high', 'It stopped', %(n)s, %(n)s)
        """,
        {"s": desk.source_id, "n": desk.now},
    )
    assert [label for label, _message in told(desk)] == ["here"]
    desk.hear(a_post("A question?", published_at=desk.now))
    while surges.look(desk.conn, now=desk.now + MINUTE):
        pass
    assert [label for label, _message in told(desk)] == ["here"]


def test_a_route_whose_query_cannot_be_asked_says_so_and_its_alarms_are_told_all_the_same(desk: Desk) -> None:
    channel(desk, "house")
    broken = route(desk, "Broken", channel(desk, "other"))
    execute(desk.conn, "update alert_routes set condition = 'topic:gone' where id = %(id)s", {"id": broken})
    ring(desk)
    assert {label for label, _message in told(desk)} == {"house", "other"}
    assert fetch_values(desk.conn, "select trouble <> '' from alert_routes") == [True]


def test_a_route_of_which_no_channel_and_no_rota_is_left_tells_the_house(desk: Desk) -> None:
    channel(desk, "house")
    gone = channel(desk, "gone")
    route(desk, "Old", gone)
    remove_channel(desk.conn, channel_id=gone)
    ring(desk)
    assert said(desk) == ["house: lanka-air on x: Reason 1"]


def test_quiet_hours_hold_what_is_not_critical_and_tell_it_as_one_in_the_morning(desk: Desk) -> None:
    route(desk, "Team", channel(desk, "team"), quiet=NIGHTS)
    at(desk, NOON + 11 * HOUR)
    ring(desk, 3)
    assert said(desk) == []
    at(desk, desk.now + HOUR)
    ring(desk, severity="critical")
    assert len(said(desk)) == 1
    at(desk, desk.now + HOUR)
    ring(desk, 2)
    alert_routing.route_pending(desk.conn, now=desk.now)
    at(desk, NOON + 19 * HOUR)
    assert said(desk) == ["team: 5 alarms, 5 not seen to yet"]
    assert said(desk) == []


def test_a_digest_says_who_is_waited_for_and_what_comes_after_it_waits_for_the_next(desk: Desk) -> None:
    route(desk, "Rest", channel(desk, "mail"), way="hourly")
    first, _second = ring(desk, 2)
    alert_routing.route_pending(desk.conn, now=desk.now)
    alarms.acknowledge(desk.conn, first, agent_id=desk.agent_id, now=desk.now)
    at(desk, NOON + HOUR)
    job = claimed(desk.conn, now=desk.now)
    assert job
    assert message(desk, job).title == "2 alarms, 1 not seen to yet"
    alerts.record_delivery_trouble(desk.conn, job, DeliveryError("no answer"), now=desk.now)
    at(desk, NOON + HOUR + MINUTE)
    [(_label, again)] = told(desk)
    assert again.key == f"digest-{job.digest_id}"


def test_a_digest_whose_alarms_were_erased_says_nothing(desk: Desk) -> None:
    route(desk, "Rest", channel(desk, "mail"), way="hourly")
    ring(desk, 2)
    alert_routing.route_pending(desk.conn, now=desk.now)
    execute(desk.conn, "delete from alerts")
    at(desk, NOON + HOUR)
    assert told(desk) == []
    assert fetch_values(desk.conn, "select state from alert_deliveries") == ["settled"]


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_thousands_of_alarms_at_once_are_told_thirty_by_thirty_and_the_rest_as_one(desk: Desk, many: int) -> None:
    route(desk, "All", channel(desk, "pager"))
    ids = set(ring(desk, many))
    one_by_one = [one for _label, one in told(desk)]
    at(desk, desk.now + 10 * MINUTE)
    [(_label, digest)] = told(desk)
    assert len(one_by_one) == 30
    listed = digest.facts["alert_ids"]
    assert isinstance(listed, list)
    assert {int(str(one.facts["alert_id"])) for one in one_by_one} | {int(str(one)) for one in listed} == ids
    assert told(desk) == []


def test_alarms_that_say_the_same_are_one_line_of_a_digest(desk: Desk) -> None:
    route(desk, "Rest", channel(desk, "mail"), way="hourly")
    ring(desk, 30)
    execute(desk.conn, "update alerts set reason = 'It burns', severity = 'critical' where rule <> 'rule 7'")
    execute(desk.conn, "update alerts set raised_at = raised_at + interval '9 minutes' where rule = 'rule 30'")
    alert_routing.route_pending(desk.conn, now=desk.now)
    at(desk, NOON + HOUR)
    [(_label, digest)] = told(desk)
    lines = [line for line in digest.body.splitlines() if line.startswith(("-", "…"))]
    assert lines == ["- 12:00 to 12:09 UTC, 29 times, critical: It burns", "- 12:00 UTC, high: Reason 7"]
    assert digest.facts["alerts"] == 30


def test_a_critical_alarm_is_told_at_once_in_a_flood_of_others(desk: Desk) -> None:
    route(desk, "All", channel(desk, "pager"), most=3)
    ring(desk, 9)
    assert len(said(desk)) == 3
    at(desk, desk.now + MINUTE)
    [critical] = ring(desk, severity="critical")
    assert [one.facts["alert_id"] for _label, one in told(desk)] == [critical]


def test_what_was_told_before_is_counted_up_to_the_bound_and_only_where_there_is_one(desk: Desk) -> None:
    pager = channel(desk, "pager")
    took: list[int] = []
    for most in (None, 6, 5):
        execute(desk.conn, "update alert_routes set deleted_at = %(now)s", {"now": desk.now})
        route(desk, "All", pager, most=most)
        ring(desk, 2)
        took.append(asked(desk.conn, lambda: alert_routing.route_pending(desk.conn, now=desk.now)))
        assert len(said(desk)) == (1 if most == 5 else 2)
        at(desk, desk.now + MINUTE)
    assert took[1] == took[0] + 1
    assert store.told(desk.conn, severity="high", most=4, since=NOON - HOUR) == {pager: 4}
    assert store.told(desk.conn, severity="critical", most=4, since=NOON - HOUR) == {pager: 0}


def test_routing_twice_and_a_telling_of_somebody_else_double_nothing(desk: Desk) -> None:
    house = channel(desk, "house")
    [alert_id] = ring(desk)
    execute(
        desk.conn,
        "insert into alert_deliveries (alert_id, channel_id, state, next_at) values (%(a)s, %(c)s, 'queued', %(n)s)",
        {"a": alert_id, "c": house, "n": desk.now},
    )
    assert alert_routing.route_pending(desk.conn, now=desk.now) == 1
    assert alert_routing.route_pending(desk.conn, now=desk.now) == 0
    assert len(told(desk)) == 1


def test_nothing_is_told_after_somebody_sees_to_it_also_not_what_was_under_way_and_failed(desk: Desk) -> None:
    channel(desk, "a")
    channel(desk, "b")
    [alert_id] = ring(desk)
    under_way = claimed(desk.conn, now=desk.now)
    assert under_way
    alarms.acknowledge(desk.conn, alert_id, agent_id=None, now=desk.now)
    alerts.record_delivery_trouble(desk.conn, under_way, DeliveryError("no answer"), now=desk.now)
    at(desk, desk.now + HOUR)
    assert told(desk) == []
    alarms.unacknowledge(desk.conn, alert_id, agent_id=desk.agent_id, now=desk.now)
    assert {label for label, _message in told(desk)} == {"a", "b"}


def test_what_somebody_saw_to_before_anybody_was_told_is_told_to_nobody_until_that_is_taken_back(desk: Desk) -> None:
    channel(desk, "a")
    [alert_id] = ring(desk)
    alarms.acknowledge(desk.conn, alert_id, agent_id=None, now=desk.now)
    assert told(desk) == []
    assert not undone.undone(desk.conn, now=desk.now).deliveries
    alarms.unacknowledge(desk.conn, alert_id, agent_id=desk.agent_id, now=desk.now)
    assert [one.title for _label, one in told(desk)] == ["lanka-air on x: Reason 1"]


def test_an_alarm_of_a_case_that_is_done_before_anybody_was_told_is_told_to_nobody(desk: Desk) -> None:
    channel(desk, "a")
    ring(desk)
    desk.resolve()
    alert_calls.tell_over(desk.conn, now=desk.now)
    assert told(desk) == []


def test_where_it_was_told_it_is_told_that_it_is_over(desk: Desk) -> None:
    route(desk, "All", channel(desk, "pager"))
    ring(desk)
    told(desk)
    desk.resolve()
    assert alert_calls.tell_over(desk.conn, now=desk.now) == 1
    assert alert_calls.tell_over(desk.conn, now=desk.now) == 0
    [(_label, over)] = told(desk)
    assert (over.title, over.happening, over.key.endswith("-over")) == ("Over: lanka-air on x: Reason 1", "alert.ended", True)


def test_a_receiver_that_comes_back_is_told_nothing_of_a_case_that_was_done_meanwhile(desk: Desk) -> None:
    channel(desk, "pager")
    [alert_id] = ring(desk)
    job = claimed(desk.conn, now=desk.now)
    assert job
    alerts.record_delivery_trouble(desk.conn, job, DeliveryError("no answer"), now=desk.now)
    desk.resolve()
    alert_calls.tell_over(desk.conn, now=desk.now)
    at(desk, desk.now + HOUR)
    assert told(desk) == []
    alarms.acknowledge(desk.conn, alert_id, agent_id=None, now=desk.now)
    alarms.unacknowledge(desk.conn, alert_id, agent_id=desk.agent_id, now=desk.now)
    assert told(desk) == []


def test_what_is_told_late_of_something_that_is_over_says_that_it_is(desk: Desk) -> None:
    channel(desk, "pager")
    [alert_id] = ring(desk)
    alert_routing.route_pending(desk.conn, now=desk.now)
    execute(desk.conn, "update alerts set ended_at = %(now)s where id = %(id)s", {"now": desk.now, "id": alert_id})
    alert_calls.tell_over(desk.conn, now=desk.now)
    [(_label, late)] = told(desk)
    assert (late.title, late.happening) == ("Over: lanka-air on x: Reason 1", "alert.ended")


def test_routes_are_asked_in_the_order_one_gives_them(desk: Desk) -> None:
    house = channel(desk, "house")
    first, second = route(desk, "One", house), route(desk, "Two", house)
    alert_routes.move(desk.conn, second, up=True)
    alert_routes.move(desk.conn, second, up=True)
    assert order(desk.conn) == [second, first]
    alert_routes.delete(desk.conn, second, now=desk.now)
    assert order(desk.conn) == [first]
    with pytest.raises(Refused):
        route(desk, "Nowhere")


def order(conn: Connection) -> list[int]:
    return fetch_values(conn, "select id from alert_routes where deleted_at is null order by position, id")
