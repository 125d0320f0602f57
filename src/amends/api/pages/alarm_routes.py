"""Who is told of which alarms: routes in the order in which they are asked, their quiet hours and digests."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.inbox.actions import alert_routes as acts
from amends.inbox.actions.surges import A_MONTH
from amends.inbox.rules.alert_routes import About, NewRoute, WayOfRoute
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import Severity
from amends.inbox.rules.working_hours import DAYS, read_clock, read_night
from amends.inbox.store import alert_routes, channels, counts, rotas

router = APIRouter(prefix="/settings/alarm-routes", include_in_schema=False, dependencies=[may(Right.RULES)])
MOST_TEXT = 200
ABOUT = Table({About.CASE: N_("single cases"), About.SURGE: N_("more than usual"), About.SOURCE: N_("sources")})
WAYS = Table(
    {WayOfRoute.NOW: N_("at once"), WayOfRoute.HOURLY: N_("gathered, each hour"), WayOfRoute.DAILY: N_("gathered, each day at a time")}
)
SEVERITIES = Table({Severity.HIGH: N_("high and critical"), Severity.CRITICAL: N_("critical only")})


def settled(  # noqa: PLR0913
    name: Annotated[str, Form(max_length=200)] = "",
    severity: Annotated[Severity, Form()] = Severity.HIGH,
    about: Annotated[tuple[About, ...], Form()] = (),
    condition: Annotated[str, Form(max_length=2_000)] = "",
    channel: Annotated[tuple[int, ...], Form(max_length=100)] = (),
    rota: Annotated[str, Form(max_length=15)] = "",
    escalate_minutes: Annotated[int, Form()] = 10,
    way: Annotated[WayOfRoute, Form()] = WayOfRoute.NOW,
    digest_at: Annotated[str, Form(max_length=8)] = "09:00",
    zone: Annotated[str, Form(max_length=60)] = "UTC",
    day: Annotated[tuple[str, ...], Form(max_length=7)] = (),
    critical: Annotated[str, Form(max_length=3)] = "",
    most: Annotated[str, Form(max_length=7)] = "",
    over: Annotated[str, Form(max_length=3)] = "",
) -> NewRoute:
    """Return the route that the form holds."""
    if any(len(text) > MOST_TEXT for text in day):
        raise Refused(_("This form is not as it was sent; load the page again."))
    return NewRoute(
        name=name,
        severity=severity,
        about=about,
        condition=condition,
        channel_ids=channel,
        rota_id=int(rota) if rota.isdecimal() else None,
        escalate_minutes=escalate_minutes,
        way=way,
        digest_minute=read_clock(digest_at),
        zone=zone.strip(),
        quiet=tuple(span for place, text in enumerate(day) for span in read_night(place, text)),
        critical_breaks=critical == "yes",
        most=int(most) if most.isdecimal() else None,
        tells_end=over == "yes",
    )


Settled = Annotated[NewRoute, Depends(settled)]


@router.get("")
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the routes."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "alarm_routes.html", values)


@router.post("", dependencies=[ONCE])
def make(request: Request, desk: AtDesk, visitor: Meaning, new: Settled) -> Response:
    """Make a route, the last that is asked."""
    me, now = visitor.agent_id, desk.clock()
    return _listed(request, desk, lambda conn: acts.save(conn, new, route_id=None, agent_id=me, now=now), _("It takes alarms from now on"))


@router.post("/{route_id:int}")
def change(
    request: Request, desk: AtDesk, visitor: Meaning, route_id: int, new: Settled, seen: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Settle a route anew, unless somebody did since the page was opened."""
    me, now = visitor.agent_id, desk.clock()
    return _listed(request, desk, lambda conn: acts.save(conn, new, route_id=route_id, agent_id=me, now=now, seen=seen), _("Saved"))


@router.post("/{route_id:int}/move/{way}")
def move(request: Request, desk: AtDesk, _visitor: Meaning, route_id: int, way: str) -> Response:
    """Ask a route earlier (up) or later."""
    return _listed(request, desk, lambda conn: acts.move(conn, route_id, up=way == "up"), _("Moved"))


@router.post("/{route_id:int}/rest")
def rest(request: Request, desk: AtDesk, _visitor: Meaning, route_id: int) -> Response:
    """Let a route rest."""
    undo = f"/settings/alarm-routes/{route_id}/work"
    return _listed(request, desk, lambda conn: acts.switch(conn, route_id, active=False), _("It rests"), undo)


@router.post("/{route_id:int}/work")
def work(request: Request, desk: AtDesk, _visitor: Meaning, route_id: int) -> Response:
    """Let a route take alarms again."""
    return _listed(request, desk, lambda conn: acts.switch(conn, route_id, active=True), _("It takes alarms again"))


@router.post("/{route_id:int}/delete")
def delete(request: Request, desk: AtDesk, _visitor: Meaning, route_id: int) -> Response:
    """Take a route away; the toast brings it back."""
    undo = f"/settings/alarm-routes/{route_id}/restore"
    return _listed(request, desk, lambda conn: acts.delete(conn, route_id, now=desk.clock()), _("Deleted"), undo)


@router.post("/{route_id:int}/restore")
def restore(request: Request, desk: AtDesk, _visitor: Meaning, route_id: int) -> Response:
    """Bring a route back."""
    return _listed(request, desk, lambda conn: acts.restore(conn, route_id), _("Brought back"))


def _values(conn: Connection, desk: Desk) -> dict[str, Any]:
    rows = alert_routes.every(conn)
    return {
        "routes": [(row, row.route.quiet_texts) for row in rows],
        "mark_of": acts.mark_of,
        "taken": alert_routes.taken(conn, since=desk.clock() - A_MONTH),
        "channels": channels.active(conn),
        "rotas": rotas.every(conn),
        "about": ABOUT,
        "ways": WAYS,
        "severities": SEVERITIES,
        "zones": zones(),
        "days": [_(day) for day in DAYS],
        "shipped": NewRoute(name=""),
        "apart": False,
    }


def _listed(request: Request, desk: Desk, act: Callable[[Connection], object], text: str, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = _values(conn, desk) | {"apart": True}
    return saying(desk.screens.blocks(request, "alarm_routes.html", ["listed"], values), text, undo=undo)
