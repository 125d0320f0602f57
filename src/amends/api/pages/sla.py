"""SLA policies: in order, written with a live preview of the last month, removed, brought back, applied to what runs."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._sla_form import PROMISES, Entered, entered, form_values, written_length
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.core.database import Connection
from amends.core.errors import AmendsError
from amends.core.translating import _
from amends.inbox.actions import jobs, sla_policies
from amends.inbox.actions.sla_preview import preview
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.rights import Right
from amends.inbox.rules.sla_policy import APPLYING, DEEDS, Written
from amends.inbox.store import calendars, counts
from amends.inbox.store import sla_policies as stored
from amends.inbox.store.sessions import Visitor
from amends.inbox.store.sla_policies import PolicyRow

Filled = Annotated[Entered, Depends(entered)]
router = APIRouter(prefix="/settings/sla", include_in_schema=False, dependencies=[may(Right.RULES)])


@router.get("")
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show all policies in their order."""
    with desk.pool.transaction() as conn:
        values = _list_values(conn) | form_values(conn, None) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "sla.html", values)


@router.post("", dependencies=[ONCE])
def make(request: Request, desk: AtDesk, visitor: Meaning, filled: Filled) -> Response:
    """Make a policy, behind all others; one of some cases before that of every case."""
    return _listed(
        request,
        desk,
        lambda conn: sla_policies.save(conn, filled.written(), policy_id=None, agent_id=visitor.agent_id, now=desk.clock()),
        _("Kept; it holds for what starts from now on"),
    )


@router.post("/preview")
def try_out(request: Request, desk: AtDesk, visitor: Meaning, filled: Filled, policy: Annotated[str, Form(max_length=12)] = "") -> Response:
    """Show what the policy would have done in the last month; nothing is kept, and what does not fit is told in place."""
    values = _tried(desk, visitor, filled.written, policy)
    return desk.screens.blocks(request, "sla_policy.html", ["preview"], values)


@router.post("/order")
def put_in_order(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    policy: Annotated[list[int], Form(max_length=1_000)] = [],  # noqa: B006
) -> Response:
    """Give all policies a new order."""
    return _listed(
        request,
        desk,
        lambda conn: sla_policies.put_in_order(conn, policy, agent_id=visitor.agent_id, now=desk.clock()),
        _("Moved"),
    )


@router.post("/apply")
def apply(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """Let the policies as they stand count for clocks that run too."""
    return _listed(
        request,
        desk,
        lambda conn: sla_policies.apply(conn, agent_id=visitor.agent_id, now=desk.clock()),
        _("Clocks that run follow in the background"),
    )


@router.get("/{policy_id:int}")
def one(request: Request, desk: AtDesk, visitor: Reading, policy_id: int) -> Response:
    """Show a policy."""
    with desk.pool.transaction() as conn:
        found = sla_policies.policy_of(conn, policy_id)
        values = form_values(conn, found) | {"counts": counts.read(conn, visitor.scope)}
    tried = _tried(desk, visitor, lambda: sla_policies.as_written(found), str(policy_id))
    return desk.screens.page(request, "sla_policy.html", values | tried)


@router.post("/{policy_id:int}")
def change(
    request: Request, desk: AtDesk, visitor: Meaning, policy_id: int, filled: Filled, seen: Annotated[str, Form(max_length=12)] = ""
) -> Response:
    """Keep a changed policy, its next version, unless somebody changed it since the page was opened."""
    with desk.pool.transaction() as conn:
        sla_policies.save(conn, filled.written(), policy_id=policy_id, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
        values = form_values(conn, sla_policies.policy_of(conn, policy_id))
    tried = _tried(desk, visitor, filled.written, str(policy_id))
    return saying(
        desk.screens.blocks(request, "sla_policy.html", ["shown"], values | tried), _("Kept; it holds for what starts from now on")
    )


@router.post("/{policy_id:int}/move")
def move(request: Request, desk: AtDesk, visitor: Meaning, policy_id: int, by: Annotated[int, Query(ge=-1, le=1)]) -> Response:
    """Move the policy up or down by one place."""
    return _listed(
        request,
        desk,
        lambda conn: sla_policies.move(conn, policy_id=policy_id, by=by, agent_id=visitor.agent_id, now=desk.clock()),
        _("Moved"),
        undo=f"/settings/sla/{policy_id}/move?by={-by}",
    )


@router.post("/{policy_id:int}/remove")
def remove(request: Request, desk: AtDesk, visitor: Meaning, policy_id: int) -> Response:
    """Remove the policy; clocks that run under it go on."""
    return _listed(
        request,
        desk,
        lambda conn: sla_policies.remove(conn, policy_id=policy_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Removed; clocks that run under it go on"),
        undo=f"/settings/sla/{policy_id}/restore",
    )


@router.post("/{policy_id:int}/restore")
def restore(request: Request, desk: AtDesk, visitor: Meaning, policy_id: int) -> Response:
    """Bring the policy back."""
    return _listed(
        request,
        desk,
        lambda conn: sla_policies.restore(conn, policy_id=policy_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("The policy is back"),
    )


def _tried(desk: Desk, visitor: Visitor, draft: Callable[[], Written], policy: str) -> dict[str, Any]:
    """Return what a policy would have done, or why it cannot be kept; neither while nothing is promised yet."""
    policy_id = int(policy) if policy.isdecimal() and policy.isascii() else None
    with desk.pool.transaction() as conn:
        try:
            written = draft()
            if not any(written.promise(kind) for kind in ClockKind):
                return {"tried": None, "trouble": ""}
            kept = sla_policies.checked(conn, written, now=desk.clock())
            return {"tried": preview(conn, kept, policy_id=policy_id, visitor=visitor, now=desk.clock()), "trouble": ""}
        except AmendsError as error:
            return {"tried": None, "trouble": str(error)}


def _listed(request: Request, desk: Desk, act: Callable[[Connection], object], text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = _list_values(conn)
    desk.wake()
    return saying(desk.screens.blocks(request, "sla.html", ["shown"], values | {"apart": True}), text, undo=undo)


def _list_values(conn: Connection) -> dict[str, Any]:
    named = {row.calendar_id: row.name for row in calendars.every(conn)}
    policies = stored.every(conn)
    return {
        "policies": [(policy, _says(policy, named)) for policy in policies],
        "job": jobs.latest(conn, kind=APPLYING),
        "apart": False,
    }


def _says(policy: PolicyRow, calendars_by_id: dict[int, str]) -> dict[str, Any]:
    """Return a policy in words: what is promised, by which calendar, what happens after a breach."""
    found = [(words, getattr(policy, f"{kind}_minutes"), getattr(policy, f"{kind}_business")) for kind, words in PROMISES]
    return {
        "promises": [(words, written_length(minutes, business=business), business) for words, minutes, business in found if minutes],
        "calendar": calendars_by_id.get(policy.calendar_id or 0, ""),
        "steps": [(written_length(step["minutes"]) if step["minutes"] else "", DEEDS[step["deed"]]) for step in policy.steps],
    }
