"""Plans of follow-ups over REST: when resolved cases are looked at, and whether their customers are asked."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.inbox.actions import follow_up_plans as plans_of
from amends.inbox.rules.follow_up_plans import Plan
from amends.inbox.rules.ids import BrandId, FollowUpPlanId, TopicId
from amends.inbox.rules.rights import Right
from amends.inbox.store import follow_up_plans

router = APIRouter(prefix="/api/v1/follow_up_plans", tags=["follow-ups"], dependencies=[program_may(Right.RULES)])


class PlanBody(Body):
    """A plan: for one brand and topic or for all, from an urgency on."""

    brand_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    topic_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    least_urgency: int = 0
    first_days: int = 7
    last_days: int = 30
    survey_days: int | None = 2
    on_network: bool = False

    @property
    def plan(self) -> Plan:
        """The plan as the rule takes it."""
        brand_id = None if self.brand_id is None else BrandId(self.brand_id)
        topic_id = None if self.topic_id is None else TopicId(self.topic_id)
        return Plan(
            brand_id=brand_id,
            topic_id=topic_id,
            least_urgency=self.least_urgency,
            first_days=self.first_days,
            last_days=self.last_days,
            survey_days=self.survey_days,
            on_network=self.on_network,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Plans:
    """Every plan in force, what says most of a case first."""

    plans: list[follow_up_plans.PlanRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class MadePlan:
    """The plan that counts now."""

    plan_id: FollowUpPlanId


@router.get("", operation_id="list_follow_up_plans")
def every(desk: AtDesk) -> Plans:
    """List the plans in force; cases that none fits are looked at after 7 and 30 days."""
    with desk.pool.transaction() as conn:
        return Plans(plans=follow_up_plans.every(conn))


@router.post("", status_code=201, operation_id="make_follow_up_plan")
def make(desk: AtDesk, _visitor: Bearing, body: PlanBody) -> MadePlan:
    """Let a plan count for what is resolved from now on; the plan for the same cases gives way."""
    with desk.pool.transaction() as conn:
        return MadePlan(plan_id=plans_of.make_plan(conn, body.plan, now=desk.clock()))


@router.delete("/{plan_id}", status_code=204, operation_id="remove_follow_up_plan")
def remove(desk: AtDesk, _visitor: Bearing, plan_id: FollowUpPlanId) -> None:
    """Let a plan count no more."""
    with desk.pool.transaction() as conn:
        plans_of.archive_plan(conn, plan_id=plan_id, now=desk.clock())
