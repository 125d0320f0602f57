"""What rings: rules of rates, how good their alarms were, and what another one would have done."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.core.database import Connection
from amends.core.translating import N_, Table, _
from amends.inbox.actions import surges as acts
from amends.inbox.rules.rights import Right
from amends.inbox.rules.surges import Apart, Kind
from amends.inbox.rules.words import Severity
from amends.inbox.store import counts, surge_rules, surges
from amends.inbox.store.surge_rules import NewRule

router = APIRouter(prefix="/settings/surges", include_in_schema=False, dependencies=[may(Right.RULES)])
KINDS = Table(
    {
        Kind.HABIT: N_("more than the habit of this hour of the week"),
        Kind.RATE: N_("more than a number"),
        Kind.NEW_TOPIC: N_("complaints alike that fit no topic"),
    }
)
APART = Table(
    {
        Apart.ALL: N_("all together"),
        Apart.SOURCE: N_("each source by itself"),
        Apart.NETWORK: N_("each network by itself"),
        Apart.BRAND: N_("each brand by itself"),
        Apart.LANGUAGE: N_("each language by itself"),
        Apart.REGION: N_("each region by itself"),
        Apart.TOPIC: N_("each topic by itself"),
    }
)
SEVERITIES = Table({Severity.HIGH: N_("high"), Severity.CRITICAL: N_("critical")})
SHIPPED = NewRule(name="", kind=Kind.HABIT, condition="mood:negative", apart_by=Apart.TOPIC, minutes=60, least=5, escalate_minutes=15)


def settled(  # noqa: PLR0913
    name: Annotated[str, Form(max_length=400)] = "",
    kind: Annotated[Kind, Form()] = Kind.HABIT,
    condition: Annotated[str, Form(max_length=2_000)] = "",
    apart_by: Annotated[Apart, Form()] = Apart.ALL,
    minutes: Annotated[int, Form()] = 60,
    least: Annotated[int, Form()] = 5,
    one_in: Annotated[int, Form()] = 10_000,
    severity: Annotated[Severity, Form()] = Severity.HIGH,
    escalate_minutes: Annotated[str, Form(max_length=6)] = "",
) -> NewRule:
    """Return the rule that the form holds."""
    again = int(escalate_minutes) if escalate_minutes.isdecimal() else None
    return NewRule(
        name=name,
        kind=kind,
        condition=condition,
        apart_by=apart_by,
        minutes=minutes,
        least=least,
        one_in=one_in,
        severity=severity,
        escalate_minutes=again,
    )


Settled = Annotated[NewRule, Depends(settled)]


@router.get("")
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what rings, and how good each rule's alarms were."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk) | {"counts": counts.read(conn, visitor.scope), "apart": False}
    return desk.screens.page(request, "surge_rules.html", values)


@router.post("", dependencies=[ONCE])
def make(request: Request, desk: AtDesk, visitor: Meaning, new: Settled) -> Response:
    """Make a rule; it watches at once."""
    with desk.pool.transaction() as conn:
        acts.save(conn, new, rule_id=None, agent_id=visitor.agent_id, now=desk.clock())
    return _listed(request, desk, _("It watches from now on"))


@router.post("/preview")
def preview(request: Request, desk: AtDesk, _visitor: Meaning, new: Settled) -> Response:
    """Show what the rule would have done over the last four weeks."""
    with desk.pool.transaction() as conn:
        past = acts.preview(conn, new, now=desk.clock())
    return desk.screens.blocks(request, "surge_rules.html", ["past"], {"past": past})


@router.post("/{rule_id}")
def change(
    request: Request, desk: AtDesk, visitor: Meaning, rule_id: int, new: Settled, seen: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Settle a rule anew, unless somebody did since the page was opened."""
    with desk.pool.transaction() as conn:
        acts.save(conn, new, rule_id=rule_id, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    return _listed(request, desk, _("Saved"))


@router.post("/{rule_id}/rest")
def rest(request: Request, desk: AtDesk, _visitor: Meaning, rule_id: int) -> Response:
    """Let a rule rest."""
    with desk.pool.transaction() as conn:
        acts.switch(conn, rule_id, active=False, now=desk.clock())
    return _listed(request, desk, _("It rests"), undo=f"/settings/surges/{rule_id}/watch")


@router.post("/{rule_id}/watch")
def watch(request: Request, desk: AtDesk, _visitor: Meaning, rule_id: int) -> Response:
    """Let a rule watch again."""
    with desk.pool.transaction() as conn:
        acts.switch(conn, rule_id, active=True, now=desk.clock())
    return _listed(request, desk, _("It watches again"))


@router.post("/{rule_id}/delete")
def delete(request: Request, desk: AtDesk, _visitor: Meaning, rule_id: int) -> Response:
    """Take a rule away; the toast brings it back."""
    with desk.pool.transaction() as conn:
        acts.delete(conn, rule_id, now=desk.clock())
    return _listed(request, desk, _("Deleted"), undo=f"/settings/surges/{rule_id}/restore")


@router.post("/{rule_id}/restore")
def restore(request: Request, desk: AtDesk, _visitor: Meaning, rule_id: int) -> Response:
    """Bring a rule back."""
    with desk.pool.transaction() as conn:
        acts.restore(conn, rule_id)
    return _listed(request, desk, _("Brought back"))


def _values(conn: Connection, desk: Desk) -> dict[str, Any]:
    return {
        "rules": surge_rules.every(conn),
        "mark_of": acts.mark_of,
        "qualities": surges.qualities(conn, since=desk.clock() - acts.A_MONTH),
        "shipped": SHIPPED,
        "kinds": KINDS,
        "apart_by": APART,
        "severities": SEVERITIES,
        "past": None,
        "learning": acts.is_learning(conn, now=desk.clock()),
    }


def _listed(request: Request, desk: Desk, text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, desk) | {"apart": True}
    return saying(desk.screens.blocks(request, "surge_rules.html", ["listed"], values), text, undo=undo)
