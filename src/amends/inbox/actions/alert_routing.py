"""Gives alarms their deliveries. Place in the path: an alarm without any -> the first route it fits -> deliveries, digests, a call.

`actions.alert_calls` gives out with the same `Round`, so that a flood is one to who is next in line, too.

Looking twice changes nothing: an alarm is routed once, and what is queued is queued once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.inbox.actions import on_call
from amends.inbox.actions.on_call import Call, Crew
from amends.inbox.rules.alert_routes import FLOOD, NO_ROUTE, About, NewRoute, Why, takes, when
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import AgentId, AlertId
from amends.inbox.rules.query import Query, terms_of, words_of
from amends.inbox.rules.query_reading import parse
from amends.inbox.store import alert_routes, alert_routing, events, matching
from amends.inbox.store.alarms import Alarm
from amends.inbox.store.alert_routes import RouteRow
from amends.inbox.store.alert_routing import Item, Ringing, Routed, Telling

BATCH = 500


@dataclass(kw_only=True, slots=True)
class Round:
    """One batch; `told` is what each channel was given before, `given` what in this batch, so that too much of one severity is told as one.

    No flood of others hides a critical alarm, and who sets no bound has nothing counted. `own` are the addresses of whom it calls.
    """

    conn: Connection
    now: datetime
    crew: Crew
    house: Sequence[int]
    told: dict[tuple[str, int], dict[int, int]] = field(default_factory=dict[tuple[str, int], dict[int, int]])
    given: Counter[tuple[int, str]] = field(default_factory=Counter[tuple[int, str]])
    tellings: list[Telling] = field(default_factory=list[Telling])
    items: list[Item] = field(default_factory=list[Item])
    calls: list[events.Event] = field(default_factory=list[events.Event])
    own: dict[tuple[AgentId, ...], list[int]] = field(default_factory=dict[tuple[AgentId, ...], list[int]])

    def give(self, one: Ringing | Alarm, route: NewRoute, channel_ids: Sequence[int], *, again: int = 0) -> None:
        """Tell an alarm over channels, at once or later."""
        for channel_id in dict.fromkeys(channel_ids):
            later = when(route, severity=one.severity, told=self._told(channel_id, one.severity, route.most), now=self.now)
            if later is None:
                self.tellings.append(Telling(alert_id=one.id, channel_id=channel_id, again=again))
                self.given[channel_id, one.severity] += 1
            else:
                self.items.append(Item(alert_id=one.id, channel_id=channel_id, due_at=later.due_at, why=later.why, again=again))

    def give_together(self, one: Alarm, channel_ids: Sequence[int]) -> None:
        """Tell an alarm that waited for the end of quiet hours over channels, as one with all others of this batch."""
        self.items.extend(Item(alert_id=one.id, channel_id=channel_id, due_at=self.now, why=Why.QUIET) for channel_id in channel_ids)

    def _told(self, channel_id: int, severity: str, most: int | None) -> int:
        """Return how many alarms of a severity a channel was given lately; more than `most` need not be known."""
        if most is None:
            return 0
        if (severity, most) not in self.told:
            self.told[severity, most] = alert_routing.told(self.conn, severity=severity, most=most, since=self.now - FLOOD)
        return self.told[severity, most].get(channel_id, 0) + self.given[channel_id, severity]

    def own_channels(self, call: Call) -> list[int]:
        """Return the addresses of those who are called, asked for once."""
        whom = tuple(call.agent_ids)
        if whom not in self.own:
            self.own[whom] = on_call.own_channels(self.conn, call)
        return self.own[whom]

    def keep(self) -> None:
        """Queue what was given out, at once where its digest is told already, and tell of the calls."""
        late = alert_routing.add_items(self.conn, self.items, now=self.now)
        at_once = [Telling(alert_id=one.alert_id, channel_id=one.channel_id, again=one.again) for one in late]
        alert_routing.add_tellings(self.conn, [*self.tellings, *at_once], now=self.now)
        events.add_all(self.conn, self.calls, now=self.now)


def new_round(conn: Connection, *, now: datetime) -> Round:
    """Return a batch that nothing was given out in yet."""
    house = alert_routing.channels(conn).get(None, [])
    return Round(conn=conn, now=now, crew=on_call.crew(conn, now=now), house=house)


def route_pending(conn: Connection, *, now: datetime) -> int:
    """Give at most `BATCH` alarms their deliveries, and return how many alarms that were."""
    ringing = alert_routing.claim(conn, limit=BATCH)
    if not ringing:
        return 0
    chosen, at = _chosen(conn, ringing, now), new_round(conn, now=now)
    alert_routing.set_routed(conn, [_route(at, one, chosen.get(one.id)) for one in ringing], now=now)
    at.keep()
    return len(ringing)


def _route(at: Round, one: Ringing, row: RouteRow | None) -> Routed:
    if row is None:
        at.give(one, NO_ROUTE, at.house)
        return Routed(alert_id=one.id, route_id=None, called=0, call_at=None)
    route, rota = row.route, at.crew.rota(row.route.rota_id)
    left = [channel_id for channel_id in route.channel_ids if channel_id in at.house]
    at.give(one, route, left if left or rota else at.house)  # Where a route tells nobody any more, it is told as without one.
    if rota is None:
        return Routed(alert_id=one.id, route_id=row.id, called=0, call_at=None)
    held = when(route, severity=one.severity, told=0, now=at.now)
    if held and held.why is Why.QUIET:  # Whose turn it is then is called then.
        return Routed(alert_id=one.id, route_id=row.id, called=0, call_at=held.due_at)
    call = at.crew.call(rota, 1)
    at.give(one, route, at.own_channels(call))
    if held:  # What a route gathers calls nobody.
        return Routed(alert_id=one.id, route_id=row.id, called=0, call_at=None)
    at.calls.extend(on_call.called(one, call, rota=rota.name))
    call_at = None if call.is_last else at.now + timedelta(minutes=route.escalate_minutes)
    return Routed(alert_id=one.id, route_id=row.id, called=call.step, call_at=call_at)


def _chosen(conn: Connection, ringing: Sequence[Ringing], now: datetime) -> dict[AlertId, RouteRow]:
    """Return the first route that each alarm fits; one whose query cannot be asked takes none and says why."""
    chosen: dict[AlertId, RouteRow] = {}
    for row in alert_routes.every(conn):
        left = [one for one in ringing if one.id not in chosen] if row.active else []
        if not left:
            continue
        try:
            fitting = _fitting(conn, row, left, now)
        except Refused as error:
            alert_routes.set_trouble(conn, row.id, str(error))
            continue
        alert_routes.set_trouble(conn, row.id, "")
        route = row.route
        chosen |= {one.id: row for one in left if takes(route, severity=one.severity, about=one.about, fits=one.id in fitting)}
    return chosen


def _fitting(conn: Connection, row: RouteRow, ringing: Sequence[Ringing], now: datetime) -> set[AlertId]:
    """Return which alarms are what a route's query asks for: by their case, or by their source, brand or network where they have none."""
    query, asker = parse(row.condition), Asker(agent_id=0, now=now)
    if not row.condition.strip():
        return {one.id for one in ringing}
    cases = {one.case_id for one in ringing if one.case_id is not None}
    found = matching.matches(conn, query, sorted(cases), asker) if cases else set()
    places = [one for one in ringing if one.case_id is None] if _asks_only_places(query) else []
    return {one.id for one in ringing if one.case_id in found} | {one.id for one in places if _is_of(conn, query, one, asker)}


def _asks_only_places(query: Query) -> bool:
    return not any(words_of(query)) and all(term.field in alert_routing.PLACES for term in terms_of(query))


def _is_of(conn: Connection, query: Query, one: Ringing, asker: Asker) -> bool:
    if one.about is About.SOURCE:
        return alert_routing.is_of(conn, query, "source", str(one.source_id), asker)
    return alert_routing.is_of(conn, query, one.apart_by or "", one.key or "", asker)
