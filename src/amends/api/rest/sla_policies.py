"""SLA policies and the clocks of a case, over REST."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions import sla_policies
from amends.inbox.actions.sla_preview import Preview, preview
from amends.inbox.rules.rights import Right
from amends.inbox.rules.sla_policy import Written
from amends.inbox.store import sla_policies as stored
from amends.inbox.store.sla_policies import PolicyRow

router = APIRouter(prefix="/api/v1/sla-policies", tags=["sla"])
RULES = [program_may(Right.RULES)]


class StepBody(Body):
    """What happens `minutes` after a breach: `deed` is assignee, lead or manager (who is told), urgency (by `points`) or team."""

    minutes: Annotated[int, Field(ge=0)] = 0
    deed: Annotated[str, Field(max_length=20)]
    team_id: int | None = None
    points: int = 0


class PolicyBody(Body):
    """A policy: what is promised of cases that fulfil `condition`, in minutes by the clock on the wall, or by the calendar."""

    name: Annotated[str, Field(max_length=200)]
    condition: Annotated[str, Field(max_length=2_000)] = ""
    calendar_id: int | None = None
    first_minutes: int | None = None
    first_business: bool = False
    next_minutes: int | None = None
    next_business: bool = False
    resolution_minutes: int | None = None
    resolution_business: bool = False
    pauses: bool = True
    warn_percent: int | None = None
    warn_minutes: int | None = None
    steps: list[StepBody] = Field(default=[], max_length=20)

    @property
    def written(self) -> Written:
        """The policy as it is kept."""
        steps = [step.model_dump(exclude_defaults=True) | {"minutes": step.minutes} for step in self.steps]
        values: dict[str, Any] = self.model_dump(exclude={"steps"})
        return Written(steps=steps, **values)


class OrderBody(Body):
    """Every policy's id, in the new order."""

    policy_ids: Annotated[list[int], Field(max_length=1_000)]


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyList:
    """The policies in the order in which they are asked."""

    policies: Sequence[PolicyRow]


@router.get("", dependencies=RULES, operation_id="list_sla_policies")
def list_policies(desk: AtDesk, _visitor: Bearing) -> PolicyList:
    """List the policies in force, each in its newest version."""
    with desk.pool.transaction() as conn:
        return PolicyList(policies=stored.every(conn))


@router.post("", status_code=201, dependencies=RULES, operation_id="make_sla_policy")
def make(desk: AtDesk, visitor: Bearing, body: PolicyBody) -> PolicyRow:
    """Make a policy, behind all others; one of some cases before that of every case; it holds for clocks that start from now on."""
    with desk.pool.transaction() as conn:
        made = sla_policies.save(conn, body.written, policy_id=None, agent_id=visitor.agent_id, now=desk.clock())
        return sla_policies.policy_of(conn, made)


@router.post("/preview", dependencies=RULES, operation_id="preview_sla_policy")
def try_out(desk: AtDesk, visitor: Bearing, body: PolicyBody, policy_id: int | None = None) -> Preview:
    """Return what the policy would have done in the last month, in the place of `policy_id` or as a new one; nothing is kept."""
    with desk.pool.transaction() as conn:
        kept = sla_policies.checked(conn, body.written, now=desk.clock())
        return preview(conn, kept, policy_id=policy_id, visitor=visitor, now=desk.clock())


@router.post("/order", dependencies=RULES, operation_id="order_sla_policies")
def put_in_order(desk: AtDesk, visitor: Bearing, body: OrderBody) -> PolicyList:
    """Give all policies a new order."""
    with desk.pool.transaction() as conn:
        sla_policies.put_in_order(conn, body.policy_ids, agent_id=visitor.agent_id, now=desk.clock())
        return PolicyList(policies=stored.every(conn))


@router.post("/apply", status_code=202, dependencies=RULES, operation_id="apply_sla_policies")
def apply(desk: AtDesk, visitor: Bearing) -> dict[str, Any]:
    """Let the policies and calendars as they stand count for clocks that run too, in the background."""
    with desk.pool.transaction() as conn:
        sla_policies.apply(conn, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    return {}


@router.get("/{policy_id}", dependencies=RULES, operation_id="get_sla_policy")
def get_policy(desk: AtDesk, _visitor: Bearing, response: Response, policy_id: int) -> PolicyRow:
    """Return one policy in its newest version, whose number is its `ETag`."""
    with desk.pool.transaction() as conn:
        found = sla_policies.policy_of(conn, policy_id)
    tag(response, str(found.number))
    return found


@router.put("/{policy_id}", dependencies=RULES, operation_id="change_sla_policy")
def change(desk: AtDesk, visitor: Bearing, response: Response, policy_id: int, body: PolicyBody, seen: SeenAt) -> PolicyRow:
    """Keep the next version of a policy; with `If-Match` (its `number`, or the `ETag`) only where there is no newer one, else 409."""
    with desk.pool.transaction() as conn:
        sla_policies.save(conn, body.written, policy_id=policy_id, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
        found = sla_policies.policy_of(conn, policy_id)
    tag(response, str(found.number))
    return found


@router.delete("/{policy_id}", dependencies=RULES, operation_id="remove_sla_policy")
def remove(desk: AtDesk, visitor: Bearing, policy_id: int) -> PolicyList:
    """Remove a policy; clocks that run under it go on."""
    with desk.pool.transaction() as conn:
        sla_policies.remove(conn, policy_id=policy_id, agent_id=visitor.agent_id, now=desk.clock())
        return PolicyList(policies=stored.every(conn))


@router.post("/{policy_id}/restore", dependencies=RULES, operation_id="restore_sla_policy")
def restore(desk: AtDesk, visitor: Bearing, policy_id: int) -> PolicyRow:
    """Bring a removed policy back."""
    with desk.pool.transaction() as conn:
        sla_policies.restore(conn, policy_id=policy_id, agent_id=visitor.agent_id, now=desk.clock())
        return sla_policies.policy_of(conn, policy_id)
