"""The numbers over REST, for managers: the same figures as on screen."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.inbox.rules.figures import DEFINITIONS, Span, bucket_of, period_of
from amends.inbox.rules.rights import Right
from amends.inbox.store import numbers

router = APIRouter(prefix="/api/v1/numbers", tags=["numbers"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """The figures of one period; times are seconds, null where the median or p90 falls among those without an answer or end."""

    since: datetime
    until: datetime
    backlog: list[numbers.Backlog]
    speeds: list[numbers.Speed]
    bars: list[numbers.Bar]
    outcomes: numbers.Outcomes
    definitions: dict[str, str]


@router.get("", operation_id="numbers", dependencies=[program_may(Right.NUMBERS)])
def show(desk: AtDesk, _visitor: Bearing, span: Span = Span.WEEK, brand: str = "") -> Numbers:
    """Return the numbers of the period that ends now."""
    period = period_of(span, desk.clock())
    with desk.pool.transaction() as conn:
        return Numbers(
            since=period.since,
            until=period.until,
            backlog=numbers.backlog(conn, brand),
            speeds=numbers.speeds(conn, period, brand),
            bars=numbers.bars(conn, period, bucket_of(span), brand),
            outcomes=numbers.outcomes(conn, period, brand),
            definitions={figure.value: words for figure, words in DEFINITIONS.items()},
        )
