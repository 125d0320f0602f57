"""Who is told of which alarms, over REST: routes in the order in which they are asked."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.core.database import Connection
from amends.inbox.actions import alert_routes as acts
from amends.inbox.rules.alert_routes import About, NewRoute, WayOfRoute
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import Severity
from amends.inbox.rules.working_hours import read_clock, read_night, wall_clock
from amends.inbox.store import alert_routes
from amends.inbox.store.alert_routes import RouteRow

router = APIRouter(prefix="/api/v1/alarm-routes", tags=["alarms"], dependencies=[program_may(Right.RULES)])
Night = Annotated[str, Field(max_length=200)]
Number = Annotated[int, Field(ge=1, lt=2**63)]


class RouteBody(Body):
    """A route: `severity` is the least that it takes, no `about` means everything, `condition` is a query of the inbox.

    `quiet` has seven texts, Monday first, each as "22:00-07:00". A `rota_id` calls who is on call.
    """

    name: Annotated[str, Field(max_length=200)]
    severity: Severity = Severity.HIGH
    about: tuple[About, ...] = ()
    condition: Annotated[str, Field(max_length=2_000)] = ""
    channel_ids: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    rota_id: Number | None = None
    escalate_minutes: int = 10
    way: WayOfRoute = WayOfRoute.NOW
    digest_at: Annotated[str, Field(max_length=8)] = "09:00"
    zone: Annotated[str, Field(max_length=60)] = "UTC"
    quiet: Annotated[tuple[Night, ...], Field(max_length=7)] = ()
    critical_breaks: bool = True
    most: int | None = 30
    tells_end: bool = True

    @property
    def route(self) -> NewRoute:
        """The route as it is settled."""
        return NewRoute(
            **self.model_dump(exclude={"digest_at", "quiet", "zone"}),
            digest_minute=read_clock(self.digest_at),
            zone=self.zone.strip(),
            quiet=tuple(span for day, text in enumerate(self.quiet) for span in read_night(day, text)),
        )


class Route(RouteBody):
    """A route as it stands; `trouble` says why its query cannot be asked any more."""

    id: int
    active: bool
    trouble: str


class MoveBody(Body):
    """Whether the route is asked earlier."""

    up: bool


class SwitchBody(Body):
    """Whether the route takes alarms."""

    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteList:
    """The routes in the order in which they are asked."""

    routes: list[Route]


@router.get("", operation_id="list_alarm_routes")
def every(desk: AtDesk, _visitor: Bearing) -> RouteList:
    """List the routes."""
    with desk.pool.transaction() as conn:
        return _listed(conn)


@router.post("", status_code=201, operation_id="make_alarm_route")
def make(desk: AtDesk, visitor: Bearing, body: RouteBody) -> Route:
    """Make a route, the last that is asked."""
    with desk.pool.transaction() as conn:
        return _route(conn, acts.save(conn, body.route, route_id=None, agent_id=visitor.agent_id, now=desk.clock()))


@router.get("/{route_id}", operation_id="get_alarm_route")
def one(desk: AtDesk, _visitor: Bearing, response: Response, route_id: int) -> Route:
    """Return one route."""
    with desk.pool.transaction() as conn:
        return _tagged(conn, response, route_id)


@router.put("/{route_id}", operation_id="change_alarm_route")
def change(desk: AtDesk, visitor: Bearing, response: Response, route_id: int, body: RouteBody, seen: SeenAt) -> Route:
    """Settle a route anew; with `If-Match` (its `ETag`) only where nobody changed it since, else 409."""
    with desk.pool.transaction() as conn:
        saved = acts.save(conn, body.route, route_id=route_id, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
        return _tagged(conn, response, saved)


@router.delete("/{route_id}", status_code=204, operation_id="delete_alarm_route")
def delete(desk: AtDesk, _visitor: Bearing, route_id: int) -> None:
    """Take a route away; its alarms go the next way that they fit."""
    with desk.pool.transaction() as conn:
        acts.delete(conn, route_id, now=desk.clock())


@router.post("/{route_id}/move", operation_id="move_alarm_route")
def move(desk: AtDesk, _visitor: Bearing, route_id: int, body: MoveBody) -> RouteList:
    """Ask a route one place earlier or later."""
    with desk.pool.transaction() as conn:
        acts.move(conn, route_id, up=body.up)
        return _listed(conn)


@router.post("/{route_id}/switch", operation_id="switch_alarm_route")
def switch(desk: AtDesk, _visitor: Bearing, route_id: int, body: SwitchBody) -> Route:
    """Let a route take alarms, or rest."""
    with desk.pool.transaction() as conn:
        acts.switch(conn, route_id, active=body.active)
        return _route(conn, route_id)


def _listed(conn: Connection) -> RouteList:
    return RouteList(routes=[_told(row) for row in alert_routes.every(conn)])


def _route(conn: Connection, route_id: int) -> Route:
    return _told(acts.route_of(conn, route_id))


def _tagged(conn: Connection, response: Response, route_id: int) -> Route:
    row = acts.route_of(conn, route_id)
    tag(response, acts.mark_of(row))
    return _told(row)


def _told(row: RouteRow) -> Route:
    return Route(
        id=row.id,
        name=row.name,
        severity=Severity(row.severity),
        about=tuple(About(one) for one in row.about),
        condition=row.condition,
        channel_ids=tuple(row.channel_ids),
        rota_id=row.rota_id,
        escalate_minutes=row.escalate_minutes,
        way=WayOfRoute(row.way),
        digest_at=wall_clock(row.digest_minute),
        zone=row.zone,
        quiet=tuple(row.route.quiet_texts),
        critical_breaks=row.critical_breaks,
        most=row.most,
        tells_end=row.tells_end,
        active=row.active,
        trouble=row.trouble,
    )
