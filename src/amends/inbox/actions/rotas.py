"""Settles who takes turns on call: rotas, and swaps between people. Place in the path: the screen, programs -> here."""

from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotAllowed, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.teams import By
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import Rota, Swap, checked, checked_swap
from amends.inbox.rules.rights import Right, may
from amends.inbox.rules.seen import mark
from amends.inbox.store import rotas
from amends.inbox.store.rotas import RotaRow, SwapRow


def save(conn: Connection, rota: Rota, *, rota_id: int | None, now: datetime, seen: str = "") -> int:
    """Make a rota, or settle it anew, and return its id. `Refused` where somebody of it does not work here.

    `seen` is the `mark_of` the rota that its writer saw, if they say so: `Conflict` where it was settled anew since.
    """
    wanted = checked(rota)
    known = {one.id for one in rotas.people(conn)}
    if not {agent_id for layer in wanted.layers for agent_id in layer} <= known:
        raise Refused(_("Somebody of this rota does not work here any more."))
    try:
        with conn.transaction():
            if rota_id is None:
                return rotas.insert(conn, wanted, now=now)
            unchanged(conn, f"rota {rota_id}", lambda: rota_of(conn, rota_id), mark_of, seen)
            rotas.update(conn, rota_id, wanted)
            return rota_id
    except UniqueViolation as error:
        raise Conflict(_("There is a rota called “%(name)s” already.") % {"name": wanted.name}) from error


def mark_of(row: RotaRow) -> str:
    """Return what tells a rota as its form shows it from the same rota settled anew since."""
    return mark(row.rota)


def delete(conn: Connection, rota_id: int, *, now: datetime) -> None:
    """Take a rota away: alarms call nobody by it any more."""
    rota_of(conn, rota_id)
    rotas.set_deleted(conn, rota_id, at=now)


def restore(conn: Connection, rota_id: int) -> None:
    """Bring a rota back; `Conflict` where another is called so by now."""
    try:
        with conn.transaction():
            rotas.set_deleted(conn, rota_id, at=None)
    except UniqueViolation as error:
        raise Conflict(_("There is a rota of this name already; rename that one first.")) from error
    rota_of(conn, rota_id)


def rota_of(conn: Connection, rota_id: int) -> RotaRow:
    """Return a rota in force; `NotFound` where there is none."""
    found = rotas.find(conn, rota_id)
    if found is None or found.deleted_at is not None:
        raise NotFound(_("There is no such rota any more."))
    return found


def swap(conn: Connection, rota_id: int, wanted: Swap, *, by: By, now: datetime) -> int:
    """Let somebody take a line for a while, and return the swap's id. For others than oneself one needs the right to settle rules."""
    checked_swap(rota_of(conn, rota_id).rota, wanted, now=now)
    _check_is_theirs(wanted.agent_id, by)
    if not any(one.id == wanted.agent_id for one in rotas.people(conn)):
        raise NotFound(_("There is no such colleague."))
    return rotas.add_swap(conn, rota_id, wanted, by=by.agent_id, now=now)


def take_swap_back(conn: Connection, swap_id: int, *, by: By, now: datetime) -> SwapRow:
    """Let the rota hold again, and return the swap."""
    found = _swap_of(conn, swap_id)
    _check_is_theirs(found.agent_id, by)
    rotas.set_swap_deleted(conn, swap_id, at=now)
    return found


def restore_swap(conn: Connection, swap_id: int, *, by: By) -> SwapRow:
    """Bring a swap back, and return it."""
    found = _swap_of(conn, swap_id)
    _check_is_theirs(found.agent_id, by)
    rotas.set_swap_deleted(conn, swap_id, at=None)
    return found


def _swap_of(conn: Connection, swap_id: int) -> SwapRow:
    found = rotas.find_swap(conn, swap_id)
    if found is None:
        raise NotFound(_("There is no such swap."))
    return found


def _check_is_theirs(agent_id: AgentId, by: By) -> None:
    if agent_id != by.agent_id and not may(by.role, Right.RULES):
        raise NotAllowed(_("Everybody takes over for themselves; ask a manager to put somebody else on call."))
