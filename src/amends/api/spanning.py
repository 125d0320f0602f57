"""Which numbers somebody looks at, as a URL says it: a span or days from and to, a zone, a query of cases. Pages and REST share it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from amends.api.looking import asker_of
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import Period, Span, days_of, period_of, whole_second
from amends.inbox.rules.working_hours import zone_or_utc
from amends.inbox.store import people
from amends.inbox.store.numbers import Asked
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A span (or the days `first` to `last`), the days' zone (empty: the visitor's own) and a query, as they were typed."""

    span: Span
    first: date | None
    last: date | None
    zone: str
    text: str

    def asked(self, conn: Connection, visitor: Visitor, now: datetime) -> Asked:
        """Return what is asked, for who asks; `Refused` where it cannot be read."""
        now = whole_second(now)
        zone = self.zone_of(conn, visitor)
        return Asked(period=self.period(zone, now), query=parse(self.text), asker=asker_of(visitor, now), zone=zone)

    def zone_of(self, conn: Connection, visitor: Visitor) -> ZoneInfo:
        """Return the zone asked for, else the visitor's own, else UTC."""
        return zone_or_utc(self.zone or people.profile(conn, visitor.agent_id).time_zone)

    def period(self, zone: ZoneInfo, now: datetime) -> Period:
        """Return the days asked for, else the span that ends now; `Refused` where only the last day is said."""
        if self.first is None and self.last is not None:
            raise Refused(_("Say the first day too, not the last alone."))
        if self.first is None:
            return period_of(self.span, now)
        return days_of(self.first, self.last or now.astimezone(zone).date(), zone)

    def query(self, **changes: str) -> str:
        """Return the query of a URL that asks the same, changed by `changes`; what is empty is left out."""
        days = {"from": _day(self.first), "to": _day(self.last)}
        said: Mapping[str, str] = {"span": self.span.value, **days, "zone": self.zone, "q": self.text} | changes
        return "?" + urlencode({name: value for name, value in said.items() if value})


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def wanted(
    span: Span = Span.MONTH,
    first: Annotated[date | Literal[""], Query(alias="from")] = "",
    last: Annotated[date | Literal[""], Query(alias="to")] = "",
    zone: Annotated[str, Query(max_length=64)] = "",
    q: Annotated[str, Query(max_length=2_000)] = "",
) -> Wanted:
    """Return what the URL asks for; both days belong to it."""
    if zone and zone not in zones():
        raise Refused(_("There is no time zone %(name)s; choose one such as Asia/Colombo.") % {"name": zone})
    return Wanted(span=span, first=first or None, last=last or None, zone=zone, text=q.strip())


Spanning = Annotated[Wanted, Depends(wanted)]
