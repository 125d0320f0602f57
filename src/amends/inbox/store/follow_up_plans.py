"""SQL of plans: when resolved cases are looked at, by brand, topic and urgency."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one, fetch_values
from amends.inbox.rules.follow_up_plans import Ended, Plan
from amends.inbox.rules.ids import BrandId, CaseId, FollowUpPlanId, TopicId


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRow:
    """A plan as a screen shows it; empty names where it is of all."""

    id: FollowUpPlanId
    brand_id: BrandId | None
    topic_id: TopicId | None
    brand: str
    topic: str
    least_urgency: int
    first_days: int
    last_days: int
    survey_days: int | None
    on_network: bool


def in_force(conn: Connection) -> list[Plan]:
    """Return every plan that counts."""
    return fetch_all(
        conn,
        Plan,
        """
        select brand_id, topic_id, least_urgency, first_days, last_days, survey_days, on_network from follow_up_plans
        where archived_at is null order by id
        """,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ended:
    brand_id: BrandId
    topics: list[TopicId]
    urgency: int


def ended(conn: Connection, *, case_id: CaseId) -> Ended:
    """Return what plans ask of a case."""
    found = fetch_one(
        conn,
        _Ended,
        """
        select c.brand_id, c.urgency, array(
            select distinct t.topic_id from posts p join post_topics t on t.post_id = p.id and t.fits
            where p.case_id = c.id and p.case_number is not null
          ) as topics
        from cases c where c.id = %(id)s
        """,
        {"id": case_id},
    )
    return Ended(brand_id=found.brand_id, topics=frozenset(found.topics), urgency=found.urgency)


def every(conn: Connection) -> list[PlanRow]:
    """Return every plan that counts, as it is shown: what says most first."""
    return fetch_all(
        conn,
        PlanRow,
        """
        select p.id, p.brand_id, p.topic_id, coalesce(b.name, '') as brand, coalesce(t.name, '') as topic, p.least_urgency, p.first_days,
          p.last_days, p.survey_days, p.on_network
        from follow_up_plans p left join brands b on b.id = p.brand_id left join topics t on t.id = p.topic_id
        where p.archived_at is null order by p.topic_id is null, p.brand_id is null, p.least_urgency desc, p.id
        """,
    )


def same(conn: Connection, plan: Plan) -> FollowUpPlanId | None:
    """Return the plan in force for exactly the same cases, or None."""
    found = fetch_maybe(
        conn,
        _Id,
        """
        select id from follow_up_plans
        where archived_at is null and brand_id is not distinct from %(brand_id)s and topic_id is not distinct from %(topic_id)s
          and least_urgency = %(least_urgency)s
        for update
        """,
        {"brand_id": plan.brand_id, "topic_id": plan.topic_id, "least_urgency": plan.least_urgency},
    )
    return found.id if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Id:
    id: FollowUpPlanId


def insert(conn: Connection, plan: Plan, *, now: datetime) -> FollowUpPlanId | None:
    """Store a plan; None where one is in force for the same cases."""
    made: list[FollowUpPlanId] = fetch_values(
        conn,
        """
        insert into follow_up_plans (brand_id, topic_id, least_urgency, first_days, last_days, survey_days, on_network, created_at)
        values (%(brand_id)s, %(topic_id)s, %(least_urgency)s, %(first_days)s, %(last_days)s, %(survey_days)s, %(on_network)s, %(now)s)
        on conflict do nothing returning id
        """,
        {
            "brand_id": plan.brand_id,
            "topic_id": plan.topic_id,
            "least_urgency": plan.least_urgency,
            "first_days": plan.first_days,
            "last_days": plan.last_days,
            "survey_days": plan.survey_days,
            "on_network": plan.on_network,
            "now": now,
        },
    )
    return made[0] if made else None


def archive(conn: Connection, *, plan_id: FollowUpPlanId, now: datetime) -> bool:
    """Let a plan count no more; False where there is no such plan in force."""
    query = "update follow_up_plans set archived_at = %(now)s where id = %(id)s and archived_at is null"
    return bool(execute(conn, query, {"id": plan_id, "now": now}))


def restore(conn: Connection, *, plan_id: FollowUpPlanId) -> bool:
    """Let a plan count again; False where another one is in force for the same cases, or there is none."""
    return bool(
        execute(
            conn,
            """
            update follow_up_plans p set archived_at = null where id = %(id)s and archived_at is not null and not exists (
              select from follow_up_plans o where o.archived_at is null and o.brand_id is not distinct from p.brand_id
                and o.topic_id is not distinct from p.topic_id and o.least_urgency = p.least_urgency
            )
            """,
            {"id": plan_id},
        )
    )
