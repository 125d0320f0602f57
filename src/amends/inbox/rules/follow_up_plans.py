"""When to look whether a resolution held, and whether to ask. Place in the path: resolve -> here -> follow-ups and a survey."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.inbox.rules.ids import BrandId, TopicId

DAY = timedelta(days=1)
LAST_LOOK = timedelta(days=30)
"""When the last look is due where no plan says otherwise; the first one is a setting of the installation."""
LONGEST = 365
ASK_AFTER = timedelta(days=2)
"""When the customer is asked where no plan says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """When to look at resolved cases of a brand (None: of all), a topic (None: of all) and from an urgency on."""

    brand_id: BrandId | None = None
    topic_id: TopicId | None = None
    least_urgency: int = 0
    first_days: int = 7
    last_days: int = 30
    survey_days: int | None = 2
    on_network: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """What is known of a case that was resolved."""

    brand_id: BrandId
    topics: AbstractSet[TopicId]
    urgency: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One look: `days` is its name, `due_at` its time."""

    days: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """The looks of an episode, and when its customer is asked (None: never)."""

    looks: tuple[Look, ...]
    ask_at: datetime | None
    on_network: bool


def plan_for(plans: Iterable[Plan], case: Ended) -> Plan | None:
    """Return the plan that says most of the case: of its topic before of its brand, then of the highest urgency; None where none fits."""
    return max((plan for plan in plans if _fits(plan, case)), key=_says, default=None)


def _fits(plan: Plan, case: Ended) -> bool:
    of_brand = plan.brand_id is None or plan.brand_id == case.brand_id
    return of_brand and (plan.topic_id is None or plan.topic_id in case.topics) and case.urgency >= plan.least_urgency


def _says(plan: Plan) -> tuple[bool, bool, int, int]:
    """Return how much a plan says; of two that say as much, the one that looks sooner counts."""
    return plan.topic_id is not None, plan.brand_id is not None, plan.least_urgency, -plan.first_days


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """After how long cases are looked at first and last that no plan fits, and their customers asked."""

    first: timedelta
    last: timedelta
    ask: timedelta


def usual(first_after: timedelta) -> Usual:
    """Return what counts without a plan, by the setting of the installation; where that is short, as in the demo, the question is too."""
    return Usual(first=first_after, last=max(LAST_LOOK, 2 * first_after), ask=min(ASK_AFTER, first_after / 2))


def planned(plans: Sequence[Plan], case: Ended, *, first_after: timedelta, now: datetime) -> Planned:
    """Return when to look at a case that was resolved at `now`; without a plan that fits, after `first_after` and at the last look."""
    plan = plan_for(plans, case)
    if plan is None:
        found = usual(first_after)
        return Planned(looks=(_look(found.first, now), _look(found.last, now)), ask_at=now + found.ask, on_network=False)
    asked = None if plan.survey_days is None else now + plan.survey_days * DAY
    return Planned(looks=(_look(plan.first_days * DAY, now), _look(plan.last_days * DAY, now)), ask_at=asked, on_network=plan.on_network)


def _look(after: timedelta, now: datetime) -> Look:
    return Look(days=min(LONGEST, max(1, round(after / DAY))), due_at=now + after)
