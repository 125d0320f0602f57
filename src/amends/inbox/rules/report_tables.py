"""A report as tables: what every form of it (screen, mail, CSV, XLSX) is made from, so that all of them say the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from amends.core.translating import _
from amends.core.written import day, hour, number, percent, seconds
from amends.inbox.rules.alarm_figures import AlarmFigure
from amends.inbox.rules.figures import Figure, Length
from amends.inbox.rules.spans import Period

Value = str | int | float | datetime | None


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    LENGTH = "length"
    MOMENT = "moment"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A column: its name, and what its cells are."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cell:
    """A value (seconds where it is a length; None: there is none), and the path of the page with the rows that it counts."""

    value: Value
    path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportTable:
    """One part of a report; each row has a cell for each column. One that the reader may not have is its note alone, without heads."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A report made: of whose cases, for which days of which zone, and its tables. `path` opens it on the desk."""

    name: str
    owner: str
    period: Period
    zone: ZoneInfo
    cases: str
    path: str
    tables: Sequence[ReportTable]

    @property
    def days(self) -> str:
        """Which days it is about, in words."""
        first, last = day(self.period.since.astimezone(self.zone)), _last_day(self.period.until.astimezone(self.zone))
        if first == last:
            return f"{first} ({self.zone.key})"
        return _("%(since)s to %(until)s (%(zone)s)") % {"since": first, "until": last, "zone": self.zone.key}


@dataclass(frozen=True, kw_only=True, slots=True)
class Within:
    """Which rows of a figure: those that have a length, of `least` seconds or more and, where it is said, less than `below`."""

    length: Length
    least: int = 0
    below: int | None = None


def rows_path(figure: Figure, period: Period, query: str, within: Within | None = None) -> str:
    """Return the path of the page with the rows behind a number: of all that it counts, or of those within lengths."""
    said: dict[str, str] = {"figure": figure.value, "since": period.since.isoformat(), "until": period.until.isoformat()}
    return "/numbers/rows?" + urlencode(said | ({"q": query} if query else {}) | (_bounds(within) if within else {}))


def _bounds(within: Within) -> dict[str, str]:
    edges = {"least": within.least or None, "below": within.below}
    return {"length": within.length.value} | {name: str(edge) for name, edge in edges.items() if edge is not None}


def alarms_path(figure: AlarmFigure, period: Period, query: str, rule: str) -> str:
    """Return the path of the page with the alarms behind a number, of one rule or (empty) of all."""
    said: dict[str, str] = {"figure": figure.value, "since": period.since.isoformat(), "until": period.until.isoformat()}
    return "/numbers/alarms/rows?" + urlencode(said | ({"q": query} if query else {}) | ({"rule": rule} if rule else {}))


def shown(cell: Cell, kind: Kind, zone: ZoneInfo) -> str:
    """Return a cell as people read it."""
    value = cell.value
    if value is None:
        return "—"
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return day(local) if (local.hour, local.minute) == (0, 0) else f"{day(local)} {hour(local)}"
    if isinstance(value, str):
        return value
    return {Kind.SHARE: percent, Kind.LENGTH: seconds}.get(kind, number)(value)


def bars(table: ReportTable) -> list[float]:
    """Return for each row the share of its first count in the greatest of them, for a bar beside it; none where there is no such column."""
    place = next((at for at, head in enumerate(table.heads) if head.kind is Kind.COUNT), None)
    if place is None:
        return []
    values = [value if isinstance(value := row[place].value, int) else 0 for row in table.rows]
    most = max(values, default=0) or 1
    return [round(value / most, 3) for value in values]


def _last_day(until: datetime) -> str:
    """Return the day that lies before an end that is not included."""
    return day(datetime.fromordinal(until.toordinal() - 1))
