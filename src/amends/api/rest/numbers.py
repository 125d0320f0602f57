"""The numbers over REST: the same figures as on screen, and the rows behind each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from amends.api.auth import Bearing, program_may
from amends.api.counting import Counting, behind_of
from amends.api.desk import AtDesk
from amends.api.facts_out import FactsFormat, facts_file
from amends.api.spanning import Spanning
from amends.inbox.actions import facts
from amends.inbox.actions.breakdown import Dimension, Line, breakdown, check_dimension, dimensions
from amends.inbox.rules.alarm_figures import AlarmCounts
from amends.inbox.rules.figures import DEFINITIONS, Figure
from amends.inbox.rules.measuring import Ages, Measures, Slot, series
from amends.inbox.rules.paces import PACED, Paces
from amends.inbox.rules.rights import Right
from amends.inbox.rules.spans import slots
from amends.inbox.store import alarm_numbers, fact_rows, numbers
from amends.inbox.store.fact_rows import EpisodeRow

router = APIRouter(prefix="/api/v1/numbers", tags=["numbers"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """The numbers of a span and of the one before; times are seconds, null where the median or p90 is not reached yet."""

    since: datetime
    until: datetime
    zone: str
    measures: Measures
    before: Measures
    paces: Paces
    paces_before: Paces
    backlog: int
    backlog_before: int
    backlog_ages: Ages
    slots: Sequence[Slot]
    definitions: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """One page of the rows behind a number; `next` is what `after` takes for the following one, empty at the end."""

    count: int
    rows: Sequence[EpisodeRow]
    next: str


@router.get("", operation_id="numbers", dependencies=[program_may(Right.NUMBERS)])
def show(desk: AtDesk, visitor: Bearing, wanted: Spanning) -> Numbers:
    """Return the numbers of a span (`span`, or the days or moments `since` and `until` of `zone`) of the cases that fit `q`."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        asked = wanted.asked(conn, visitor, desk.clock())
        found = numbers.find(conn, asked, also=PACED)
        pace, pace_before = numbers.paces_of(conn, asked, found)
    return Numbers(
        since=asked.period.since,
        until=asked.period.until,
        zone=asked.zone.key,
        measures=found.measures(asked),
        before=found.measures_before(asked),
        paces=pace,
        paces_before=pace_before,
        backlog=found.backlog,
        backlog_before=found.backlog_before,
        backlog_ages=found.ages,
        slots=series(found.facts, slots(asked.period, asked.zone), backlog=found.backlog_before, now=asked.now),
        definitions={figure.value: words for figure, words in DEFINITIONS.items()},
    )


@router.get("/by/{dimension}", operation_id="numbers_by", dependencies=[program_may(Right.NUMBERS)])
def by(desk: AtDesk, visitor: Bearing, wanted: Spanning, dimension: Dimension) -> Sequence[Line]:
    """Return the numbers of a span by what the cases have in common; `query` asks for the rows of a value."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        check_dimension(conn, dimension, visitor.role)
        compares = Dimension.ASSIGNEE in dimensions(conn, visitor.role)
        return breakdown(conn, wanted.asked(conn, visitor, desk.clock()), dimension, compares=compares)


@router.get("/alarms", operation_id="numbers_of_alarms", dependencies=[program_may(Right.NUMBERS)])
def alarms(desk: AtDesk, visitor: Bearing, wanted: Spanning) -> Sequence[AlarmCounts]:
    """Return how many alarms each rule raised in a span, and how many were of use or dismissed."""
    with desk.pool.transaction() as conn:
        asked = wanted.asked(conn, visitor, desk.clock())
        return alarm_numbers.by_rule(conn, asked.period, asked.query, asked.asker)


@router.get("/facts.{kind}", operation_id="facts_of_numbers", dependencies=[program_may(Right.NUMBERS)])
def export(desk: AtDesk, visitor: Bearing, wanted: Spanning, kind: FactsFormat) -> Response:
    """Return the raw facts of the episodes begun in a span as a file: CSV, or JSON one a line."""
    with desk.pool.transaction() as conn:
        asked = wanted.asked(conn, visitor, desk.clock())
    return facts_file(desk.pool, asked, kind)


@router.get("/rows", operation_id="rows_of_a_number", dependencies=[program_may(Right.NUMBERS)])
def rows(desk: AtDesk, visitor: Bearing, figure: Figure, counting: Counting, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Rows:
    """Return the episodes that a figure counts between two moments, the newest first, by keyset."""
    with desk.pool.transaction() as conn:
        facts.freshen(conn)
        behind = behind_of(conn, figure, counting, visitor, desk.clock())
        found = fact_rows.page(conn, behind, after=counting.after, limit=limit)
        return Rows(
            count=fact_rows.count(conn, behind),
            rows=found,
            next=str(fact_rows.place_of(found[-1])) if len(found) == limit else "",
        )
