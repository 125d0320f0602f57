"""SQL of the numbers of alarms: how many each rule raised in a span, how many were of use, and the alarms behind each of these numbers.

Whoever sees some teams only is told of the alarms of their cases and sources, not of those that count the cases of everybody. A query
of cases leaves the alarms of the cases that fit it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.alarm_figures import AlarmCounts, AlarmFigure
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Query
from amends.inbox.rules.spans import Period
from amends.inbox.store.fact_rows import PATIENCE, Place
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_sql import condition

_ALSO: Mapping[AlarmFigure, LiteralString] = {
    AlarmFigure.RAISED: "",
    AlarmFigure.USEFUL: " and a.acknowledged_at is not null and a.dismissed_at is null",
    AlarmFigure.USELESS: " and a.dismissed_at is not null",
    AlarmFigure.UNJUDGED: " and a.acknowledged_at is null and a.dismissed_at is null",
}
_FROM: LiteralString = """
 from alerts a left join cases c on c.id = a.case_id
where a.raised_at >= %(since)s and a.raised_at < %(until)s
"""
_OF_SOURCES: LiteralString = "(a.source_id is not null and (%(sees_sources)s::bigint[] is null or a.source_id = any(%(sees_sources)s)))"
_OF_ALL: LiteralString = "(a.case_id is null and a.source_id is null and %(sees_all)s)"


@dataclass(frozen=True, kw_only=True, slots=True)
class BehindAlarms:
    """What is behind a number of alarms: its figure, its span, of which rule (None: of all), and who asks what."""

    figure: AlarmFigure
    period: Period
    query: Query
    asker: Asker
    rule: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmRow:
    """One alarm behind a number; about a case, a source, or many cases."""

    id: int
    rule: str
    severity: str
    reason: str
    raised_at: datetime
    acknowledged_at: datetime | None
    dismissed_at: datetime | None
    case_id: int | None
    source: str | None


def place_of(row: AlarmRow) -> Place:
    """Return where the page behind this alarm begins."""
    return Place(at=row.raised_at, id=row.id)


def by_rule(conn: Connection, period: Period, query: Query, asker: Asker) -> list[AlarmCounts]:
    """Return the alarms of each rule in a span, those that rang most first. `NotAQuery`, `TooBroad`."""
    found, params = _asked(conn, BehindAlarms(figure=AlarmFigure.RAISED, period=period, query=query, asker=asker))
    counted = (
        """
        select a.rule, count(*) as raised,
          count(*) filter (where a.acknowledged_at is not null and a.dismissed_at is null) as useful,
          count(*) filter (where a.dismissed_at is not null) as useless
        """
        + found
        + " group by a.rule order by count(*) desc, a.rule"
    )
    with carefully(conn, milliseconds=PATIENCE):
        return fetch_all(conn, AlarmCounts, counted, params)


def count(conn: Connection, behind: BehindAlarms) -> int:
    """Return how many alarms are behind the number."""
    found, params = _asked(conn, behind)
    with carefully(conn, milliseconds=PATIENCE):
        return fetch_values(conn, "select count(*)" + found, params)[0]


def page(conn: Connection, behind: BehindAlarms, *, after: Place | None, limit: int) -> list[AlarmRow]:
    """Return at most `limit` of the alarms behind a number, the newest first."""
    found, params = _asked(conn, behind)
    further: LiteralString = "" if after is None else " and (a.raised_at, a.id) < (%(after_at)s, %(after_id)s)"
    query = (
        """
        select a.id, a.rule, a.severity, a.reason, a.raised_at, a.acknowledged_at, a.dismissed_at, a.case_id,
          (select handle from sources where id = a.source_id) as source
        """
        + found
        + further
        + " order by a.raised_at desc, a.id desc limit %(limit)s"
    )
    place = {"after_at": after.at, "after_id": after.id} if after else {}
    with carefully(conn, milliseconds=PATIENCE):
        return fetch_all(conn, AlarmRow, query, params | place | {"limit": limit})


def _asked(conn: Connection, behind: BehindAlarms) -> tuple[LiteralString, dict[str, Any]]:
    asked = condition(conn, behind.query, behind.asker)
    scope = behind.asker.scope
    of_cases: LiteralString = "(a.case_id is not null and " + asked.whole + ")"
    wanted: LiteralString = of_cases if behind.query.parts else "(" + of_cases + " or " + _OF_SOURCES + " or " + _OF_ALL + ")"
    found: LiteralString = _FROM + _ALSO[behind.figure] + " and " + wanted
    if behind.rule is not None:
        found += " and a.rule = %(rule)s"
    params = {
        "since": behind.period.since,
        "until": behind.period.until,
        "sees_sources": None if scope.sources is None else list(scope.sources),
        "sees_all": scope.teams is None and scope.sources is None,
        "rule": behind.rule,
    }
    return found, asked.params | params
