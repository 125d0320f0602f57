"""Work on many cases: the bar of what is selected, how far the work is, and the way back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from amends.api.auth import Meaning, Reading, check_reach, may
from amends.api.desk import AtDesk, Desk
from amends.api.looking import Look, Looking, asker_of
from amends.api.pages._bulk_view import progress
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions import bulk, selecting
from amends.inbox.actions import incidents as acts
from amends.inbox.actions.bulk import Wanted
from amends.inbox.rules import snoozing
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Right
from amends.inbox.rules.words import Role
from amends.inbox.store import agent_list, incidents, teams, topics
from amends.inbox.store import bulk as bulk_rows
from amends.inbox.store.bulk import Run
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/bulk", include_in_schema=False)
WORK = [may(Right.WORK)]
LONGEST_LIST = 200_000
SHOWN = 100
WITHOUT_A_TIME = {"customer": snoozing.Reason.CUSTOMER.value, "over": snoozing.Reason.INCIDENT.value}
WITH_A_REASON = frozenset({"incident", "unincident"})


def wished(  # noqa: PLR0913
    deed: Annotated[str, Form(max_length=20)] = "",
    to: Annotated[str, Form(max_length=20)] = "",
    team: Annotated[str, Form(max_length=20)] = "",
    topic_id: Annotated[str, Form(max_length=20)] = "",
    preset: Annotated[str, Form(max_length=20)] = "",
    zone: Annotated[str, Form(max_length=60)] = "",
    text: Annotated[str, Form(max_length=5_000)] = "",
    incident: Annotated[str, Form(max_length=20)] = "",
    name: Annotated[str, Form(max_length=400)] = "",
    why: Annotated[str, Form(max_length=1_000)] = "",
) -> tuple[str, dict[str, object]]:
    """Return the deed that the bar asks for, with what it needs."""
    until = {"reason": WITHOUT_A_TIME[preset]} if preset in WITHOUT_A_TIME else {"preset": preset, "zone": zone}
    said = why if deed in WITH_A_REASON else text
    return deed, {"to": to, "team": team, "topic": topic_id, "text": said, "incident": incident, "name": name, **until}


@router.get("", dependencies=WORK)
def tools(request: Request, desk: AtDesk, visitor: Reading, look: Looking, zone: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Show what can be done with selected cases."""
    times = snoozing.times(snoozing.presets(desk.clock(), snoozing.zone_of(zone)))
    with desk.pool.transaction() as conn:
        choices = {"agents": agent_list.active(conn), "teams": teams.every(conn), "topics": topics.every(conn)}
        choices |= {"incidents": incidents.going_on(conn, visitor.scope)}
    return desk.screens.blocks(request, "bulk.html", ["tools"], choices | {"look": look, "times": times, "zone": zone})


@router.get("/matching", dependencies=WORK)
def matching(request: Request, desk: AtDesk, visitor: Reading, look: Looking) -> Response:
    """Say how many cases match what the list shows."""
    with desk.pool.transaction() as conn:
        number = len(_matching(conn, desk, look, visitor))
    return desk.screens.blocks(request, "bulk.html", ["matching"], {"number": number})


@router.post("", dependencies=WORK)
def start(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    look: Looking,
    wish: Annotated[tuple[str, dict[str, object]], Depends(wished)],
    ids: Annotated[str, Form(max_length=LONGEST_LIST)] = "",
    all_: Annotated[str, Form(alias="all", max_length=1)] = "",
) -> Response:
    """Start the work on the selected cases, or on all that match what the list shows."""
    check_reach(desk, visitor, "incident_id", wish[1]["incident"])
    with desk.pool.transaction() as conn:
        chosen = _matching(conn, desk, look, visitor) if all_ else _numbers(ids)
        deed, asked = _with_incident(conn, wish, chosen, visitor, desk)
        wanted = Wanted(deed=deed, asked=asked, case_ids=chosen, query=look.query() if all_ else "")
        run = bulk.run_of(conn, bulk.start(conn, wanted, agent_id=visitor.agent_id, now=desk.clock()))
    desk.wake()
    told = {"n": number(run.total), "what": bulk.said(run)}
    said = ngettext("%(n)s case: %(what)s", "%(n)s cases: %(what)s", run.total) % told
    return saying(progress(request, desk, run, []), said, undo=f"/bulk/{run.id}/undo", more={"bulk-started": {}})


@router.get("/{run_id:int}", dependencies=WORK)
def show(request: Request, desk: AtDesk, visitor: Reading, run_id: int) -> Response:
    """Show how far the work is, and at its end what was left as it was, and why."""
    with desk.pool.transaction() as conn:
        run = _run(conn, run_id, visitor)
        left = [] if run.is_undone else bulk_rows.left(conn, visitor.scope, run_id=run_id, limit=SHOWN)
    return progress(request, desk, run, left)


@router.post("/{run_id:int}/stop", dependencies=WORK)
def stop(request: Request, desk: AtDesk, visitor: Meaning, run_id: int) -> Response:
    """Stop the work; what is done stays done."""
    with desk.pool.transaction() as conn:
        _run(conn, run_id, visitor)
        bulk.stop(conn, run_id=run_id, agent_id=visitor.agent_id, now=desk.clock())
        run = bulk.run_of(conn, run_id)
    return saying(progress(request, desk, run, []), _("Stopped; what is done stays done"), undo=f"/bulk/{run_id}/undo")


@router.post("/{run_id:int}/undo", dependencies=WORK)
def take_back(request: Request, desk: AtDesk, visitor: Meaning, run_id: int) -> Response:
    """Take back what the work did, where it is still as it was left."""
    with desk.pool.transaction() as conn:
        _run(conn, run_id, visitor)
        undoing = bulk.run_of(conn, bulk.take_back(conn, run_id=run_id, agent_id=visitor.agent_id, now=desk.clock()))
    desk.wake()
    return saying(progress(request, desk, undoing, []), _("Taking it back"), more={"bulk-started": {}})


def _with_incident(
    conn: Connection, wish: tuple[str, dict[str, object]], chosen: list[int], visitor: Visitor, desk: Desk
) -> tuple[str, dict[str, object]]:
    """Return what is to be done; an incident that they are to join is opened here."""
    deed, asked = wish
    if deed != "new_incident":
        return deed, asked
    made = acts.open_over(conn, str(asked["name"]), chosen, agent_id=visitor.agent_id, now=desk.clock())
    return "incident", {"incident": str(made), "text": asked["name"]}


def _matching(conn: Connection, desk: Desk, look: Look, visitor: Visitor) -> list[int]:
    if look.trouble:
        raise Refused(look.trouble)
    return selecting.matching(conn, look.asked, asker_of(visitor, desk.clock()))


def _numbers(ids: str) -> list[int]:
    parts = [part for part in ids.split(",") if part]
    if not all(part.isdecimal() and len(part) < 18 for part in parts):  # noqa: PLR2004
        raise Refused(_("These are no cases; reload the page and select them again."))
    return [int(part) for part in parts]


def _run(conn: Connection, run_id: int, visitor: Visitor) -> Run:
    """Return the work, which is its agent's own matter, and that of those who see every team."""
    run = bulk.run_of(conn, run_id)
    if run.agent_id != visitor.agent_id and Role(visitor.role) not in SEE_EVERY_TEAM:
        raise NotFound(_("There is no such work on many cases."))
    return run
