"""Settles who is told of which alarms. Place in the path: the screen, programs -> here -> asked by `alert_routing`."""

from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import conditions
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.alert_routes import NewRoute, checked
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.noticing import checked_spans
from amends.inbox.rules.seen import mark
from amends.inbox.store import alert_routes, alert_routing, rotas
from amends.inbox.store.alert_routes import RouteRow


def save(conn: Connection, new: NewRoute, *, route_id: int | None, agent_id: AgentId, now: datetime, seen: str = "") -> int:
    """Make a route, the last that is asked, or settle it anew, and return its id.

    `seen` is the `mark_of` the route that its writer saw, if they say so: `Conflict` where it was settled anew since.
    """
    house = alert_routing.channels(conn).get(None, [])
    route = checked(new, channels=house, rotas=[one.id for one in rotas.every(conn)])
    condition = conditions.check(conn, route.condition, now=now)
    route = replace(route, name=" ".join(route.name.split()), condition=condition, quiet=checked_spans(list(route.quiet)))
    if route_id is None:
        return alert_routes.insert(conn, route, agent_id=agent_id, now=now)
    unchanged(conn, f"alarm route {route_id}", lambda: route_of(conn, route_id), mark_of, seen)
    alert_routes.update(conn, route_id, route)
    return route_id


def mark_of(row: RouteRow) -> str:
    """Return what tells a route as its form shows it from the same route settled anew since."""
    return mark(row.route)


def switch(conn: Connection, route_id: int, *, active: bool) -> None:
    """Let a route take alarms, or rest."""
    route_of(conn, route_id)
    alert_routes.set_active(conn, route_id, active=active)


def delete(conn: Connection, route_id: int, *, now: datetime) -> None:
    """Take a route away."""
    route_of(conn, route_id)
    alert_routes.set_deleted(conn, route_id, at=now)


def restore(conn: Connection, route_id: int) -> None:
    """Bring a route back."""
    alert_routes.set_deleted(conn, route_id, at=None)
    route_of(conn, route_id)


def move(conn: Connection, route_id: int, *, up: bool) -> None:
    """Let a route be asked one place earlier or later; the first and the last stay where they are."""
    order = [one.id for one in alert_routes.every(conn)]
    place = order.index(route_of(conn, route_id).id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        alert_routes.swap_positions(conn, order[place], order[other])


def route_of(conn: Connection, route_id: int) -> RouteRow:
    """Return a route that was not taken away; `NotFound` where there is none."""
    found = alert_routes.find(conn, route_id)
    if found is None or found.deleted_at is not None:
        raise NotFound(_("There is no such route any more."))
    return found
