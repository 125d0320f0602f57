"""Brings together what the numbers of a span are measured from: its facts and those of the span before, narrowed to what is asked.

Place in the path: `fact_slices` -> here -> `rules.measuring` -> the doors.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from amends.core.database import Connection
from amends.inbox.rules import narrowing
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.columns import Axis, Column, Columns, seconds
from amends.inbox.rules.figures import Figure
from amends.inbox.rules.measuring import PUBLISHED, RESOLVED, Ages, Facts, Measures, ages, counted, measure
from amends.inbox.rules.narrowing import Narrowing
from amends.inbox.rules.paces import Paces, Worktimes, paces, worktimes
from amends.inbox.rules.query import Query
from amends.inbox.rules.spans import Period, before
from amends.inbox.store import calendars, fact_rows, fact_slices
from amends.inbox.store.query_names import names_of

GROUPS = (Column.NETWORK, Column.SOURCE, Column.BRAND, Column.TEAM, Column.AGENT, Column.LANGUAGE, Column.TOPIC)
"""What numbers can be broken down by."""
CALENDARS = (Column.FIRST_CALENDAR, Column.ENDING_CALENDAR)
LAST = datetime(9000, 1, 1, tzinfo=UTC)
FIRST = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What somebody wants to know: a span, a query of cases, and who asks; days are those of `zone`."""

    period: Period
    query: Query
    asker: Asker
    zone: ZoneInfo

    @property
    def before(self) -> Period:
        """The span before."""
        return before(self.period, self.zone)

    @property
    def now(self) -> int:
        """The moment of asking, as columns have moments."""
        return seconds(self.asker.now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The facts of the span and of the one before; how many waited as each ended, and for how long they had as the span did."""

    facts: Facts
    before: Facts
    backlog: int
    backlog_before: int
    ages: Ages

    def measures(self, asked: Asked) -> Measures:
        """Return the numbers of the span."""
        return measure(self.facts, asked.now)

    def figures(self, asked: Asked) -> dict[Figure, int]:
        """Return every figure of the span: each is the number of the rows behind it."""
        return counted(self.measures(asked)) | {Figure.BACKLOG: self.backlog}

    def measures_before(self, asked: Asked) -> Measures:
        """Return the numbers of the span before."""
        return measure(self.before, asked.now)


def find(conn: Connection, asked: Asked, also: Collection[Column] = ()) -> Found:
    """Return what the numbers are measured from; `also` are columns to group by. `NotAQuery`, `TooBroad`."""
    codes = fact_slices.codes(conn)
    narrowed = _Narrowed(conn, asked, Narrowing(asker=asked.asker, names=names_of(conn, asked.query), codes=codes))
    since = Period(since=asked.before.since, until=LAST)
    facts = Facts(
        narrowed.columns(Axis.PUBLISHED, since, {*PUBLISHED, *also}),
        narrowed.columns(Axis.RESOLVED, since, {*RESOLVED, *also}),
    )
    waiting = narrowed.columns(Axis.OPEN, Period(since=FIRST, until=LAST), {Column.AT})
    later = facts.between(Period(since=asked.period.until, until=LAST))
    backlog = len(waiting) - len(later.begun) + len(later.resolved)
    within = facts.between(asked.period)
    return Found(
        facts=within,
        before=facts.between(asked.before),
        backlog=backlog,
        backlog_before=backlog - len(within.begun) + len(within.resolved),
        ages=ages(waiting, later.resolved, seconds(asked.period.until), asked.now),
    )


def paces_of(conn: Connection, asked: Asked, found: Found) -> tuple[Paces, Paces]:
    """Return how fast it went in the span and in the one before; `found` has the columns `PACED` too."""
    worked = worktimes_of(conn, asked, found)
    return paces(found.facts.begun, asked.now, worked), paces(found.before.begun, asked.now, worked)


def worktimes_of(conn: Connection, asked: Asked, found: Found) -> Worktimes:
    """Return the working time by each calendar that counts in the span or in the one before; `found` has the columns `PACED` too."""
    spans = (found.facts.begun, found.before.begun)
    ids = {int(one) for begun in spans for column in CALENDARS for one in np.unique(begun[column])}
    return worktimes(spans, asked.now, {row.id: row.calendar for row in calendars.versions(conn, sorted(ids))})


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """Reads columns and leaves what is asked for and may be seen."""

    conn: Connection
    asked: Asked
    narrowing: Narrowing

    def columns(self, axis: Axis, period: Period, wanted: set[Column]) -> Columns:
        query, scope = self.asked.query, self.asked.asker.scope
        plain = narrowing.is_plain(query)
        needed = wanted | (narrowing.columns_of(query, scope) if plain else {Column.CASE})
        needed |= {Column.EPISODE, Column.TOPIC_EPISODE} if Column.TOPIC in needed else set()
        found = fact_slices.read(self.conn, axis, needed, since=period.since, until=period.until).between(period.since, period.until)
        if not query.parts and scope.teams is None and scope.sources is None:
            return found
        if plain:
            return found.only(narrowing.seen(found, scope) & self.narrowing.fitting(found, query))
        cases = fact_rows.cases_of(self.conn, axis, period, query, self.asked.asker)
        return found.only(np.isin(found[Column.CASE], cases))
