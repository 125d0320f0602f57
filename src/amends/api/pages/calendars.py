"""Calendars of business time: a week in a zone, without public holidays of countries and regions, own days off and imported ones."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions import calendars
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.days_off import known_until, read_regions, regions
from amends.inbox.rules.rights import Right
from amends.inbox.rules.working_hours import DAYS, read_hours
from amends.inbox.store import calendars as stored
from amends.inbox.store import counts

router = APIRouter(prefix="/settings/calendars", include_in_schema=False, dependencies=[may(Right.RULES)])
MOST_TEXT = 400


def drafted(
    zone: Annotated[str, Form(max_length=60)] = "UTC",
    day: Annotated[tuple[str, ...], Form()] = ("",) * len(DAYS),
    region: Annotated[str, Form(max_length=400)] = "",
    days_off: Annotated[str, Form(max_length=30_000)] = "",
) -> Calendar:
    """Return the calendar as the form has it; `day` comes once a weekday, Monday first."""
    if len(day) != len(DAYS) or any(len(text) > MOST_TEXT for text in day):
        raise Refused(_("A week has seven days, each with a few spans."))
    hours = read_hours(zone.strip(), dict(enumerate(day)), days_off)
    names = read_regions(region)
    return Calendar(zone=hours.zone, spans=hours.spans, regions=names, days_off=hours.holidays)


Drafted = Annotated[Calendar, Depends(drafted)]
Name = Annotated[str, Form(max_length=200)]


@router.get("")
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show all calendars."""
    with desk.pool.transaction() as conn:
        values = _values(conn, desk.clock()) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "calendars.html", values)


@router.post("", dependencies=[ONCE])
def make(request: Request, desk: AtDesk, visitor: Meaning, calendar: Drafted, name: Name = "") -> Response:
    """Make a calendar."""
    return _listed(
        request,
        desk,
        lambda conn: calendars.save(conn, name=name, calendar=calendar, calendar_id=None, agent_id=visitor.agent_id, now=desk.clock()),
        _("Kept; policies can count by it"),
    )


@router.post("/{calendar_id:int}")
def change(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    calendar_id: int,
    calendar: Drafted,
    name: Name = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Keep a changed calendar, its next version, unless somebody changed it since the page was opened."""
    return _listed(
        request,
        desk,
        lambda conn: calendars.save(
            conn, name=name, calendar=calendar, calendar_id=calendar_id, agent_id=visitor.agent_id, now=desk.clock(), seen=seen
        ),
        _("Kept; it holds for clocks that start from now on"),
    )


@router.post("/{calendar_id:int}/import")
def take_in(request: Request, desk: AtDesk, visitor: Meaning, calendar_id: int, file: Annotated[UploadFile, File()]) -> Response:
    """Take the days off of an iCal file in, beside those that there are."""
    from amends.inbox.rules import ical  # noqa: PLC0415 - its library is 2 MB, for a file or two a year

    found = ical.days_of(file.file.read(ical.MOST_BYTES + 1), since=date(desk.clock().year, 1, 1))

    def keep(conn: Connection) -> None:
        row = calendars.row_of(conn, calendar_id)
        known = row.calendar
        both = Calendar(zone=known.zone, spans=known.spans, regions=known.regions, days_off=known.days_off | found.days)
        calendars.save(conn, name=row.name, calendar=both, calendar_id=calendar_id, agent_id=visitor.agent_id, now=desk.clock())

    told = ngettext(
        "%(n)s day off taken in; events with a time of day that were passed over: %(passed)s",
        "%(n)s days off taken in; events with a time of day that were passed over: %(passed)s",
        len(found.days),
    )
    return _listed(request, desk, keep, told % {"n": number(len(found.days)), "passed": number(found.passed_over)})


@router.post("/{calendar_id:int}/remove")
def remove(request: Request, desk: AtDesk, visitor: Meaning, calendar_id: int) -> Response:
    """Put a calendar away that no policy counts by."""
    return _listed(
        request,
        desk,
        lambda conn: calendars.remove(conn, calendar_id=calendar_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("The calendar is removed"),
        undo=f"/settings/calendars/{calendar_id}/restore",
    )


@router.post("/{calendar_id:int}/restore")
def restore(request: Request, desk: AtDesk, visitor: Meaning, calendar_id: int) -> Response:
    """Bring a calendar back."""
    return _listed(
        request,
        desk,
        lambda conn: calendars.restore(conn, calendar_id=calendar_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("The calendar is back"),
    )


def _listed(request: Request, desk: Desk, act: Callable[[Connection], object], text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = _values(conn, desk.clock())
    return saying(desk.screens.blocks(request, "calendars.html", ["shown"], values | {"apart": True}), text, undo=undo)


def _values(conn: Connection, now: datetime) -> dict[str, Any]:
    found = stored.every(conn)
    hours = {row.id: [_day(row, day) for day in range(len(DAYS))] for row in found}
    seen = {row.id: calendars.mark_of(row) for row in found}
    known = {"zones": zones(), "regions": regions(), "ends": _ends(found, now)}
    return {"calendars": found, "seen": seen, "hours": hours, "days": DAYS, "apart": False} | known


def _ends(found: Sequence[stored.CalendarRow], now: datetime) -> dict[str, int]:
    """Return the last year of which the holidays of a region are known, of regions that have none next year."""
    until = {region: known_until(region) for row in found for region in row.regions}
    return {region: year for region, year in until.items() if year is not None and year <= now.year}


def _day(row: stored.CalendarRow, day: int) -> str:
    return ", ".join(str(span) for span in row.calendar.spans if span.day == day)
