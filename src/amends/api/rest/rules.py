"""The rules that work for the team, over REST."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions import bulk, rule_book
from amends.inbox.actions.rule_book import Draft
from amends.inbox.rules.automation import Trigger
from amends.inbox.rules.rights import Right
from amends.inbox.store import automation, automation_log
from amends.inbox.store import bulk as bulk_rows

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])
RULES = [program_may(Right.RULES)]


class RuleBody(Body):
    """A rule: when `trigger` (after `hours`, where it goes by the clock) and `condition`, then `deeds`.

    Each deed has its name under `deed`, and beside it what that deed needs; those of a rule that was read may be sent back as they are.
    """

    name: Annotated[str, Field(max_length=200)]
    trigger: Trigger
    hours: float | None = None
    condition: Annotated[str, Field(max_length=2_000)] = ""
    stops: bool = False
    deeds: Annotated[list[dict[str, str | float | None]], Field(max_length=20)]

    @property
    def draft(self) -> Draft:
        """The rule as it is written."""
        hours = "" if self.hours is None else str(self.hours)
        deeds = [{name: said(value) for name, value in deed.items()} for deed in self.deeds]
        return Draft(name=self.name, trigger=self.trigger, hours=hours, condition=self.condition, stops=self.stops, deeds=deeds)


def said(value: str | float | None) -> str:
    """Return a value as a form would say it."""
    return "" if value is None else value if isinstance(value, str) else f"{value:.15g}"


class OrderBody(Body):
    """Every rule's id, in the new order."""

    rule_ids: Annotated[list[int], Field(max_length=1_000)]


class SwitchBody(Body):
    """Whether the rule works."""

    active: bool


class TakeBackBody(Body):
    """How far back, in hours; null for all that the rule ever did."""

    hours: Annotated[float | None, Field(gt=0, le=100_000)] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleList:
    """The rules in the order in which they are asked."""

    rules: list[automation.Rule]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleLog:
    """What a rule did, the newest first; `next` is what `before` takes for more, 0 at the end."""

    entries: list[automation_log.Entry]
    next: int


@router.get("", dependencies=RULES, operation_id="list_rules")
def list_rules(desk: AtDesk, _visitor: Bearing) -> RuleList:
    """List the rules."""
    with desk.pool.transaction() as conn:
        return RuleList(rules=automation.every(conn))


@router.post("", status_code=201, dependencies=RULES, operation_id="make_rule")
def make(desk: AtDesk, visitor: Bearing, body: RuleBody) -> automation.Rule:
    """Make a rule; it works at once, behind all others."""
    with desk.pool.transaction() as conn:
        made = rule_book.save(conn, body.draft, rule_id=None, agent_id=visitor.agent_id, now=desk.clock())
        return rule_book.rule_of(conn, made)


@router.post("/trial", dependencies=RULES, operation_id="try_rule")
def try_out(desk: AtDesk, visitor: Bearing, body: RuleBody) -> rule_book.Trial:
    """Return on which of the newest cases, at most 1,000, the rule would have acted, and how many were `looked` at; nothing is done.

    `fits` counts those, too, on which it would have changed nothing.
    """
    now = desk.clock()
    with desk.pool.transaction() as conn:
        kept = rule_book.checked(conn, body.draft, now)
        return rule_book.try_out(conn, kept, agent_id=visitor.agent_id, policy=desk.policy, now=now)


@router.post("/order", dependencies=RULES, operation_id="order_rules")
def put_in_order(desk: AtDesk, visitor: Bearing, body: OrderBody) -> RuleList:
    """Give all rules a new order."""
    with desk.pool.transaction() as conn:
        rule_book.put_in_order(conn, body.rule_ids, agent_id=visitor.agent_id, now=desk.clock())
        return RuleList(rules=automation.every(conn))


@router.get("/{rule_id}", dependencies=RULES, operation_id="get_rule")
def get_rule(desk: AtDesk, _visitor: Bearing, response: Response, rule_id: int) -> automation.Rule:
    """Return one rule; its `ETag` is when it was changed."""
    with desk.pool.transaction() as conn:
        rule = rule_book.rule_of(conn, rule_id)
    tag(response, rule.changed_at)
    return rule


@router.put("/{rule_id}", dependencies=RULES, operation_id="change_rule")
def change(desk: AtDesk, visitor: Bearing, response: Response, rule_id: int, body: RuleBody, seen: SeenAt) -> automation.Rule:
    """Keep a changed rule; with `If-Match` (the `ETag`, or `changed_at`) only where nobody changed it since, else 409."""
    with desk.pool.transaction() as conn:
        rule_book.save(conn, body.draft, rule_id=rule_id, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
        rule = rule_book.rule_of(conn, rule_id)
    tag(response, rule.changed_at)
    return rule


@router.post("/{rule_id}/switch", dependencies=RULES, operation_id="switch_rule")
def switch(desk: AtDesk, visitor: Bearing, rule_id: int, body: SwitchBody) -> automation.Rule:
    """Switch a rule on or off."""
    with desk.pool.transaction() as conn:
        rule_book.switch(conn, rule_id=rule_id, active=body.active, agent_id=visitor.agent_id, now=desk.clock())
        return rule_book.rule_of(conn, rule_id)


@router.delete("/{rule_id}", dependencies=RULES, operation_id="remove_rule")
def remove(desk: AtDesk, visitor: Bearing, rule_id: int) -> RuleList:
    """Remove a rule; what it did stays."""
    with desk.pool.transaction() as conn:
        rule_book.remove(conn, rule_id=rule_id, agent_id=visitor.agent_id, now=desk.clock())
        return RuleList(rules=automation.every(conn))


@router.post("/{rule_id}/restore", dependencies=RULES, operation_id="restore_rule")
def restore(desk: AtDesk, visitor: Bearing, rule_id: int) -> automation.Rule:
    """Bring a removed rule back."""
    with desk.pool.transaction() as conn:
        rule_book.restore(conn, rule_id=rule_id, agent_id=visitor.agent_id, now=desk.clock())
        return rule_book.rule_of(conn, rule_id)


@router.post("/{rule_id}/take_back", status_code=202, dependencies=RULES, operation_id="take_back_rule")
def take_back(desk: AtDesk, visitor: Bearing, rule_id: int, body: TakeBackBody) -> bulk_rows.Run:
    """Take back what a rule did, a removed one too, where nothing later stands against it; returns the work on many cases that does so."""
    within = timedelta(hours=body.hours) if body.hours else None
    with desk.pool.transaction() as conn:
        run = bulk.run_of(conn, bulk.take_back_rule(conn, rule_id=rule_id, within=within, agent_id=visitor.agent_id, now=desk.clock()))
    desk.wake()
    return run


@router.get("/{rule_id}/log", dependencies=RULES, operation_id="get_rule_log")
def get_log(
    desk: AtDesk,
    _visitor: Bearing,
    rule_id: int,
    before: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RuleLog:
    """List what a rule did, a removed one too, and why not where it was held back or failed."""
    with desk.pool.transaction() as conn:
        rule_book.known_rule(conn, rule_id)
        found = automation_log.entries(conn, rule_id=rule_id, before=before, limit=limit + 1)
    return RuleLog(entries=found[:limit], next=found[limit - 1].id if len(found) > limit else 0)
