"""Which rows behind a number somebody looks at, as a URL says it; pages and REST share it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query

from amends.api.looking import asker_of
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.coaching import check_query
from amends.inbox.rules.alarm_figures import AlarmFigure
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.figures import Figure, Length
from amends.inbox.rules.query import Query as CaseQuery
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import FIRST_DAY, LAST_DAY, Period, whole_second
from amends.inbox.store.alarm_numbers import BehindAlarms
from amends.inbox.store.fact_rows import Behind, Place
from amends.inbox.store.sessions import Visitor

MOST_SECONDS = 2**31 - 1
Seconds = Annotated[int | None, Query(ge=0, le=MOST_SECONDS)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A period, a query, for a bar of a distribution of what, from and below which seconds, and behind which row to go on."""

    period: Period
    text: str
    length: Length | None
    least: int | None
    below: int | None
    after: Place | None


def counted(  # noqa: PLR0913
    since: datetime,
    until: datetime,
    q: Annotated[str, Query(max_length=2_000)] = "",
    length: Length | None = None,
    least: Seconds = None,
    below: Seconds = None,
    after: Annotated[str, Query(max_length=80)] = "",
) -> Counted:
    """Return what the URL asks for; moments without a zone are UTC."""
    return Counted(period=_period(since, until), text=q.strip(), length=length, least=least, below=below, after=_place(after))


Counting = Annotated[Counted, Depends(counted)]


def behind_of(conn: Connection, figure: Figure, counting: Counted, visitor: Visitor, now: datetime) -> Behind:
    """Return what is behind the number, for who asks; `Refused` as `Wanted.asked` is."""
    query, asker = _asked(conn, counting, visitor, now)
    return Behind(
        figure=figure,
        period=counting.period,
        query=query,
        asker=asker,
        length=counting.length,
        least=counting.least,
        below=counting.below,
    )


def alarms_behind(
    conn: Connection, figure: AlarmFigure, counting: Counted, visitor: Visitor, now: datetime, *, rule: str | None
) -> BehindAlarms:
    """Return what is behind a number of alarms, for who asks; `Refused` as `Wanted.asked` is."""
    query, asker = _asked(conn, counting, visitor, now)
    return BehindAlarms(figure=figure, period=counting.period, query=query, asker=asker, rule=rule)


def _asked(conn: Connection, counting: Counted, visitor: Visitor, now: datetime) -> tuple[CaseQuery, Asker]:
    query, asker = parse(counting.text), asker_of(visitor, whole_second(now))
    check_query(conn, query, asker, role=visitor.role)
    return query, asker


def _period(since: datetime, until: datetime) -> Period:
    """Return the period; `Refused` where an offset carries one of its ends out of the calendar."""
    try:
        return Period(since=whole_second(_in_utc(since)), until=whole_second(_in_utc(until)))
    except OverflowError as error:
        years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        raise Refused(_("A span lies between the years %(first)s and %(last)s.") % years) from error


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _place(text: str) -> Place | None:
    """Return where a page begins; `Refused` where nobody wrote this."""
    if not text:
        return None
    at, _comma, row_id = text.partition(",")
    try:
        return Place(at=_in_utc(datetime.fromisoformat(at)), id=int(row_id[:18]))
    except (ValueError, OverflowError) as error:
        raise Refused(_("This page of the list is not there; begin again at its top.")) from error
