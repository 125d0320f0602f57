"""Calls the next in line where nobody sees to an alarm, and tells that one is over. Place in the path: beat -> here -> deliveries, bell.

What began before quiet hours calls nobody in them: the next is called when they end. An alarm is locked while the next is called, so that
whoever sees to it meanwhile comes before or after, and is never called twice.
"""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.inbox.actions import alarms, on_call
from amends.inbox.rules.alert_routes import NO_ROUTE, NewRoute, rings_from
from amends.inbox.store import alarms as rows
from amends.inbox.store import alert_routes, alert_routing, events
from amends.inbox.store.alarms import Alarm
from amends.inbox.store.alert_routing import Telling

MOST_CALLS = 200


def call_next(conn: Connection, *, now: datetime) -> int:
    """Call the next in line of each alarm whose time for that has come, and return how many alarms that were."""
    for one in rows.take_answered(conn, now=now):
        alarms.acknowledge(conn, one.id, agent_id=rows.who_answered(conn, one), now=now)
    called = 0
    while called < MOST_CALLS and (one := rows.claim_call(conn, now=now)) is not None:
        _call(conn, one, now)
        called += 1
    return called


def tell_over(conn: Connection, *, now: datetime) -> int:
    """End the alarms of cases that are done, tell where an alarm was told that it is over, and return how many deliveries that makes."""
    rows.end_of_done_cases(conn, now=now)
    over = rows.take_over(conn, now=now)
    told = [Telling(alert_id=one.id, channel_id=channel, again=-1) for one in over if one.tells for channel in one.channel_ids]
    return alert_routing.add_tellings(conn, told, now=now)


def _call(conn: Connection, one: Alarm, now: datetime) -> None:
    row = alert_routes.find(conn, one.route_id) if one.route_id is not None else None
    route = row.route if row else NO_ROUTE
    loud_at = rings_from(route, severity=one.severity, at=now)
    if loud_at > now:
        rows.set_call(conn, one.id, called=one.called, call_at=loud_at)
        return
    crew = on_call.crew(conn, now=now)
    rota = crew.rota(one.rota_id)
    if rota is None or one.called > len(rota.layers):
        rows.set_call(conn, one.id, called=one.called, call_at=None)
        return
    call = crew.call(rota, one.called + 1)
    again = now + timedelta(minutes=one.escalate_minutes or 1)
    rows.set_call(conn, one.id, called=call.step, call_at=None if call.is_last else again)
    house = _house(conn, route) if call.is_last else []
    channel_ids = dict.fromkeys([*on_call.own_channels(conn, call), *house])
    alert_routing.add_tellings(conn, [Telling(alert_id=one.id, channel_id=id_, again=call.step) for id_ in channel_ids], now=now)
    events.add_all(conn, on_call.called(one, call, rota=rota.name), now=now)


def _house(conn: Connection, route: NewRoute) -> list[int]:
    """Return the channels of the house that a route names."""
    active = alert_routing.channels(conn).get(None, [])
    return [channel_id for channel_id in route.channel_ids if channel_id in active]
