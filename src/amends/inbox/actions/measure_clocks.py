"""Measures clocks by a calendar after the fact: the desk's, where none counted, and what older versions did not keep.

Nothing is promised by it, and what was measured stays: a clock that has a calendar keeps it.
"""

from collections.abc import Sequence
from datetime import timedelta

from amends.core.database import Connection
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.sla import Terms, timed
from amends.inbox.store import calendars, clock_measures, clocks, number_settings
from amends.inbox.store.calendars import CalendarRow
from amends.inbox.store.clock_measures import Measured
from amends.inbox.store.clocks import ClockRow

SECOND = timedelta(seconds=1)


def desk_calendar(conn: Connection) -> CalendarRow | None:
    """Return the calendar of the desk as it stands now; None where nobody chose one."""
    chosen = number_settings.read(conn).calendar_id
    return next((row for row in calendars.every(conn) if row.calendar_id == chosen), None)


def desk_zone(conn: Connection) -> str:
    """Return the zone whose clock habits go by: of the desk's calendar, UTC where nobody chose one."""
    desk = desk_calendar(conn)
    return desk.zone if desk else "UTC"


def measure(conn: Connection, case_ids: Sequence[CaseId]) -> None:
    """Measure the clocks of these locked cases, as far as they are not; twice does it once."""
    desk = desk_calendar(conn)
    rows = [row for row in clocks.of_cases(conn, case_ids=case_ids) if _lacks(row)]
    named = sorted({row.calendar_version_id for row in rows if row.calendar_version_id})
    known = {row.id: row.calendar for row in [*calendars.versions(conn, named), *([desk] if desk else [])]}
    counted = [(row, row.calendar_version_id or (desk.id if desk else None)) for row in rows]
    clock_measures.keep(conn, [_measured(row, version, known[version]) for row, version in counted if version])


def _lacks(row: ClockRow) -> bool:
    return row.calendar_version_id is None or (row.stopped_at is not None and row.whole_business_seconds is None)


def _measured(row: ClockRow, version: int, calendar: Calendar) -> Measured:
    if row.stopped_at is None:
        return Measured(id=row.id, calendar_version_id=version, business_seconds=None, whole_business_seconds=None)
    found = timed(row.clock, Terms(calendar=calendar), now=row.stopped_at)
    return Measured(
        id=row.id,
        calendar_version_id=version,
        business_seconds=found.business // SECOND if found.business is not None else None,
        whole_business_seconds=found.whole_business // SECOND if found.whole_business is not None else None,
    )
