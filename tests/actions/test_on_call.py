"""Who is on call is called at their own address, then the next in line, at last everybody, until somebody sees to it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import NotAllowed, NotFound, Refused
from amends.inbox.actions import alarms, alert_calls, alert_routes, alert_routing, alerts, on_call, rotas
from amends.inbox.actions.channels import add_address, add_channel, own_address
from amends.inbox.actions.notify import notify
from amends.inbox.actions.teams import By
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.ids import AgentId, AlertId
from amends.inbox.rules.on_call import Rota, Swap, Turn
from amends.inbox.rules.working_hours import read_night
from amends.inbox.store import channels
from tests.cast import DEE, NOON, SECRET_KEY, a_post, ada, bo, mia
from tests.desk import DAY, HOUR, MINUTE, Desk, asked, claimed


def address(desk: Desk, agent_id: AgentId, name: str, *, for_others: bool = False) -> int:
    target = f"json://127.0.0.1/{name}"
    return add_address(desk.conn, agent_id=agent_id, target=target, secret_key=SECRET_KEY, inside=True, for_others=for_others)


def a_rota(desk: Desk, *layers: Sequence[AgentId]) -> int:
    rota = Rota(name="Nights", zone="UTC", turn=Turn.DAY, minute=0, begins_on=NOON.date(), layers=tuple(tuple(one) for one in layers))
    return rotas.save(desk.conn, rota, rota_id=None, now=desk.now)


def on_duty(desk: Desk, *layers: Sequence[AgentId], **settled: object) -> int:
    """Return the rota that every alarm calls, each of whose people has an address of their own."""
    for agent_id in {one for layer in layers for one in layer}:
        address(desk, agent_id, f"of-{agent_id}")
    rota_id = a_rota(desk, *layers)
    new = replace(NewRoute(name="Calls", rota_id=rota_id, escalate_minutes=5), **settled)  # pyright: ignore[reportArgumentType]
    alert_routes.save(desk.conn, new, route_id=None, agent_id=desk.agent_id, now=desk.now)
    return rota_id


def ring(desk: Desk) -> AlertId:
    desk.hear(a_post(f"The app is down, {desk.now}", external_id=f"p-{desk.now}", author=DEE, published_at=desk.now))
    alert_routing.route_pending(desk.conn, now=desk.now)
    return fetch_values(desk.conn, "select id from alerts order by id desc limit 1")[0]


def later(desk: Desk, *, minutes: int) -> int:
    desk.now += minutes * MINUTE
    return alert_calls.call_next(desk.conn, now=desk.now)


def called(desk: Desk) -> list[tuple[int, AgentId]]:
    """Return whom the alarms called, with the number of the telling, in order."""
    rows = fetch_values(
        desk.conn,
        "select d.again || ' ' || c.agent_id from alert_deliveries d join alert_channels c on c.id = d.channel_id"
        " where c.agent_id is not null and d.state <> 'settled' order by d.id",
    )
    return [(int(row.split()[0]), AgentId(int(row.split()[1]))) for row in rows]


def test_who_has_the_case_and_is_on_call_is_told_of_an_alarm_once(desk: Desk) -> None:
    first, second = ada(desk.conn), bo(desk.conn)
    on_duty(desk, [first], [second])
    for together in (True, False):
        execute(desk.conn, "delete from notifications")
        dee = replace(DEE, external_id=f"dee-{together}", handle=f"dee{together}")
        desk.hear(a_post(f"The app is down, {together}", external_id=f"p-{together}", author=dee, published_at=desk.now))
        execute(desk.conn, "update cases set assignee_id = %(id)s", {"id": first})
        told = [] if together else [notify(desk.conn, now=desk.now)]
        alert_routing.route_pending(desk.conn, now=desk.now)
        while notify(desk.conn, now=desk.now):
            pass
        bells = "select kind || ' ' || agent_id || ' ' || (facts ->> 'name') from notifications where kind in ('alert', 'called')"
        assert fetch_values(desk.conn, bells) == [f"called {first} Nights"], (together, told)
    later(desk, minutes=5)
    later(desk, minutes=5)
    while notify(desk.conn, now=desk.now):
        pass
    again = "select count(*) from notifications where kind = 'called' and agent_id = %(id)s"
    assert fetch_values(desk.conn, again, {"id": first}) == [3], "who is called again later is told again"


def test_an_alarm_goes_from_line_to_line_and_at_last_to_everybody(desk: Desk) -> None:
    first, second, third = ada(desk.conn), bo(desk.conn), mia(desk.conn)
    on_duty(desk, [first, third], [second])
    ring(desk)
    assert called(desk) == [(0, first)]
    assert later(desk, minutes=4) == 0
    assert later(desk, minutes=1) == 1
    assert called(desk) == [(0, first), (2, second)]
    assert later(desk, minutes=5) == 1
    assert called(desk)[2:] == [(3, first), (3, third), (3, second)]
    assert later(desk, minutes=60) == 0
    while notify(desk.conn, now=desk.now):
        pass
    bells = fetch_values(desk.conn, "select agent_id from notifications where kind = 'called' order by id")
    assert bells[:2] == [first, second]


def test_what_it_asks_to_call_somebody_does_not_grow_with_the_alarms(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)])

    def statements(n: int) -> int:
        people = [replace(DEE, external_id=f"{n}-{one}", handle=f"d{n}-{one}") for one in range(n)]
        desk.hear(*(a_post("The app is down", external_id=f"c-{one.handle}", author=one, published_at=desk.now) for one in people))
        return asked(desk.conn, lambda: alert_routing.route_pending(desk.conn, now=desk.now))

    assert statements(2) == statements(9)
    assert len(called(desk)) == desk.events().count("on_call_called") == 11


def test_what_it_asks_to_call_the_next_does_not_grow_with_the_alarms(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)])

    def statements(n: int) -> int:
        people = [replace(DEE, external_id=f"{n}-{one}", handle=f"d{n}-{one}") for one in range(n)]
        desk.hear(*(a_post("The app is down", external_id=f"c-{one.handle}", author=one, published_at=desk.now) for one in people))
        alert_routing.route_pending(desk.conn, now=desk.now)
        found = asked(desk.conn, lambda: later(desk, minutes=5))
        execute(desk.conn, "update alerts set call_at = null")
        return found

    assert statements(2) == statements(6)


def more(desk: Desk, copies: int) -> None:
    """Let the one alarm have rung by so many rules more."""
    execute(
        desk.conn,
        """
        insert into alerts (case_id, post_id, rule, severity, reason, raised_at, routed_at, route_id, called, call_at)
        select case_id, post_id, 'rule ' || copy, severity, reason, raised_at, routed_at, route_id, called, call_at
        from alerts, generate_series(1, %(copies)s) copy
        """,
        {"copies": copies},
    )


def test_where_many_alarms_were_answered_nobody_is_called_before_all_of_them_are_known(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)])
    ring(desk)
    more(desk, alert_calls.MOST_CALLS)
    desk.write("We are on it.")
    assert [later(desk, minutes=5), later(desk, minutes=0)] == [alert_calls.MOST_CALLS, 0]
    assert fetch_values(desk.conn, "select count(*) from alerts where acknowledged_at is null") == [0]
    assert desk.events().count("on_call_called") == 1


def test_a_flood_that_nobody_sees_to_is_one_to_the_next_in_line_too(desk: Desk) -> None:
    first, second = ada(desk.conn), bo(desk.conn)
    on_duty(desk, [first], [second], most=3)
    people = [replace(DEE, external_id=f"f-{one}", handle=f"f{one}") for one in range(9)]
    desk.hear(*(a_post("The app is down", external_id=f"f-{one.handle}", author=one, published_at=desk.now) for one in people))
    alert_routing.route_pending(desk.conn, now=desk.now)
    assert later(desk, minutes=5) == 9
    assert called(desk) == [(0, first), *[(0, first)] * 3, (0, second), *[(2, second)] * 3], "a digest and three each"
    gathered = "select count(*) from alert_digest_items i join alert_digests d on d.id = i.digest_id group by d.id order by d.id"
    assert fetch_values(desk.conn, gathered) == [6, 6]
    assert desk.events().count("on_call_called") == 18, "each case tells who was called for it"


def test_who_sees_to_it_is_the_last_who_is_called(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)])
    alert_id = ring(desk)
    alarms.acknowledge(desk.conn, alert_id, agent_id=None, now=desk.now)
    assert later(desk, minutes=60) == 0
    assert called(desk) == []
    alarms.unacknowledge(desk.conn, alert_id, agent_id=desk.agent_id, now=desk.now)
    assert later(desk, minutes=5) == 1


def test_who_answers_the_case_has_seen_to_its_alarm(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)])
    ring(desk)
    desk.now += MINUTE
    desk.write("We are on it.")
    assert later(desk, minutes=5) == 0
    assert fetch_values(desk.conn, "select acknowledged_by from alerts") == [desk.agent_id]


def test_an_alarm_of_a_case_that_is_done_calls_nobody(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)])
    ring(desk)
    desk.resolve()
    alert_calls.tell_over(desk.conn, now=desk.now)
    assert later(desk, minutes=60) == 0


@pytest.mark.parametrize("why", ["away", "without an address", "left"])
def test_who_cannot_be_reached_is_passed_over_at_once(desk: Desk, why: str) -> None:
    first, second = ada(desk.conn), bo(desk.conn)
    on_duty(desk, [first], [second])
    changed = {
        "away": "update agents set away_since = %(at)s where id = %(id)s",
        "without an address": "update alert_channels set active = false where agent_id = %(id)s",
        "left": "update agents set active = false where id = %(id)s",
    }[why]
    execute(desk.conn, changed, {"at": desk.now, "id": first})  # pyright: ignore[reportArgumentType]
    ring(desk)
    assert called(desk) == [(0, second)]


def test_a_swap_holds_while_it_lasts_and_everybody_takes_over_only_for_themselves(desk: Desk) -> None:
    first, second, manager = ada(desk.conn), bo(desk.conn), mia(desk.conn)
    rota_id = on_duty(desk, [first], [manager])
    address(desk, second, "bo")
    wanted = Swap(layer=1, agent_id=second, begins=desk.now, ends=desk.now + HOUR)
    with pytest.raises(NotAllowed):
        rotas.swap(desk.conn, rota_id, wanted, by=By(agent_id=first, role="agent"), now=desk.now)
    swap_id = rotas.swap(desk.conn, rota_id, wanted, by=By(agent_id=second, role="agent"), now=desk.now)
    ring(desk)
    assert called(desk) == [(0, second)]
    rotas.take_swap_back(desk.conn, swap_id, by=By(agent_id=manager, role="manager"), now=desk.now)
    assert on_call.crew(desk.conn, now=desk.now).call(rotas.rota_of(desk.conn, rota_id), 1).agent_ids == [first]
    rotas.restore_swap(desk.conn, swap_id, by=By(agent_id=second, role="agent"))
    with pytest.raises(Refused):
        rotas.swap(desk.conn, rota_id, replace(wanted, layer=9), by=By(agent_id=second, role="agent"), now=desk.now)
    with pytest.raises(NotFound):
        rotas.take_swap_back(desk.conn, swap_id + 1, by=By(agent_id=second, role="agent"), now=desk.now)


def test_a_gap_is_told_once_to_who_settles_rotas(desk: Desk) -> None:
    first, second, manager = ada(desk.conn), bo(desk.conn), mia(desk.conn)
    rota_id = a_rota(desk, [first, second])
    address(desk, first, "ada")
    assert on_call.watch_gaps(desk.conn, now=desk.now) == 7
    assert on_call.watch_gaps(desk.conn, now=desk.now + MINUTE) == 0
    while notify(desk.conn, now=desk.now):
        pass
    assert set(fetch_values(desk.conn, "select agent_id from notifications where kind = 'rota_gap'")) == {manager}
    address(desk, second, "bo")
    assert on_call.crew(desk.conn, now=desk.now).gaps(rotas.rota_of(desk.conn, rota_id)) == []


def test_a_gap_that_reaches_as_far_as_we_look_is_told_once_and_again_where_it_comes_back(desk: Desk) -> None:
    first = ada(desk.conn)
    a_rota(desk, [first])
    looks = [desk.now, desk.now + 10 * MINUTE, desk.now + DAY]
    assert [on_call.watch_gaps(desk.conn, now=at) for at in looks] == [1, 0, 0]
    address(desk, first, "ada")
    assert on_call.watch_gaps(desk.conn, now=desk.now + DAY) == 0
    execute(desk.conn, "update alert_channels set active = false")
    assert on_call.watch_gaps(desk.conn, now=desk.now + 2 * DAY) == 1


def test_whoever_is_away_within_their_turn_leaves_a_gap_as_long_as_they_are(desk: Desk) -> None:
    first = ada(desk.conn)
    rota_id = a_rota(desk, [first])
    address(desk, first, "ada")
    begins, ends = desk.now + 2 * DAY + HOUR, desk.now + 3 * DAY
    execute(desk.conn, "update agents set away_since = %(begins)s, away_until = %(ends)s", {"begins": begins, "ends": ends})
    assert [(gap.begins, gap.ends) for gap in on_call.crew(desk.conn, now=desk.now).gaps(rotas.rota_of(desk.conn, rota_id))] == [
        (begins, ends)
    ]
    assert on_call.watch_gaps(desk.conn, now=desk.now) == 1


def test_a_rota_whose_zone_is_gone_calls_by_utc(desk: Desk) -> None:
    first = ada(desk.conn)
    on_duty(desk, [first])
    execute(desk.conn, "update rotas set zone = 'Mars/Base'")
    execute(desk.conn, "update alert_routes set zone = 'Mars/Base'")
    ring(desk)
    assert called(desk) == [(0, first)]


@pytest.mark.parametrize(
    ("hidden", "says"),
    [
        ("mailtos://ada:secret@mail.example?smtp=127.0.0.1", "inside our own network"),
        ("mailtos://ada:secret@mail.example?smtp=2130706433", "inside our own network"),
        ("webhook+https://turns-inward-later.invalid/", "There is no host"),
    ],
)
def test_an_address_of_ones_own_leads_outward_in_all_of_its_parts(desk: Desk, hidden: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        add_address(desk.conn, agent_id=ada(desk.conn), target=hidden, secret_key=SECRET_KEY, inside=False)


def test_an_address_of_ones_own_is_sealed_masked_and_nobody_elses(desk: Desk) -> None:
    mine = address(desk, ada(desk.conn), "T0P-S3CRET")
    [shown] = channels.active(desk.conn, agent_id=ada(desk.conn))
    assert "S3CRET" not in shown.label
    assert channels.active(desk.conn) == []
    for hidden in ("webhook+http://127.0.0.1:6379/", "json://[::1]/", "smtp://10.0.0.1:25/?from=a@b.example&to=c@d.example"):
        with pytest.raises(Refused, match="inside our own network"):
            add_address(desk.conn, agent_id=ada(desk.conn), target=hidden, secret_key=SECRET_KEY, inside=False)
    with pytest.raises(NotFound):
        own_address(desk.conn, channel_id=mine, agent_id=bo(desk.conn))
    route = NewRoute(name="x", channel_ids=(mine,))
    with pytest.raises(Refused):
        alert_routes.save(desk.conn, route, route_id=None, agent_id=desk.agent_id, now=desk.now)


@pytest.mark.parametrize("for_others", [False, True])
def test_an_address_inside_is_told_where_an_administrator_entered_it_for_somebody(desk: Desk, *, for_others: bool) -> None:
    on_duty(desk, [ada(desk.conn)])
    address(desk, ada(desk.conn), f"of-{ada(desk.conn)}", for_others=for_others)
    ring(desk)
    job = claimed(desk.conn, now=desk.now)
    assert job is not None
    assert alerts.is_outward(job) is not for_others


NIGHTS = tuple(span for day in range(7) for span in read_night(day, "22:00-07:00"))


def digests(desk: Desk) -> list[tuple[int, AgentId]]:
    """Return how many alarms each digest tells at the own address of whom, in order."""
    rows = fetch_values(
        desk.conn,
        "select count(*) || ' ' || c.agent_id from alert_digest_items i join alert_digests d on d.id = i.digest_id"
        " join alert_channels c on c.id = d.channel_id where c.agent_id is not null group by d.id, c.agent_id order by d.id",
    )
    return [(int(row.split()[0]), AgentId(int(row.split()[1]))) for row in rows]


def test_what_began_in_quiet_hours_calls_the_first_in_line_as_one_when_they_end_and_then_the_next(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn), bo(desk.conn)], [mia(desk.conn)], quiet=NIGHTS)
    desk.now = NOON + 11 * HOUR
    rung = list[AlertId]()
    for _ in range(3):
        rung.append(ring(desk))
        desk.now += MINUTE
    alarms.acknowledge(desk.conn, rung[-1], agent_id=desk.agent_id, now=desk.now)
    assert later(desk, minutes=7 * 60) == 0
    assert fetch_values(desk.conn, "select count(*) from events where kind = 'on_call_called'") == [0]
    desk.now = NOON + 19 * HOUR
    assert later(desk, minutes=0) == 2
    assert (digests(desk), called(desk)) == ([(2, bo(desk.conn))], [(0, bo(desk.conn))]), "whose turn it is in the morning"
    assert fetch_values(desk.conn, "select distinct (facts ->> 'whom')::bigint from events where kind = 'on_call_called'") == [
        bo(desk.conn)
    ]
    assert later(desk, minutes=4) == 0
    assert later(desk, minutes=1) == 2
    assert called(desk)[1:] == [(2, mia(desk.conn))] * 2
    assert later(desk, minutes=5) == 2
    assert {agent_id for again, agent_id in called(desk) if again == 3} == {ada(desk.conn), bo(desk.conn), mia(desk.conn)}
    assert later(desk, minutes=60) == 0


def test_more_alarms_of_one_night_than_a_turn_calls_for_are_one_digest_to_the_first_in_line(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)], quiet=NIGHTS)
    desk.now = NOON + 11 * HOUR
    ring(desk)
    more(desk, alert_calls.MOST_CALLS + 50)
    desk.now = NOON + 19 * HOUR
    assert later(desk, minutes=0) == alert_calls.MOST_CALLS + 51
    assert digests(desk) == [(alert_calls.MOST_CALLS + 51, ada(desk.conn))]
    assert [later(desk, minutes=5), later(desk, minutes=0)] == [alert_calls.MOST_CALLS, 51], "the next in line is called in turns, as ever"


def test_what_began_in_quiet_hours_is_told_to_the_house_where_its_rota_is_gone_when_they_end(desk: Desk) -> None:
    house = add_channel(desk.conn, target="json://127.0.0.1/hook", label="pager", secret_key=SECRET_KEY)
    rota_id = on_duty(desk, [ada(desk.conn)], quiet=NIGHTS)
    desk.now = NOON + 11 * HOUR
    ring(desk)
    rotas.delete(desk.conn, rota_id, now=desk.now)
    assert later(desk, minutes=8 * 60) == 1
    assert fetch_values(desk.conn, "select channel_id from alert_deliveries where digest_id is not null") == [house]


def test_what_a_route_gathers_is_told_to_who_has_the_first_line_and_calls_nobody(desk: Desk) -> None:
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)], way="hourly")
    ring(desk)
    assert later(desk, minutes=24 * 60) == 0
    assert digests(desk) == [(1, ada(desk.conn))]


@pytest.mark.parametrize("breaks", [False, True])
def test_the_next_in_line_is_called_when_quiet_hours_are_over_that_began_meanwhile(desk: Desk, *, breaks: bool) -> None:
    nights = tuple(span for day in range(7) for span in read_night(day, "12:03-20:00"))
    on_duty(desk, [ada(desk.conn)], [bo(desk.conn)], quiet=nights)
    ring(desk)
    execute(desk.conn, "update alerts set severity = %(to)s", {"to": "critical" if breaks else "high"})
    later(desk, minutes=5)
    assert [agent_id for _again, agent_id in called(desk)] == [ada(desk.conn), *([bo(desk.conn)] if breaks else [])]
    assert later(desk, minutes=8 * 60 - 5) == 1
    assert [agent_id for _again, agent_id in called(desk)][:2] == [ada(desk.conn), bo(desk.conn)]


def test_a_rota_is_made_anew_and_comes_back(desk: Desk) -> None:
    add_channel(desk.conn, target="json://127.0.0.1/hook", label="pager", secret_key=SECRET_KEY)
    rota_id = a_rota(desk, [ada(desk.conn)])
    rotas.delete(desk.conn, rota_id, now=desk.now)
    with pytest.raises(NotFound):
        rotas.rota_of(desk.conn, rota_id)
    rotas.restore(desk.conn, rota_id)
    with pytest.raises(Refused):
        a_rota(desk, [AgentId(999_999)])
    assert on_call.crew(desk.conn, now=desk.now + DAY).who(rotas.rota_of(desk.conn, rota_id), 1, desk.now) == ada(desk.conn)
