"""The rules that work for the team: written, tried on past cases, put in order, switched, removed, and what each of them did."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._bulk_view import progress
from amends.api.pages._rule_form import Columns, columns, draft_of, form_values, says
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.api.trouble_words import trouble
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import bulk, rule_book
from amends.inbox.actions.deeds import said_then
from amends.inbox.actions.rule_book import Draft
from amends.inbox.rules.automation import Outcome
from amends.inbox.rules.rights import Right
from amends.inbox.store import automation, automation_log, counts
from amends.inbox.store import bulk as bulk_rows

router = APIRouter(prefix="/settings/rules", include_in_schema=False)
RULES = [may(Right.RULES)]
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
PAGE = 50
SPANS = (timedelta(hours=1), timedelta(days=1), WEEK)
"""How far back what a rule did can be taken back, beside all of it."""


def drafted(
    rows: Annotated[Columns, Depends(columns)],
    name: Annotated[str, Form(max_length=200)] = "",
    trigger: Annotated[str, Form(max_length=20)] = "",
    hours: Annotated[str, Form(max_length=20)] = "",
    condition: Annotated[str, Form(max_length=2_000)] = "",
    stops: Annotated[str, Form(max_length=5)] = "",
) -> Draft:
    """Return the rule that the form holds."""
    return draft_of(name, trigger, hours, condition, stops, rows)


Written = Annotated[Draft, Depends(drafted)]


@router.get("", dependencies=RULES)
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show all rules in their order."""
    with desk.pool.transaction() as conn:
        values = _list_values(conn, desk) | form_values(conn, None) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "rules.html", values)


@router.post("", dependencies=[*RULES, ONCE])
def make(request: Request, desk: AtDesk, visitor: Meaning, written: Written) -> Response:
    """Make a rule; it works at once, behind all others."""
    return _listed(
        request,
        desk,
        lambda conn: rule_book.save(conn, written, rule_id=None, agent_id=visitor.agent_id, now=desk.clock()),
        _("The rule works from now on"),
    )


@router.post("/trials", dependencies=RULES)
def try_out(request: Request, desk: AtDesk, visitor: Meaning, written: Written) -> Response:
    """Show on which past cases the rule would have acted; nothing is done to them."""
    with desk.pool.transaction() as conn:
        kept = rule_book.checked(conn, written, desk.clock())
        trial = rule_book.try_out(conn, kept, agent_id=visitor.agent_id, policy=desk.policy, now=desk.clock())
    return desk.screens.blocks(request, "rule.html", ["trial"], {"trial": trial})


@router.get("/{rule_id:int}", dependencies=RULES)
def one(request: Request, desk: AtDesk, visitor: Reading, rule_id: int) -> Response:
    """Show a rule, what it did, and how often."""
    with desk.pool.transaction() as conn:
        values = _rule_values(conn, desk, rule_id) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "rule.html", values)


@router.get("/{rule_id:int}/log", dependencies=RULES)
def log(request: Request, desk: AtDesk, _visitor: Reading, rule_id: int, before: Annotated[int, Query(ge=1)]) -> Response:
    """Show what the rule did before the entry `before`."""
    with desk.pool.transaction() as conn:
        rule_book.known_rule(conn, rule_id)
        values = {"rule_id": rule_id} | _entries(conn, rule_id, before)
    return desk.screens.blocks(request, "rule.html", ["entries"], values)


@router.post("/{rule_id:int}", dependencies=RULES)
def change(
    request: Request, desk: AtDesk, visitor: Meaning, rule_id: int, written: Written, seen: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Keep a changed rule, unless somebody changed it since the page was opened: in another tab, for one."""
    with desk.pool.transaction() as conn:
        rule_book.save(conn, written, rule_id=rule_id, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
        values = _rule_values(conn, desk, rule_id)
    desk.wake()
    return saying(desk.screens.blocks(request, "rule.html", ["shown"], values), _("Kept; the rule works so from now on"))


@router.post("/{rule_id:int}/move", dependencies=RULES)
def move(request: Request, desk: AtDesk, visitor: Meaning, rule_id: int, by: Annotated[int, Query(ge=-1, le=1)]) -> Response:
    """Move the rule up or down by one place."""
    return _listed(
        request,
        desk,
        lambda conn: rule_book.move(conn, rule_id=rule_id, by=by, agent_id=visitor.agent_id, now=desk.clock()),
        _("Moved"),
        undo=f"/settings/rules/{rule_id}/move?by={-by}",
    )


@router.post("/{rule_id:int}/switch", dependencies=RULES)
def switch(request: Request, desk: AtDesk, visitor: Meaning, rule_id: int, on: Annotated[str, Query(max_length=3)] = "") -> Response:
    """Switch the rule on (`on=yes`) or off."""
    active = on == "yes"
    return _listed(
        request,
        desk,
        lambda conn: rule_book.switch(conn, rule_id=rule_id, active=active, agent_id=visitor.agent_id, now=desk.clock()),
        _("The rule is on") if active else _("The rule is off"),
        undo=f"/settings/rules/{rule_id}/switch?on={'no' if active else 'yes'}",
    )


@router.post("/{rule_id:int}/remove", dependencies=RULES)
def remove(request: Request, desk: AtDesk, visitor: Meaning, rule_id: int) -> Response:
    """Remove the rule; what it did stays."""
    return _listed(
        request,
        desk,
        lambda conn: rule_book.remove(conn, rule_id=rule_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Removed; what it did stays"),
        undo=f"/settings/rules/{rule_id}/restore",
    )


@router.post("/{rule_id:int}/restore", dependencies=RULES)
def restore(request: Request, desk: AtDesk, visitor: Meaning, rule_id: int) -> Response:
    """Bring the rule back."""
    return _listed(
        request,
        desk,
        lambda conn: rule_book.restore(conn, rule_id=rule_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("The rule is back"),
    )


@router.post("/{rule_id:int}/take-back", dependencies=RULES)
def take_back(
    request: Request, desk: AtDesk, visitor: Meaning, rule_id: int, hours: Annotated[int, Form(ge=0, le=100_000)] = 0
) -> Response:
    """Take back what the rule did, all of it or that of the last `hours`, in the background."""
    within = timedelta(hours=hours) or None
    with desk.pool.transaction() as conn:
        run = bulk.run_of(conn, bulk.take_back_rule(conn, rule_id=rule_id, within=within, agent_id=visitor.agent_id, now=desk.clock()))
    desk.wake()
    return saying(progress(request, desk, run, []), _("Taking it back"))


def _listed(request: Request, desk: Desk, act: Callable[[Connection], object], text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = _list_values(conn, desk)
    desk.wake()
    return saying(desk.screens.blocks(request, "rules.html", ["shown"], values | {"apart": True}), text, undo=undo)


def _list_values(conn: Connection, desk: Desk) -> dict[str, Any]:
    found = automation.every(conn)
    acted, looped = Counter[int](), Counter[int]()
    for day in automation_log.days(conn, rule_ids=[rule.id for rule in found], since=(desk.clock() - WEEK).date()):
        acted[day.rule_id] += day.acted
        looped[day.rule_id] += day.looped
    return {
        "rules": [(rule, says(rule)) for rule in found],
        "acted": acted,
        "looped": looped,
        "removed": automation.removed(conn),
        "apart": False,
    }


def _rule_values(conn: Connection, desk: Desk, rule_id: int) -> dict[str, Any]:
    rule = rule_book.known_rule(conn, rule_id)
    days = automation_log.days(conn, rule_ids=[rule_id], since=(desk.clock() - MONTH).date())
    taking_back = {"run": bulk_rows.latest_of_rule(conn, rule_id=rule_id), "spans": SPANS}
    return form_values(conn, rule) | {"rule_id": rule_id, "days": days, "told": says(rule)} | taking_back | _entries(conn, rule_id, 0)


def _entries(conn: Connection, rule_id: int, before: int) -> dict[str, Any]:
    found = automation_log.entries(conn, rule_id=rule_id, before=before, limit=PAGE + 1)
    return {"entries": [_told(one) for one in found[:PAGE]], "more": found[PAGE - 1].id if len(found) > PAGE else 0}


def _told(entry: automation_log.Entry) -> automation_log.Entry:
    """Return an entry with its words in the reader's language."""
    acted = entry.outcome == Outcome.ACTED
    return replace(entry, why=said_then(entry.why) if acted else trouble(entry.why))
