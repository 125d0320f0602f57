"""Who is on call: the coming two weeks, swaps, one's own addresses, and for managers the rotas."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._on_call_view import drafted, in_zone, swapped, values_of
from amends.api.pages._team_view import by
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.api.trouble_words import trouble
from amends.core.database import Connection
from amends.core.errors import DeliveryError, NotAllowed, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import channels, on_call, rotas
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import Rota, Swap
from amends.inbox.rules.rights import Right
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/on-call", include_in_schema=False)
RULES, WORK, SELF = [may(Right.RULES)], [may(Right.WORK)], [may(Right.SELF)]
Drafted = Annotated[Rota, Depends(drafted)]


@router.get("", dependencies=[may(Right.SEE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show it."""
    with desk.pool.transaction() as conn:
        values = values_of(conn, visitor, desk.clock())
    return desk.screens.page(request, "on_call.html", values)


@router.post("/rotas", dependencies=[*RULES, ONCE])
def make(request: Request, desk: AtDesk, visitor: Meaning, rota: Drafted) -> Response:
    """Make a rota."""
    return _done(request, desk, visitor, lambda conn: rotas.save(conn, rota, rota_id=None, now=desk.clock()), _("Made"))


@router.post("/rotas/{rota_id:int}", dependencies=RULES)
def change(
    request: Request, desk: AtDesk, visitor: Meaning, rota_id: int, rota: Drafted, seen: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Settle a rota anew, unless somebody did since the page was opened; it holds at once."""
    return _done(request, desk, visitor, lambda conn: rotas.save(conn, rota, rota_id=rota_id, now=desk.clock(), seen=seen), _("Saved"))


@router.post("/rotas/{rota_id:int}/delete", dependencies=RULES)
def delete(request: Request, desk: AtDesk, visitor: Meaning, rota_id: int) -> Response:
    """Take a rota away; the toast brings it back."""
    undo = f"/on-call/rotas/{rota_id}/restore"
    return _done(request, desk, visitor, lambda conn: rotas.delete(conn, rota_id, now=desk.clock()), _("Deleted"), undo)


@router.post("/rotas/{rota_id:int}/restore", dependencies=RULES)
def restore(request: Request, desk: AtDesk, visitor: Meaning, rota_id: int) -> Response:
    """Bring a rota back."""
    return _done(request, desk, visitor, lambda conn: rotas.restore(conn, rota_id), _("Brought back"))


@router.post("/rotas/{rota_id:int}/swap", dependencies=WORK)
def swap(request: Request, desk: AtDesk, visitor: Meaning, rota_id: int, wanted: Annotated[Swap, Depends(swapped)]) -> Response:
    """Let somebody take over for a while; the toast takes it back."""
    with desk.pool.transaction() as conn:
        own = in_zone(wanted, rotas.rota_of(conn, rota_id).zone)
        swap_id = rotas.swap(conn, rota_id, own, by=by(visitor), now=desk.clock())
    return _done(request, desk, visitor, lambda _conn: None, _("Taken over"), f"/on-call/swaps/{swap_id}/delete")


@router.post("/swaps/{swap_id:int}/delete", dependencies=WORK)
def take_back(request: Request, desk: AtDesk, visitor: Meaning, swap_id: int) -> Response:
    """Take a swap back; the toast brings it back."""
    undo, who = f"/on-call/swaps/{swap_id}/restore", by(visitor)
    return _done(request, desk, visitor, lambda conn: rotas.take_swap_back(conn, swap_id, by=who, now=desk.clock()), _("Taken back"), undo)


@router.post("/swaps/{swap_id:int}/restore", dependencies=WORK)
def bring_back(request: Request, desk: AtDesk, visitor: Meaning, swap_id: int) -> Response:
    """Bring a swap back."""
    return _done(request, desk, visitor, lambda conn: rotas.restore_swap(conn, swap_id, by=by(visitor)), _("Brought back"))


@router.post("/addresses", dependencies=SELF)
def add(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    target: Annotated[str, Form(max_length=2_000)] = "",
    whose: Annotated[AgentId | None, Form()] = None,
) -> Response:
    """Add an address at which one is reached while on call; who sees to the machines adds those of others too, also inside our network."""
    key, me, inside = desk.secret_key, visitor.agent_id, visitor.may(Right.SOURCES)
    if whose is None or whose == me:
        said = _("You are reached here while you are on call; try it out")
        return _done(
            request, desk, visitor, lambda conn: channels.add_address(conn, agent_id=me, target=target, secret_key=key, inside=inside), said
        )
    return _done(
        request, desk, visitor, lambda conn: _add_for(conn, desk, visitor, whose, target), _("They are reached here while on call")
    )


def _add_for(conn: Connection, desk: Desk, visitor: Visitor, whose: AgentId, target: str) -> None:
    if not visitor.may(Right.SOURCES):
        raise NotAllowed(_("Only administrators enter the addresses of others."))
    if whose not in {one.id for one in on_call.crew(conn, now=desk.clock()).people}:
        raise NotFound(_("There is no such person."))
    channels.add_address(conn, agent_id=whose, target=target, secret_key=desk.secret_key, inside=True, for_others=True)


@router.post("/addresses/{channel_id}/try", dependencies=SELF)
def try_out(request: Request, desk: AtDesk, visitor: Meaning, channel_id: int) -> Response:
    """Send a message to an address of one's own."""
    with desk.pool.transaction() as conn:
        found = channels.own_address(conn, channel_id=channel_id, agent_id=visitor.agent_id)
    message = channels.trial_message(public_url=desk.settings.public_url or str(request.base_url), now=desk.clock())
    try:
        outward = not (found.inside or visitor.may(Right.SOURCES))
        channels.notifier_of(found.target, secret_key=desk.secret_key, outward=outward).deliver(message)
    except DeliveryError as error:
        raise Refused(_("It did not arrive: %(error)s") % {"error": trouble(str(error))}) from error
    return saying(HTMLResponse(), _("Sent; did it arrive?"))


@router.post("/addresses/{channel_id}/remove", dependencies=SELF)
def remove(request: Request, desk: AtDesk, visitor: Meaning, channel_id: int) -> Response:
    """Remove an address of one's own."""

    def act(conn: Connection) -> None:
        channels.own_address(conn, channel_id=channel_id, agent_id=visitor.agent_id)
        channels.remove_channel(conn, channel_id=channel_id)

    return _done(request, desk, visitor, act, _("Removed"))


def _done(request: Request, desk: Desk, visitor: Visitor, act: Callable[[Connection], object], text: str, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = values_of(conn, visitor, desk.clock()) | {"apart": True}
    return saying(desk.screens.blocks(request, "on_call.html", ["shown"], values), text, undo=undo)
