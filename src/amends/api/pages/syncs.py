"""Customer systems outside that are kept the same as ours: set up, how their last round went, stopping and going on."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.record_words import WAYS, field
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox import crms
from amends.inbox.actions import sync_customers
from amends.inbox.rules.customer_record import Attribute
from amends.inbox.rules.rights import Right
from amends.inbox.store import attributes, counts, sync_left_out, syncs

router = APIRouter(prefix="/settings/syncs", include_in_schema=False)
EXCHANGE = [may(Right.EXCHANGE)]
SHOWN = 100
EXAMPLE_NAME = "crm"
EXAMPLE = "https://crm.example/amends"


@router.get("", dependencies=EXCHANGE)
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the systems; for htmx only these."""
    if request.headers.get("HX-Request"):
        return _listed(request, desk)
    with desk.pool.transaction() as conn:
        values = {"kinds": crms.kinds(), "counts": counts.read(conn, visitor.scope), **_of_all(conn)}
    values |= {"example": EXAMPLE, "example_name": EXAMPLE_NAME}
    return desk.screens.page(request, "syncs.html", values)


@router.post("", dependencies=EXCHANGE)
def add(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    system: Annotated[str, Form(max_length=200)] = "",
    url: Annotated[str, Form(max_length=2_000)] = "",
    token: Annotated[str, Form(max_length=4_000)] = "",
    kind: Annotated[str, Form(max_length=40)] = "generic",
) -> Response:
    """Set up a system; the first round begins at once, from the beginning."""
    by, now, key, inside = visitor.agent_id, desk.clock(), desk.secret_key, visitor.may(Right.SOURCES)
    with desk.pool.transaction() as conn:
        sync_customers.add(conn, kind=kind, system=system, url=url, token=token, secret_key=key, agent_id=by, now=now, inside=inside)
    desk.wake()
    return saying(_listed(request, desk), _("Set up; its first round begins now"))


@router.post("/{sync_id:int}/stop", dependencies=EXCHANGE)
def stop(request: Request, desk: AtDesk, visitor: Meaning, sync_id: int) -> Response:  # noqa: ARG001 - names who asks
    """Leave a system alone for now."""
    with desk.pool.transaction() as conn:
        sync_customers.stop(conn, sync_id, now=desk.clock())
    undo = f"/settings/syncs/{sync_id}/resume"
    return saying(_listed(request, desk), _("Stopped; what changes meanwhile is told when it goes on"), undo=undo)


@router.post("/{sync_id:int}/resume", dependencies=EXCHANGE)
def resume(request: Request, desk: AtDesk, visitor: Meaning, sync_id: int) -> Response:  # noqa: ARG001
    """Go on where it was left."""
    with desk.pool.transaction() as conn:
        sync_customers.resume(conn, sync_id, now=desk.clock())
    desk.wake()
    return saying(_listed(request, desk), _("It goes on where it was left"))


@router.post("/{sync_id:int}/delete", dependencies=EXCHANGE)
def delete(request: Request, desk: AtDesk, visitor: Meaning, sync_id: int) -> Response:  # noqa: ARG001
    """Let go of a system for good; the page asks before."""
    with desk.pool.transaction() as conn:
        sync_customers.delete(conn, sync_id)
    return saying(_listed(request, desk), _("Deleted; its customers and their numbers stay"))


@router.post("/{sync_id:int}/again", dependencies=EXCHANGE)
def again(request: Request, desk: AtDesk, visitor: Meaning, sync_id: int) -> Response:  # noqa: ARG001
    """Read everything there anew, and tell of everybody here."""
    with desk.pool.transaction() as conn:
        sync_customers.begin_again(conn, sync_id, now=desk.clock())
    desk.wake()
    return saying(_listed(request, desk), _("A round begins; how it went is shown in a moment"))


@router.post("/{sync_id:int}/now", dependencies=EXCHANGE)
def hurry(request: Request, desk: AtDesk, visitor: Meaning, sync_id: int) -> Response:  # noqa: ARG001
    """Begin the next round now."""
    with desk.pool.transaction() as conn:
        sync_customers.hurry(conn, sync_id, now=desk.clock())
    desk.wake()
    return saying(_listed(request, desk), _("A round begins; how it went is shown in a moment"))


def _listed(request: Request, desk: Desk) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        return desk.screens.blocks(request, "syncs.html", ["listed"], _of_all(conn))


def _of_all(conn: Connection) -> dict[str, object]:
    every = syncs.every(conn)
    known = [one.as_rule for one in attributes.every(conn)]
    return {
        "syncs": every,
        "left_out": {one.id: sync_left_out.newest(conn, one.id, limit=SHOWN) for one in every},
        "left_name": lambda what: _left(what, known),
    }


def _left(what: str, known: Sequence[Attribute]) -> str:
    """Return what a piece is called that could not be taken: a field, or a way by its kind and place."""
    kind, _blank, place = what.partition(" ")
    return f"{WAYS[kind]} {place}" if kind in WAYS and place else field(what, known)
