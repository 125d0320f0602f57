"""Whether alarms of single cases were right, over REST: each rule's, what other thresholds would have done, and what should have rung."""

from dataclasses import asdict, dataclass

from fastapi import APIRouter

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.inbox.actions import alarm_quality as acts
from amends.inbox.actions import alarm_thresholds
from amends.inbox.actions.surges import A_MONTH
from amends.inbox.rules.alarm_quality import Judged, WouldHave
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.rights import Right
from amends.inbox.store import alarm_quality

router = APIRouter(prefix="/api/v1/alarms/quality", tags=["alarms"])


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleQuality:
    """How the alarms of a rule were judged; `precision` is the share of use among those that somebody judged, null where nobody did."""

    rule: str
    raised: int
    useful: int
    useless: int
    open: int
    precision: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """Four weeks of the cases that the token's owner sees; `urgency` is the threshold in force."""

    urgency: int
    rules: list[RuleQuality]
    thresholds: list[WouldHave]
    missed: list[alarm_quality.Missed]


@router.get("", operation_id="alarm_quality", dependencies=[program_may(Right.NUMBERS)])
def show(desk: AtDesk, visitor: Bearing) -> Quality:
    """Tell whether the alarms of four weeks were right."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        in_force = alarm_thresholds.in_force(conn, desk.policy.alert)
        return Quality(
            urgency=in_force.urgency,
            rules=[_told(one) for one in alarm_quality.of_rules(conn, visitor.scope, since=now - A_MONTH)],
            thresholds=acts.thresholds(conn, visitor.scope, in_force=in_force, now=now),
            missed=alarm_quality.missed(conn, visitor.scope, since=now - A_MONTH, urgency=in_force.urgency),
        )


@router.put("/missed/{post_id}", status_code=204, operation_id="mark_missed_alarm", dependencies=[program_may(Right.WORK)])
def mark(desk: AtDesk, visitor: Bearing, post_id: PostId) -> None:
    """Say that a post should have rung."""
    with desk.pool.transaction() as conn:
        acts.mark_missed(conn, post_id, agent_id=visitor.agent_id, now=desk.clock())


@router.delete("/missed/{post_id}", status_code=204, operation_id="unmark_missed_alarm", dependencies=[program_may(Right.WORK)])
def unmark(desk: AtDesk, _visitor: Bearing, post_id: PostId) -> None:
    """Take that back."""
    with desk.pool.transaction() as conn:
        acts.unmark_missed(conn, post_id)


def _told(one: Judged) -> RuleQuality:
    return RuleQuality(**asdict(one), precision=one.precision)
