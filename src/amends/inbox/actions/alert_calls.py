"""Calls the next in line where nobody sees to an alarm, and tells that one is over. Place in the path: beat -> here -> deliveries, bell.

Quiet hours call nobody: when they end, what began before them calls the next, and what began in them the first in line, as one. Alarms
are locked while the next is called, so that whoever sees to one meanwhile comes before or after, and is never called twice. A flood is
told as one to the next in line, too.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from amends.core.database import Connection
from amends.inbox.actions import alarms, alert_routing, on_call
from amends.inbox.actions.on_call import Call
from amends.inbox.rules.alert_routes import NO_ROUTE, NewRoute, rings_from
from amends.inbox.store import alarms as rows
from amends.inbox.store import alert_routes
from amends.inbox.store import alert_routing as queue
from amends.inbox.store.alarms import Alarm, NextCall
from amends.inbox.store.alert_routing import Telling

MOST_CALLS = 200
"""So many are called for in a turn; more where more waited for the end of quiet hours, since the first in line is told of them as one."""


@dataclass(frozen=True, kw_only=True)
class _Round:
    """What calls are made from, read once for all alarms whose time has come; without slots, since it keeps what it read."""

    conn: Connection
    now: datetime
    routes: dict[int, NewRoute] = field(default_factory=dict[int, NewRoute])

    @cached_property
    def given(self) -> alert_routing.Round:
        """Who takes turns, which channels there are, and what they are given."""
        return alert_routing.new_round(self.conn, now=self.now)

    def route(self, route_id: int | None) -> NewRoute:
        """Return the route that an alarm went; the one of no route where that is gone."""
        if route_id is None:
            return NO_ROUTE
        if route_id not in self.routes:
            row = alert_routes.find(self.conn, route_id)
            self.routes[route_id] = row.route if row else NO_ROUTE
        return self.routes[route_id]


def call_next(conn: Connection, *, now: datetime) -> int:
    """Call the next in line of each alarm whose time for that has come, and return how many alarms that were; many come in turns.

    Nobody is called before all alarms are known on whose case somebody has answered.
    """
    answered = rows.take_answered(conn, now=now, limit=MOST_CALLS)
    for one in answered:
        alarms.acknowledge(conn, one.id, agent_id=rows.who_answered(conn, one), now=now)
    if len(answered) == MOST_CALLS:
        return MOST_CALLS
    due = rows.claim_calls(conn, now=now, limit=MOST_CALLS)
    if due:
        at = _Round(conn=conn, now=now)
        rows.set_calls(conn, [_call(at, one) for one in due])
        at.given.keep()
    return len(due)


def tell_over(conn: Connection, *, now: datetime) -> int:
    """End the alarms of cases that are done, tell where one was told that it is over, and return how many are; many come in turns."""
    rows.end_of_done_cases(conn, now=now)
    over = rows.take_over(conn, now=now)
    told = [Telling(alert_id=one.id, channel_id=channel, again=-1) for one in over if one.tells for channel in one.channel_ids]
    queue.add_tellings(conn, told, now=now)
    return len(over)


def _call(at: _Round, one: Alarm) -> NextCall:
    route = at.route(one.route_id)
    loud_at = rings_from(route, severity=one.severity, at=at.now)
    if loud_at > at.now:
        return NextCall(alert_id=one.id, called=one.called, call_at=loud_at)
    rota = at.given.crew.rota(one.rota_id)
    if rota is None and not one.called:  # Its rota is gone since, and perhaps nobody was told.
        at.given.give_together(one, at.given.house)
    if rota is None or one.called > len(rota.layers):
        return NextCall(alert_id=one.id, called=one.called, call_at=None)
    call = at.given.crew.call(rota, one.called + 1)
    _tell(at, one, route, call)
    at.given.calls.extend(on_call.called(one, call, rota=rota.name))
    again = at.now + timedelta(minutes=one.escalate_minutes or 1)
    return NextCall(alert_id=one.id, called=call.step, call_at=None if call.is_last else again)


def _tell(at: _Round, one: Alarm, route: NewRoute, call: Call) -> None:
    own = at.given.own_channels(call)
    if not one.called:  # It waited for the end of quiet hours, of which the channels of the house are told by their digest.
        at.given.give_together(one, own)
        return
    house = [channel_id for channel_id in route.channel_ids if channel_id in at.given.house] if call.is_last else []
    at.given.give(one, route, [*own, *house], again=call.step)
