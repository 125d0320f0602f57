"""SQL of the rows behind the numbers: the episodes that a figure counts, by the same words as its definition, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from typing_extensions import override

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.columns import Axis
from amends.inbox.rules.figures import Figure, Length
from amends.inbox.rules.query import Query
from amends.inbox.rules.spans import Period
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_sql import condition

PATIENCE = 20_000
_SPANS: Mapping[Axis, LiteralString] = {
    Axis.PUBLISHED: "f.published_at >= %(since)s and f.published_at < %(until)s and not f.dismissed",
    Axis.RESOLVED: "f.resolved_at >= %(since)s and f.resolved_at < %(until)s and not f.dismissed",
    Axis.OPEN: "f.published_at < %(until)s and not f.dismissed and (f.resolved_at is null or f.resolved_at >= %(until)s)",
}
_ORDERS: Mapping[Axis, LiteralString] = {
    Axis.PUBLISHED: "f.published_at",
    Axis.RESOLVED: "f.resolved_at",
    Axis.OPEN: "f.published_at",
}
_ALSO: Mapping[Figure, LiteralString] = {
    Figure.BEGUN: "",
    Figure.ANSWERED: " and f.first_answer is not null",
    Figure.UNANSWERED: " and f.first_answer is null",
    Figure.ENDED: " and f.ending is not null",
    Figure.UNENDED: " and f.ending is null",
    Figure.REOPENED: " and f.number > 1",
    Figure.NEGATIVE: " and f.mood = 'negative'",
    Figure.NEUTRAL: " and f.mood = 'neutral'",
    Figure.POSITIVE: " and f.mood = 'positive'",
    Figure.KEPT: " and f.promise = 'kept'",
    Figure.BROKEN: " and f.promise = 'broken'",
    Figure.NEXT_ANSWERED: " and f.next_answer >= 0",
    Figure.NEXT_WAITING: " and f.next_answer = -2",
    Figure.RESOLVED: " and f.ending is not null",
    Figure.RATED: " and f.csat is not null",
    Figure.CONTENT: " and f.csat >= 4",
    Figure.HELD_7: " and f.after_7 = 'held'",
    Figure.RELAPSED_7: " and f.after_7 = 'relapsed'",
    Figure.SILENT_7: " and f.after_7 = 'silent'",
    Figure.UNKNOWN_7: " and f.after_7 = 'unknown'",
    Figure.HELD_30: " and f.after_30 = 'held'",
    Figure.RELAPSED_30: " and f.after_30 = 'relapsed'",
    Figure.SILENT_30: " and f.after_30 = 'silent'",
    Figure.UNKNOWN_30: " and f.after_30 = 'unknown'",
    Figure.BACKLOG: "",
}
_LENGTHS: Mapping[Length, LiteralString] = {
    Length.FIRST_ANSWER: "f.first_answer",
    Length.ENDING: "f.ending",
    Length.NEXT_ANSWER: "f.next_answer",
    Length.SEEN: "f.seen",
    Length.TRIAGED: "f.triaged",
    Length.HANDLED: "f.handled",
    Length.FIRST_BUSINESS: "f.first_business",
    Length.NEXT_BUSINESS: "f.next_business",
    Length.ENDING_BUSINESS: "f.ending_business",
}
_FACTS: LiteralString = " from episode_facts f join cases c on c.id = f.case_id where "


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """What is behind a number: its figure, its span, who asks what; all that have a length, or a bar of it from and below which seconds."""

    figure: Figure
    period: Period
    query: Query
    asker: Asker
    length: Length | None = None
    least: int | None = None
    below: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a page of rows begins: behind this row."""

    at: datetime
    id: int

    @override
    def __str__(self) -> str:
        return f"{self.at.isoformat()},{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class EpisodeRow:
    """One row behind a number; `id` is the episode's, `at` what puts it into the span, `length` the one that was asked about."""

    id: int
    at: datetime
    case_id: int
    number: int
    network: str
    brand: str
    author_name: str
    preview: str
    published_at: datetime
    first_answer: int | None
    ending: int | None
    outcome: str | None
    length: int | None


def place_of(row: EpisodeRow) -> Place:
    """Return where the page behind this row begins."""
    return Place(at=row.at, id=row.id)


def count(conn: Connection, behind: Behind) -> int:
    """Return how many rows are behind the number."""
    found, params = _asked(conn, behind)
    with carefully(conn, milliseconds=PATIENCE):
        return fetch_values(conn, "select count(*)" + found, params)[0]


def page(conn: Connection, behind: Behind, *, after: Place | None, limit: int) -> list[EpisodeRow]:
    """Return at most `limit` of the rows behind a number, the newest first."""
    found, params = _asked(conn, behind)
    order = _ORDERS[behind.figure.axis]
    further: LiteralString = "" if after is None else " and (" + order + ", f.episode_id) < (%(after_at)s, %(after_id)s)"
    query = (
        """
        select r.episode_id as id, r.at, c.id as case_id, r.number, c.network, b.name as brand,
          coalesce(nullif(a.name, ''), a.handle) as author_name, c.preview, r.published_at, r.first_answer, r.ending,
          coalesce(r.after_30, r.after_7) as outcome, r.length
        from (select f.*, """
        + order
        + " as at, "
        + ("null::integer" if behind.length is None else _LENGTHS[behind.length])
        + " as length"
        + found
        + further
        + " order by "
        + order
        + """ desc, f.episode_id desc limit %(limit)s) r join cases c on c.id = r.case_id join authors a on a.id = c.author_id
        join brands b on b.id = c.brand_id order by r.at desc, r.episode_id desc
        """
    )
    place = {"after_at": after.at, "after_id": after.id} if after else {}
    with carefully(conn, milliseconds=PATIENCE):
        return fetch_all(conn, EpisodeRow, query, params | place | {"limit": limit})


def cases_of(conn: Connection, axis: Axis, period: Period, query: Query, asker: Asker) -> list[int]:
    """Return the cases with episodes in a span that fit a query which the facts alone cannot answer. `TooBroad`."""
    asked = condition(conn, query, asker)
    found = "select distinct f.case_id" + _FACTS + _SPANS[axis] + " and " + asked.whole
    with carefully(conn, milliseconds=PATIENCE):
        return fetch_values(conn, found, asked.params | {"since": period.since, "until": period.until})


def _asked(conn: Connection, behind: Behind) -> tuple[LiteralString, dict[str, Any]]:
    asked = condition(conn, behind.query, behind.asker)
    found = _FACTS + _SPANS[behind.figure.axis] + _ALSO[behind.figure] + " and " + asked.whole
    if behind.length is not None:
        found += " and " + _LENGTHS[behind.length] + " >= %(least)s"
    if behind.length is not None and behind.below is not None:
        found += " and " + _LENGTHS[behind.length] + " < %(below)s"
    bounds = {"since": behind.period.since, "until": behind.period.until, "least": behind.least or 0, "below": behind.below}
    return found, asked.params | bounds
