"""Which numbers somebody looks at, as a URL says it: a span, or since and until when, a zone, a query of cases. Pages and REST share it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from amends.api.looking import asker_of
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.coaching import check_query
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import Period, Span, period_between, period_of, whole_second
from amends.inbox.rules.working_hours import zone_or_utc
from amends.inbox.store import people
from amends.inbox.store.numbers import Asked
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A span (or days or moments, `since` to `until`), the days' zone (empty: the visitor's own) and a query, as they were typed."""

    span: Span
    since: date | None
    until: date | None
    zone: str
    text: str

    def asked(self, conn: Connection, visitor: Visitor, now: datetime) -> Asked:
        """Return what is asked, for who asks; `Refused` where it cannot be read, or is of a colleague whom they may not compare."""
        now = whole_second(now)
        zone = self.zone_of(conn, visitor)
        asked = Asked(period=self.period(zone, now), query=parse(self.text), asker=asker_of(visitor, now), zone=zone)
        check_query(conn, asked.query, asked.asker, role=visitor.role)
        return asked

    def zone_of(self, conn: Connection, visitor: Visitor) -> ZoneInfo:
        """Return the zone asked for, else the visitor's own, else UTC."""
        return zone_or_utc(self.zone or people.profile(conn, visitor.agent_id).time_zone)

    def period(self, zone: ZoneInfo, now: datetime) -> Period:
        """Return the days or moments asked for, else the span that ends now; `Refused` where only the last is said."""
        if self.since is None and self.until is not None:
            raise Refused(_("Say the first day too, not the last alone."))
        if self.since is None:
            return period_of(self.span, now)
        newest = now if isinstance(self.since, datetime) else now.astimezone(zone).date()
        return period_between(self.since, self.until or newest, zone)

    def query(self, **changes: str) -> str:
        """Return the query of a URL that asks the same, changed by `changes`; what is empty is left out."""
        edges = {"since": _written(self.since), "until": _written(self.until)}
        said: Mapping[str, str] = {"span": self.span.value, **edges, "zone": self.zone, "q": self.text} | changes
        return "?" + urlencode({name: value for name, value in said.items() if value})


def _written(at: date | None) -> str:
    return at.isoformat() if at else ""


def wanted(
    span: Span = Span.MONTH,
    since: Annotated[str, Query(max_length=40)] = "",
    until: Annotated[str, Query(max_length=40)] = "",
    zone: Annotated[str, Query(max_length=64)] = "",
    q: Annotated[str, Query(max_length=2_000)] = "",
) -> Wanted:
    """Return what the URL asks for: days, both of which belong to it, or moments (of the zone where they name no offset)."""
    if zone and zone not in zones():
        raise Refused(_("There is no time zone %(name)s; choose one such as Asia/Colombo.") % {"name": zone})
    return Wanted(span=span, since=_read(since), until=_read(until), zone=zone, text=q.strip())


def _read(text: str) -> date | None:
    """Return the day or the moment that was written; None where nothing was."""
    try:
        return _day_or_moment(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Refused(_("%(text)s is no day and no moment; write 2026-03-01, or 2026-03-01T14:00.") % {"text": text}) from error


def _day_or_moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text or " " in text else date.fromisoformat(text)


Spanning = Annotated[Wanted, Depends(wanted)]
